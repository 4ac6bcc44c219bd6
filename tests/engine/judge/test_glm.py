"""Fits agree with R, number by number, and refuse what cannot be fitted."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from outfold.errors import NotApplicableError, UnknownNameError
from outfold.judge import glm_solve
from outfold.judge.glm import deviance_json, fit_glm
from outfold.judge.glm_diagnostics import diagnostics
from outfold.judge.glm_fit import GlmFit
from tests.engine.judge.glm_reference import fit_case
from tests.engine.judge.test_analysis_of_deviance import TABLES
from tests.engine.judge.test_glm_steps import STEPS
from tests.reference.cases import Case, case, cases, table

CASES = [*cases("glm.json"), *cases("glm_2.json")]


@pytest.mark.parametrize("reference", CASES, ids=lambda c: c.id)
def test_fit_agrees_with_r(reference: Case) -> None:
    """Coefficients, errors, tests, deviances and criteria are R's."""
    fit = fit_case(reference)
    lines = {c.term: c for c in fit.coefficients}
    assert list(lines) == list(reference.expected["coef"])
    got = {
        "coef": {n: c.estimate for n, c in lines.items()},
        "se": {n: c.std_error for n, c in lines.items()},
        "stat": {n: c.statistic for n, c in lines.items()},
        "p": {n: c.p_value for n, c in lines.items()},
        "stat_kind": fit.coefficients[0].kind,
        "null_deviance": fit.null_deviance,
        "df_null": fit.df_null,
        "deviance": fit.residual_deviance,
        "df_residual": fit.df_residual,
        "rank": fit.rank,
        "nobs": fit.n,
        "dispersion": fit.dispersion,
        "pearson_chi2": fit.pearson_chi2,
        "d2": fit.d2,
        "converged": fit.converged,
        "loglik": fit.loglik,
        "aic": fit.aic,
        "bic": fit.bic,
    }
    inverse = None if fit.theta is None else 1 / fit.theta
    for field, value in {
        "theta": fit.theta, "theta_se": fit.theta_std_error, "alpha": inverse,
    }.items():  # fmt: skip
        if field in reference.expected:
            got[field] = value
    if reference.expected["loglik"] is not None:
        got["loglik_df"] = fit.n_parameters
    reference.check(got)


@pytest.mark.parametrize("reference", CASES, ids=lambda c: c.id)
def test_row_diagnostics_agree_with_r(reference: Case) -> None:
    """Residuals, fitted values, leverage and Cook's distance of the first rows are R's."""
    found = diagnostics(fit_case(reference), quantile=False)
    reference.check(
        {
            "deviance_residuals_first10": found.deviance[:10].tolist(),
            "pearson_residuals_first10": found.pearson[:10].tolist(),
            "fitted_first10": found.fitted[:10].tolist(),
            "leverage_first10": found.leverage[:10].tolist(),
            "cooks_distance_first10": found.cook[:10].tolist(),
        }
    )


def warpbreaks(formula: str = "breaks ~ wool * tension", **more: str) -> GlmFit:
    return fit_glm(table("warpbreaks.csv"), formula, "poisson", **more)


def test_golden_deviances_of_warpbreaks() -> None:
    """D² of the full warpbreaks model is 0.38695 (METHODS)."""
    fit = warpbreaks()
    assert fit.d2 == pytest.approx(0.38695, abs=5e-6)
    assert fit.null_deviance == pytest.approx(297.372, abs=5e-4)
    assert fit.residual_deviance == pytest.approx(182.305, abs=5e-4)


def test_d2_of_a_gaussian_model_is_r_squared() -> None:
    """For least squares, explained deviance is explained variance."""
    frame = table("mtcars.csv")
    fit = fit_glm(frame, "mpg ~ wt", "gaussian")
    assert fit.d2 == pytest.approx(np.corrcoef(frame["mpg"], frame["wt"])[0, 1] ** 2)


def test_exposure_is_an_offset_of_its_logarithm() -> None:
    """Exposure = t and offset(log(t)) are one model."""
    frame = table("insurance.csv")
    by_column = fit_glm(frame, "Claims ~ Age", "poisson", exposure="Holders")
    in_formula = fit_glm(frame, "Claims ~ Age + offset(log(Holders))", "poisson")
    by_offset = fit_glm(
        frame.assign(o=np.log(frame["Holders"])), "Claims ~ Age", "poisson", offset="o"
    )
    for other in (in_formula, by_offset):
        assert by_column.residual_deviance == pytest.approx(other.residual_deviance, rel=1e-12)
        assert by_column.null_deviance == pytest.approx(other.null_deviance, rel=1e-12)


