"""Design matrices are coded as in R."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from outfold.errors import NotApplicableError
from outfold.judge.design import Design, design_of
from outfold.judge.expression import FormulaError
from outfold.judge.glm import fit_glm
from outfold.judge.parse_formula import parse_formula
from tests.reference.cases import table

FRAME = pd.DataFrame(
    {
        "y": np.arange(12.0),
        "a": list("qpqpqpqpqpqp"),
        "b": ["u", "v", "w"] * 4,
        "n": [3.0, 1.5, 10.0] * 4,
        "x": np.linspace(1, 4, 12) ** 2,
        "t": [True, False] * 6,
    }
)


def design(text: str, frame: pd.DataFrame = FRAME) -> Design:
    return design_of(parse_formula(text, list(frame.columns)), frame)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("y ~ a", ["(Intercept)", "aq"]),
        ("y ~ 0 + a", ["ap", "aq"]),
        ("y ~ 0 + a + b", ["ap", "aq", "bv", "bw"]),
        ("y ~ a:b", ["(Intercept)", "ap:bu", "aq:bu", "ap:bv", "aq:bv", "ap:bw", "aq:bw"]),
        ("y ~ a + a:b", ["(Intercept)", "aq", "ap:bv", "aq:bv", "ap:bw", "aq:bw"]),
        ("y ~ a * x", ["(Intercept)", "aq", "x", "aq:x"]),
        ("y ~ a:x", ["(Intercept)", "ap:x", "aq:x"]),
        ("y ~ x + a:x", ["(Intercept)", "x", "x:aq"]),
        ("y ~ factor(n)", ["(Intercept)", "factor(n)3", "factor(n)10"]),
        ("y ~ t", ["(Intercept)", "tTRUE"]),
        ("y ~ poly(x, 2)", ["(Intercept)", "poly(x, 2)1", "poly(x, 2)2"]),
    ],
)
def test_columns_are_named_and_coded_as_in_r(text: str, names: list[str]) -> None:
    """Contrasts where the margin is in the model, a column per level where it is not."""
    assert list(design(text).names) == names


def test_levels_are_sorted_by_value_and_text_by_bytes() -> None:
    """1.5, 3, 10, not 1.5, 10, 3; and capitals before small letters."""
    assert design("y ~ C(n)").levels["C(n)"].names == ("1.5", "3", "10")
    frame = FRAME.assign(a=["b", "B", "a"] * 4)
    assert design("y ~ a", frame).levels["a"].names == ("B", "a", "b")


def test_ordered_categories_keep_their_order() -> None:
    """An order that was given is the order of the levels; unused levels are gone."""
    kind = pd.CategoricalDtype(["w", "never", "v", "u"], ordered=True)
    found = design("y ~ b", FRAME.assign(b=FRAME["b"].astype(kind)))
    assert found.levels["b"].names == ("w", "v", "u")


def test_polynomials_are_orthogonal_and_span_the_powers() -> None:
    """poly(x, 3) fits what x + x² + x³ fits."""
    matrix = design("y ~ poly(x, 3)").matrix
    assert matrix[:, 1:].T @ matrix[:, 1:] == pytest.approx(np.eye(3), abs=1e-12)
    assert matrix[:, 1:].sum(axis=0) == pytest.approx(np.zeros(3), abs=1e-12)
    one = fit_glm(table("mtcars.csv"), "mpg ~ poly(hp, 3)", "gaussian")
    other = fit_glm(table("mtcars.csv"), "mpg ~ hp + I(hp^2) + I(hp^3)", "gaussian")
    assert one.residual_deviance == pytest.approx(other.residual_deviance, rel=1e-9)


def test_splines_are_a_partition_of_unity_and_hold_the_cubic() -> None:
    """A B-spline basis with its first column adds up to one, and contains every cubic."""
    matrix = design("y ~ bs(x, df = 5)").matrix
    assert matrix.shape == (12, 6)
    assert (matrix[:, 1:].sum(axis=1) <= 1 + 1e-12).all()
    frame = table("mtcars.csv")
    cubic = fit_glm(frame, "mpg ~ poly(hp, 3)", "gaussian")
    spline = fit_glm(frame, "mpg ~ bs(hp)", "gaussian")
    assert spline.residual_deviance == pytest.approx(cubic.residual_deviance, rel=1e-9)


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("y ~ log(I(x - 2))", FormulaError, "undefined for 2 rows"),
        ("y ~ log(a)", FormulaError, "holds levels"),
        ("y ~ poly(n, 3)", NotApplicableError, "more than 3 distinct values"),
        ("y ~ bs(n, df = 9)", NotApplicableError, "too few distinct values"),
        ("y ~ bs(x, df = 2)", NotApplicableError, "fewer columns than its degree"),
    ],
)
def test_terms_that_cannot_be_made_are_refused(
    text: str, kind: type[Exception], message: str
) -> None:
    """One sentence, and what to do."""
    with pytest.raises(kind, match=message):
        design(text)


def test_a_column_of_many_levels_is_refused() -> None:
    """Names of rows are no factor."""
    frame = pd.DataFrame({"y": np.arange(1500.0), "name": [f"n{i}" for i in range(1500)]})
    with pytest.raises(NotApplicableError, match="1,500 levels"):
        design("y ~ name", frame)


def test_dates_are_refused_with_a_way_out() -> None:
    """A date is neither a number nor a level."""
    frame = FRAME.assign(d=pd.date_range("2020-01-01", periods=12))
    with pytest.raises(FormulaError, match="holds dates"):
        design("y ~ d", frame)
