"""Formulas are read by R's rules, and never run."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from outfold.data.schema import Column, Schema
from outfold.errors import OutfoldError, UnknownNameError
from outfold.judge.default_formula import default_formula
from outfold.judge.expression import FormulaError, unquoted
from outfold.judge.parse_formula import parse_formula

COLUMNS = ["y", "a", "b", "c", "x", "my col", "GNP.deflator", "q`t"]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("y ~ a + b", ["a", "b"]),
        ("y ~ a * b + c", ["a", "b", "c", "a:b"]),
        ("y ~ a:b + a", ["a", "a:b"]),
        ("y ~ a / b", ["a", "a:b"]),
        ("y ~ (a + b + c)^2 - a:b", ["a", "b", "c", "a:c", "b:c"]),
        ("y ~ (a + b)**2", ["a", "b", "a:b"]),
        ("y ~ a + a", ["a"]),
        ("y ~ 1", []),
        ("y ~ . - x - `q``t`", ["a", "b", "c", "`my col`", "GNP.deflator"]),
        ("y ~ `my col` * log(x)", ["`my col`", "log(x)", "`my col`:log(x)"]),
        ("y ~ poly(x,2)+bs(x,df=5)", ["poly(x, 2)", "bs(x, df = 5)"]),
        ("y ~ I(x**2) + I((a+b)*c)", ["I(x^2)", "I((a + b) * c)"]),
        ("y ~ C(a) + factor( b )", ["C(a)", "factor(b)"]),
    ],
)
def test_terms_are_those_of_r(text: str, terms: list[str]) -> None:
    """Operators mean what they mean in R; terms come sorted by order."""
    assert list(parse_formula(text, COLUMNS).labels) == terms


@pytest.mark.parametrize("text", ["y ~ 0 + a", "y ~ a - 1", "y ~ -1 + a", "y ~ a + 0"])
def test_the_intercept_can_be_left_out(text: str) -> None:
    """Zero, or minus one."""
    assert not parse_formula(text, COLUMNS).intercept
    assert str(parse_formula(text, COLUMNS)) == "y ~ 0 + a"


def test_offsets_are_no_terms() -> None:
    """They are kept apart and written back."""
    formula = parse_formula("y ~ offset(log(x)) + a", COLUMNS)
    assert formula.labels == ("a",)
    assert str(formula) == "y ~ a + offset(log(x))"
    assert formula.columns() == ("y", "a", "x")


@pytest.mark.parametrize(
    "attack",
    [
        "__import__('os').system('id')",
        "eval(a)",
        "a.__class__",
        "(lambda: 1)()",
        "[q for q in (1,)]",
        "I(a.__class__.__mro__)",
        "log(open('/etc/passwd'))",
        "Q('a')",
        "exec(a)",
        "a if a else b",
        "{a}",
        "`a`.b",
        "f'{a}'",
        "np.log(a)",
        "a; b",
        "a\nimport os",
    ],
)
def test_code_in_a_formula_is_refused(attack: str) -> None:
    """What patsy and formulaic would evaluate is not even a formula here."""
    with pytest.raises(OutfoldError):
        parse_formula(f"y ~ {attack}", COLUMNS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("y", "has no '~'"),
        ("~ a", "has no response"),
        ("y ~ a + y", "would explain itself"),
        ("log(y) ~ a:log(y)", "would explain itself"),
        ("y ~", "ends too early"),
        ("y ~ a b", "has 'b' at character 7"),
        ("y ~ (a", "'\\)' was expected"),
        ("y ~ 2 * a", "Write I"),
        ("y ~ `a", "never closed"),
        ("y ~ logg(a)", "Did you mean log"),
        ("y ~ log(a, 2)", "takes one column"),
        ("y ~ poly(x, 0)", "whole number from 1 to 20"),
        ("y ~ log(poly(x, 2))", "cannot hold poly"),
        ("y ~ a ~ b", "has '~'"),
        ("y ~ (a + b)^99", "whole number from 1 to 10"),
        ("y ~ " + "(" * 60 + "a" + ")" * 60, "more than 40 deep"),
        ("y ~ I(" + "-" * 5000 + "a)", "more than 40 deep"),
        ("y ~ " + "a + " * 9000 + "a", "characters"),
        ("y ~ cbind(a, b)", "stands right of"),
    ],
)
def test_a_wrong_formula_is_answered_in_words(text: str, message: str) -> None:
    """Where it is wrong, and what would be right."""
    with pytest.raises(FormulaError, match=message):
        parse_formula(text, COLUMNS)


def test_an_unknown_column_gets_the_nearest_name() -> None:
    """The hint is a column of the table."""
    with pytest.raises(UnknownNameError, match="Did you mean `my col`"):
        parse_formula("y ~ `my cool`", COLUMNS)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("`my col`", "my col"),
        ("`my col`b", "my col: b"),
        ("`a``s`:kind", "a`s:kind"),
        ("I(`a b`^2)", "I(a b^2)"),
        ("poly(`a b`, 2)", "poly(a b, 2)"),
        ("woolB:tensionM", "woolB:tensionM"),
    ],
)
def test_terms_are_read_without_backticks(written: str, read: str) -> None:
    """A column's name as it is; a level stands apart from it."""
    assert unquoted(written) == read


def test_too_many_terms_are_refused_before_they_are_made() -> None:
    """A power of many columns explodes."""
    names = [f"v{i}" for i in range(60)]
    with pytest.raises(FormulaError, match="more than 2000 terms"):
        parse_formula("v0 ~ (.)^9", names)


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_formula_or_a_sentence(text: str) -> None:
    """No input makes the reader fail in another way."""
    try:
        formula = parse_formula(text, COLUMNS)
    except OutfoldError:
        return
    assert str(parse_formula(str(formula), COLUMNS)) == str(formula)


pieces = st.sampled_from(
    ["a", "b", "c", "log(x)", "I(x^2)", "`my col`", "a:b", "poly(x, 2)", "C(c)", "0", "1"]
)


@given(st.lists(st.tuples(st.sampled_from([" + ", " * ", ":", " - "]), pieces), max_size=6))
@settings(max_examples=200, deadline=None)
def test_writing_and_reading_a_formula_agree(parts: list[tuple[str, str]]) -> None:
    """The text of a formula means the formula."""
    text = "y ~ a" + "".join(sign + piece for sign, piece in parts)
    try:
        formula = parse_formula(text, COLUMNS)
    except FormulaError:
        return
    again = parse_formula(str(formula), COLUMNS)
    assert {t.parts for t in again.terms} == {t.parts for t in formula.terms}
    assert again.intercept == formula.intercept


def test_the_default_formula_takes_every_usable_feature() -> None:
    """Names with spaces are quoted; dates, texts, constants and identifiers stay out."""
    schema = Schema(
        (
            Column("y", "numeric", unique=9),
            Column("my col", "numeric", unique=9),
            Column("group", "categorical", unique=3),
            Column("many", "categorical", unique=400),
            Column("when", "datetime", unique=9),
            Column("same", "numeric", unique=1),
            Column("q`t", "boolean", unique=2),
        )
    )
    found = default_formula(schema, "y")
    assert found.text == "y ~ `my col` + group + `q``t`"
    assert [n for n, _ in found.left_out] == ["many", "when", "same"]
    assert parse_formula(found.text, schema.names()).labels == ("`my col`", "group", "`q``t`")
    assert default_formula(schema, "y", most=1).text == "y ~ `my col`"
    assert default_formula(schema, "y", features=()).text == "y ~ 1"