def test_successes_and_failures_equal_shares_with_trials() -> None:
    """cbind(yes, no) and a share weighted by its trials are one model, likelihood included."""
    frame = table("esoph.csv")
    pair = fit_glm(frame, "cbind(ncases, ncontrols) ~ agegp", "binomial")
    share = fit_glm(frame, "prop ~ agegp", "binomial", weights="total")
    assert pair.aic == pytest.approx(share.aic, rel=1e-12)
    assert [c.estimate for c in pair.coefficients] == pytest.approx(
        [c.estimate for c in share.coefficients], rel=1e-10
    )


def test_a_text_response_models_its_second_level() -> None:
    """yes/no works like 1/0, and the notes say which is which."""
    frame = table("infert.csv")
    text = frame.assign(case=frame["case"].map({0: "no", 1: "yes"}))
    fit = fit_glm(text, "case ~ age + parity", "binomial")
    assert fit.residual_deviance == pytest.approx(
        fit_glm(frame, "case ~ age + parity", "binomial").residual_deviance
    )
    assert any("'yes' is modelled against 'no'" in n for n in fit.notes)


def test_aliased_columns_are_set_aside_and_named() -> None:
    """A column that repeats earlier ones gets no coefficient and changes no deviance."""
    frame = table("mtcars.csv").assign(twice=lambda f: 2 * f["wt"] + 1)
    fit = fit_glm(frame, "mpg ~ wt + twice + hp", "gaussian")
    clean = fit_glm(frame, "mpg ~ wt + hp", "gaussian")
    assert fit.aliased == ("twice",)
    assert np.isnan(fit.coefficients[2].estimate)
    assert fit.coefficients[2].aliased
    assert fit.df_residual == clean.df_residual
    assert fit.residual_deviance == pytest.approx(clean.residual_deviance, rel=1e-12)
    assert any("set aside: twice" in n for n in fit.notes)


def test_rows_with_missing_values_are_left_out_and_counted() -> None:
    """Complete rows only, and a note with the number of the others."""
    frame = table("airquality.csv")
    fit = fit_glm(frame, "Ozone ~ `Solar.R` + Wind", "gaussian")
    assert fit.n == 111
    assert any("42 of 153 rows" in n for n in fit.notes)


def test_zero_weights_leave_degrees_of_freedom_but_stay_in_bic() -> None:
    """As in R: such rows count in log(n) of BIC and nowhere else."""
    frame = table("warpbreaks.csv").assign(w=1.0)
    frame.loc[:4, "w"] = 0.0
    fit = fit_glm(frame, "breaks ~ tension", "poisson", weights="w")
    clean = fit_glm(frame.iloc[5:], "breaks ~ tension", "poisson")
    assert fit.df_residual == clean.df_residual
    assert fit.aic == pytest.approx(clean.aic)
    assert fit.bic == pytest.approx(clean.bic + 3 * np.log(54 / 49))


def test_complete_separation_is_said() -> None:
    """A column that decides the outcome raises an alarm, though the fit stops quietly."""
    frame = pd.DataFrame({"x": np.arange(40.0), "y": [0] * 20 + [1] * 20})
    fit = fit_glm(frame, "y ~ x", "binomial")
    assert any("separate" in n for n in fit.notes)


def test_a_level_without_events_is_said() -> None:
    """A level whose counts are all 0 has no finite coefficient."""
    frame = pd.DataFrame({"g": ["a", "b", "c"] * 20, "y": [3, 0, 5, 2, 0, 4] * 10})
    fit = fit_glm(frame, "y ~ g", "poisson")
    assert any("Every response with g = 'b' is 0" in n for n in fit.notes)


def test_overdispersed_counts_are_said() -> None:
    """A Poisson fit with Pearson dispersion 3.8 says how far its standard errors are off."""
    assert any("3.8 times" in n for n in warpbreaks().notes)


def test_an_ordinary_fit_raises_no_alarm() -> None:
    """Alarms are for unusual fits."""
    assert fit_case(case("glm.json", "glm-binomial-logit-infert")).notes == ()


def test_poisson_counts_have_no_finite_theta() -> None:
    """Counts that scatter less than Poisson push theta to its bound, and the fit says so."""
    frame = pd.DataFrame({"x": np.tile([0.0, 1.0], 50), "y": np.tile([3, 4, 4, 3], 25)})
    fit = fit_glm(frame, "y ~ x", "negative_binomial")
    poisson = fit_glm(frame, "y ~ x", "poisson")
    assert fit.loglik == pytest.approx(poisson.loglik, abs=1e-4)
    assert any("no more than Poisson" in n for n in fit.notes)


