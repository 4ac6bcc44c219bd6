"""Deviance tables agree with R's stats and car, and refuse what cannot be compared."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from outfold.errors import NotApplicableError
from outfold.judge.analysis_of_deviance import AnalysisOfDeviance, sequential
from outfold.judge.glm import analysis_of_deviance, deviance_json, fit_glm
from outfold.judge.nested import compare_nested, fit_nested
from outfold.judge.term_tests import add_one, drop_one, type_three, type_two
from tests.engine.judge.glm_reference import choices, fit_case
from tests.reference.cases import Case, case, cases, table

TABLES = [*cases("deviance.json", "aod-"), *cases("deviance_2.json", "aod-")]
TESTS: dict[str, Any] = {"Chisq": "chisq", "F": "f", "Rao": "rao", "LR": "chisq", "Wald": "wald"}


def made(reference: Case) -> AnalysisOfDeviance:
    """The table that a case describes."""
    test = TESTS[reference.inputs["test"]]
    if "models" in reference.inputs:
        fits = fit_nested(reference.frame(), reference.inputs["models"], **choices(reference))
        return compare_nested(fits, test)
    match reference.inputs["table"]:
        case "anova":
            return sequential(fit_case(reference), test)
        case "drop1":
            # R's drop1 divides its F by deviance over degrees of freedom, unlike its other tables.
            return drop_one(fit_case(reference), test, dispersion="deviance")
        case "add1":
            scope = reference.inputs["formula"].split("~")[0] + reference.inputs["scope"]
            small, widest = fit_nested(
                reference.frame(), [reference.inputs["formula"], scope], **choices(reference)
            )
            return add_one(small, widest, test)
        case "Anova2":
            return type_two(fit_case(reference), test)
        case _:
            return type_three(fit_case(reference), test)


def field(name: str, table: AnalysisOfDeviance, place: int) -> float | str:
    """A line's value under the name that R gives it."""
    row = table.rows[place]
    if table.kind in ("sequential", "nested"):
        names = {
            "row": row.label if table.kind == "sequential" else str(place + 1),
            "resid_df": row.df_residual,
            "resid_dev": row.deviance,
            "deviance": row.delta,
            "Rao": row.statistic,
        }
    else:
        names = {"row": row.label, "deviance": row.deviance, "sum_sq": row.delta}
    names |= {
        "df": row.df,
        "p": row.p_value,
        "F": row.statistic,
        "lrt": row.statistic,
        "scaled_dev": row.statistic,
        "lr_chisq": row.statistic,
        "wald_chisq": row.statistic,
        "aic": row.aic,
    }
    return names[name]


@pytest.mark.parametrize("reference", TABLES, ids=lambda c: c.id)
def test_table_agrees_with_r(reference: Case) -> None:
    """Every line and every figure of it."""
    table = made(reference)
    expected = [r for r in reference.expected["rows"] if r["row"] != "Residuals"]
    assert len(table.rows) == len(expected)
    for place, line in enumerate(expected):
        for name, want in line.items():
            have = field(name, table, place)
            if isinstance(want, str):
                assert have == want
            else:
                assert reference.close(name, float(have), want), f"{line['row']} {name}: {have}"
    for line in reference.expected["rows"]:
        if line["row"] == "Residuals":
            assert reference.close("sum_sq", table.dispersion * table.df_error, line["sum_sq"])
            assert table.df_error == line["df"]


def test_nested_models_have_r_criteria() -> None:
    """AIC and BIC of the three nested models."""
    reference = case("deviance.json", "aod-nested3-infert")
    fits = fit_nested(reference.frame(), reference.inputs["models"], **choices(reference))
    reference.check({"aic": [f.aic for f in fits], "bic": [f.bic for f in fits]})


def test_golden_nested_deviances_of_warpbreaks() -> None:
    """METHODS: 70.9416 (2) p 3.94e-16 and 44.1255 (3) p 1.42e-9; quasi F 9.42397 and 3.90779."""
    formulas = ["breaks ~ 1", "breaks ~ tension", "breaks ~ wool * tension"]
    frame = table("warpbreaks.csv")
    first, second, third = compare_nested(fit_nested(frame, formulas, "poisson")).rows
    assert [first.deviance, second.deviance, third.deviance] == pytest.approx(
        [297.372, 226.431, 182.305], abs=5e-4
    )
    assert (second.delta, second.df) == (pytest.approx(70.9416, abs=5e-5), 2)
    assert (third.delta, third.df) == (pytest.approx(44.1255, abs=5e-5), 3)
    assert second.p_value == pytest.approx(3.94e-16, rel=2e-3)
    assert third.p_value == pytest.approx(1.42e-9, rel=3e-3)
    quasi = compare_nested(fit_nested(frame, formulas, "quasi_poisson"))
    assert quasi.test == "f"
    assert quasi.dispersion == pytest.approx(3.76389, abs=1e-5)
    assert [r.statistic for r in quasi.rows[1:]] == pytest.approx([9.42397, 3.90779], rel=1e-5)
    assert [r.p_value for r in quasi.rows[1:]] == pytest.approx([3.53e-4, 0.01413], rel=2e-3)


def test_golden_gamma_drop_is_divided_by_the_dispersion() -> None:
    """METHODS: mtcars mpg ~ wt against + hp + qsec, Gamma log: F = 8.3001, p = 0.00148."""
    fits = fit_nested(table("mtcars.csv"), ["mpg ~ wt", "mpg ~ wt + hp + qsec"], "gamma", "log")
    row = analysis_of_deviance(fits).rows[1]
    assert row.statistic == pytest.approx(8.3001, abs=5e-5)
    assert row.p_value == pytest.approx(0.00148, abs=5e-6)
    assert 2 * (fits[1].loglik - fits[0].loglik) > 10