def test_tweedie_of_power_two_is_gamma() -> None:
    """The same variance function gives the same coefficients."""
    frame = table("trees.csv")
    one = fit_glm(frame, "Volume ~ Girth", "tweedie", "log", power=2)
    other = fit_glm(frame, "Volume ~ Girth", "gamma", "log")
    assert one.residual_deviance == pytest.approx(other.residual_deviance, rel=1e-10)


def test_without_intercept_the_null_model_is_the_inverse_link_of_zero() -> None:
    """R's null deviance for a model without a constant."""
    frame = table("mtcars.csv")
    fit = fit_glm(frame, "mpg ~ 0 + wt", "gaussian")
    assert fit.null_deviance == pytest.approx((frame["mpg"] ** 2).sum())
    assert fit.df_null == 32


@pytest.mark.parametrize(
    ("formula", "family", "more", "message"),
    [
        ("breaks ~ wool", "poison", {}, "Did you mean poisson"),
        ("breaks ~ wool", "poisson", {"link": "lgo"}, "Did you mean log"),
        ("breaks ~ wol", "poisson", {}, "Did you mean wool"),
        ("breaks ~ wool", "poisson", {"weights": "w"}, "no column named 'w'"),
    ],
)
def test_an_unknown_name_gets_the_nearest(
    formula: str, family: str, more: dict[str, str], message: str
) -> None:
    """Typing errors are answered with a suggestion."""
    with pytest.raises(UnknownNameError, match=message):
        fit_glm(table("warpbreaks.csv"), formula, family, **more)


@pytest.mark.parametrize(
    ("formula", "family", "more", "message"),
    [
        ("breaks ~ wool", "binomial", {}, "outside the Binomial family's range"),
        ("breaks ~ wool", "poisson", {"link": "logit"}, "logit link does not serve"),
        ("breaks ~ wool", "tweedie", {}, "needs its variance power"),
        ("breaks ~ wool", "poisson", {"power": 1.5}, "has no power"),
        ("wool ~ breaks", "poisson", {}, "needs numbers"),
        ("one ~ breaks", "poisson", {}, "same in every row"),
        ("breaks ~ same", "poisson", {}, "has only the value 'k'"),
        ("breaks ~ wool", "gaussian", {"exposure": "one"}, "exposure needs the log link"),
    ],
)
def test_what_does_not_fit_is_refused(
    formula: str, family: str, more: dict[str, object], message: str
) -> None:
    """One sentence says what is wrong."""
    frame = table("warpbreaks.csv").assign(one=1.0, same="k")
    with pytest.raises(NotApplicableError, match=message):
        fit_glm(frame, formula, family, **more)  # type: ignore[arg-type]


def test_the_command_line_result_is_plain_and_without_nan() -> None:
    """The contract's keys; what is undefined is null."""
    frame = table("warpbreaks.csv")
    found = deviance_json(frame, "breaks ~ wool", "quasi_poisson", against=["breaks ~ 1"])
    json.dumps(found, allow_nan=False)
    assert found["fit"]["aic"] is None
    assert list(found["fit"]["coefficients"]) == ["(Intercept)", "woolB"]
    assert list(found["fit"]["standard_errors"]) == ["(Intercept)", "woolB"]
    first, second = found["analysis_of_deviance"]
    assert first["statistic"] is None
    assert second["df"] == 1
    assert {"formula", "df_residual", "deviance", "df", "delta", "statistic", "p_value"} <= {*first}
    alone = deviance_json(frame, "breaks ~ wool + tension", "poisson")["analysis_of_deviance"]
    assert [r["formula"] for r in alone] == [
        "breaks ~ 1", "breaks ~ wool", "breaks ~ wool + tension",
    ]  # fmt: skip


def test_every_reference_case_of_models_and_deviance_is_a_test() -> None:
    """None of the listed cases is left out by the names that tests choose them by."""
    every = [c for name in ("glm.json", "glm_2.json", "deviance.json", "deviance_2.json")
             for c in cases(name)]  # fmt: skip
    assert {c.id for c in every} == {c.id for c in [*CASES, *TABLES, *STEPS]}
    assert len(every) == 56


def test_a_fit_that_has_not_settled_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut off after two iterations, the numbers are called what they are: not final."""
    monkeypatch.setattr(glm_solve, "MOST_ITERATIONS", 2)
    fit = fit_case(case("glm.json", "glm-poisson-offset-insurance"))
    assert not fit.converged
    assert any("did not converge in 2 iterations" in n for n in fit.notes)