def test_models_are_compared_on_the_same_rows() -> None:
    """A row that lacks a value of the larger model is left out of the smaller one too."""
    frame = table("airquality.csv")
    small, large = fit_nested(frame, ["Ozone ~ Wind", "Ozone ~ Wind + `Solar.R`"], "gaussian")
    assert small.n == large.n == 111
    assert fit_glm(frame, "Ozone ~ Wind", "gaussian").n == 116


def test_the_order_of_formulas_does_not_matter() -> None:
    """The smaller model comes first, whichever was named first."""
    frame = table("mtcars.csv")
    names = ["mpg ~ wt", "mpg ~ wt + hp"]
    there = analysis_of_deviance(fit_nested(frame, names, "gaussian"))
    back = analysis_of_deviance(fit_nested(frame, names[::-1], "gaussian"))
    assert [r.formula for r in there.rows] == names
    assert [r.p_value for r in back.rows[1:]] == pytest.approx([there.rows[1].p_value])


def test_nestedness_is_of_columns_not_of_text() -> None:
    """A sum of two columns is nested in the two."""
    fits = fit_nested(table("mtcars.csv"), ["mpg ~ I(wt + hp)", "mpg ~ wt + hp"], "gaussian")
    assert compare_nested(fits).rows[1].df == 1


def test_negative_binomials_share_the_largest_theta() -> None:
    """Deviances at different thetas cannot be subtracted; the table holds one and says so."""
    names = ["Days ~ Eth", "Days ~ Eth + Age"]
    fits = fit_nested(table("quine.csv"), names, "negative_binomial")
    found = compare_nested(fits)
    held = fit_glm(table("quine.csv"), "Days ~ Eth", "negative_binomial", theta=fits[1].theta)
    assert found.rows[0].deviance == pytest.approx(held.residual_deviance, rel=1e-9)
    assert found.rows[1].delta > 0
    assert any("theta" in n for n in found.notes)


@pytest.mark.parametrize(
    ("formulas", "message"),
    [
        (["mpg ~ wt + hp", "mpg ~ wt + qsec + cyl"], "is not nested in"),
        (["mpg ~ wt", "mpg ~ hp"], "same number of coefficients"),
        (["mpg ~ wt", "log(mpg) ~ wt + hp"], "different responses"),
        (["mpg ~ wt", "mpg ~ wt + hp + offset(qsec)"], "different offsets"),
    ],
)
def test_models_that_are_not_nested_are_refused(formulas: list[str], message: str) -> None:
    """A drop in deviance means something between nested models only."""
    with pytest.raises(NotApplicableError, match=message):
        compare_nested(fit_nested(table("mtcars.csv"), formulas, "gaussian"))


def test_fits_of_different_families_or_rows_are_refused() -> None:
    """Deviances of two families are on two scales."""
    frame = table("mtcars.csv")
    small = fit_glm(frame, "mpg ~ wt", "gaussian")
    with pytest.raises(NotApplicableError, match="different family"):
        compare_nested([small, fit_glm(frame, "mpg ~ wt + hp", "poisson")])
    with pytest.raises(NotApplicableError, match="different rows"):
        compare_nested([small, fit_glm(frame.iloc[1:], "mpg ~ wt + hp", "gaussian")])


def test_f_for_a_poisson_model_uses_the_pearson_dispersion_and_says_so() -> None:
    """As a quasi-Poisson table would."""
    fit = fit_glm(table("warpbreaks.csv"), "breaks ~ wool * tension", "poisson")
    quasi = fit_glm(table("warpbreaks.csv"), "breaks ~ wool * tension", "quasi_poisson")
    found, other = sequential(fit, "f"), sequential(quasi)
    assert [r.p_value for r in found.rows[1:]] == pytest.approx([r.p_value for r in other.rows[1:]])
    assert any("Pearson dispersion" in n for n in found.notes)


def test_a_saturated_model_has_no_f_test() -> None:
    """Without residual degrees of freedom there is nothing to divide by."""
    fit = fit_glm(table("mtcars.csv").head(3), "mpg ~ wt + hp", "gaussian")
    with pytest.raises(NotApplicableError, match="as many coefficients as rows"):
        sequential(fit)


def test_the_table_starts_at_the_null_deviance_and_ends_at_the_residual() -> None:
    """The drops add up."""
    fit = fit_glm(table("infert.csv"), "case ~ age + education * parity", "binomial")
    rows = sequential(fit).rows
    assert rows[0].deviance == pytest.approx(fit.null_deviance, rel=1e-12)
    assert rows[-1].deviance == fit.residual_deviance
    assert math.fsum(r.delta for r in rows[1:]) == pytest.approx(
        fit.null_deviance - fit.residual_deviance, rel=1e-9
    )


def test_rows_lost_to_a_wider_term_are_counted_and_their_column_named() -> None:
    """Beside a term with gaps the model stands on fewer rows, and the table says which and why."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(60, 4)), columns=["y", "x", "my z", "full"])
    frame.loc[[3, 4], "my z"] = np.nan
    frame.loc[7, "x"] = np.nan
    told = deviance_json(frame, "y ~ x", "gaussian", against=["y ~ x + full + `my z`"],
                         table="add1")  # fmt: skip
    (note,) = [n for n in told["test"]["notes"] if "left out here" in n]
    assert note.startswith("2 of 59 rows are left out here because they have a gap in `my z`:")
    assert "same 57 rows" in note
    same = deviance_json(frame, "y ~ x", "gaussian", against=["y ~ x + full"])
    assert not any("left out here" in n for n in same["test"]["notes"])
