"""Robust errors, tests of dispersion, envelopes and partial residuals of a GLM."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.optimize
import scipy.stats
import statsmodels.api as sm

from outfold.draw import rootogram
from outfold.draw.coefficients import coefficients as coefficients_picture
from outfold.draw.half_normal import half_normal as half_normal_picture
from outfold.draw.partial_residuals import partial_residuals as partial_picture
from outfold.errors import NotApplicableError, UnknownNameError
from outfold.judge import mostly_zero as mostly_zero_file
from outfold.judge.count_frequencies import glm_frequencies
from outfold.judge.diagnostic_points import diagnostic_points
from outfold.judge.dispersion_test import dispersion_tests
from outfold.judge.glm import deviance_json, fit_glm
from outfold.judge.glm_diagnostics import diagnostics
from outfold.judge.glm_report import glm_report
from outfold.judge.glm_solve import BLOCK, independent_columns, triangle_of
from outfold.judge.half_normal import draw, half_normal
from outfold.judge.likelihood import without_likelihood
from outfold.judge.mostly_zero import mostly_zero
from outfold.judge.partial_residuals import partial_residuals
from outfold.judge.robust_errors import ERRORS, notes_of, robust_covariance, with_errors

FAMILIES = ("gaussian", "binomial", "poisson", "gamma", "inverse_gaussian", "negative_binomial")


def table(n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    x, z = rng.normal(size=n), rng.uniform(size=n)
    mu = np.exp(0.4 * x + 0.5 * z)
    return pd.DataFrame(
        {
            "x": x, "z": z, "g": np.where(rng.uniform(size=n) < 0.5, "a", "b"),
            "count": rng.poisson(mu), "wild": rng.poisson(mu * rng.gamma(0.7, 1 / 0.7, n)),
            "amount": mu * rng.gamma(4, 0.25, n), "yes": (rng.uniform(size=n) < 0.4).astype(float),
            "curved": x**2 + rng.normal(size=n) * 0.3,
        }
    )  # fmt: skip


@pytest.mark.parametrize(("family", "y"), [("Poisson", "wild"), ("Binomial", "yes")])
def test_the_sandwich_agrees_with_statsmodels(family: str, y: str) -> None:
    """HC0 in models of two families; HC1 is the same times n / (n - rank)."""
    frame = table()
    fit = fit_glm(frame, f"{y} ~ x + z", family.lower())
    x = sm.add_constant(frame[["x", "z"]])
    peer = sm.GLM(frame[y], x, family=getattr(sm.families, family)()).fit(cov_type="HC0", tol=1e-12)
    own = robust_covariance(fit, "HC0")
    np.testing.assert_allclose(np.sqrt(np.diag(own)), peer.bse, rtol=1e-6)
    np.testing.assert_allclose(robust_covariance(fit, "HC1"), own * 300 / 297)


@pytest.mark.parametrize("errors", ["HC0", "HC1", "HC2", "HC3"])
def test_robust_errors_of_a_linear_model_agree_with_statsmodels(errors: Any) -> None:
    """Where statsmodels has all four: least squares."""
    frame = table()
    own = robust_covariance(fit_glm(frame, "amount ~ x + z", "gaussian"), errors)
    peer = sm.OLS(frame["amount"], sm.add_constant(frame[["x", "z"]])).fit(cov_type=errors)
    np.testing.assert_allclose(np.sqrt(np.diag(own)), peer.bse, rtol=1e-8)


def test_robust_errors_change_nothing_but_the_errors() -> None:
    """Estimates stay; aliased columns stay aliased; over-dispersed counts get wider intervals."""
    frame = table().assign(twice=lambda f: 2 * f.x)
    fit = fit_glm(frame, "wild ~ x + twice + z", "poisson")
    robust = with_errors(fit, "HC3")
    assert [c.aliased for c in robust] == [False, False, True, False]
    for a, b in zip(fit.coefficients, robust, strict=True):
        if not a.aliased:
            assert a.estimate == b.estimate
            assert b.std_error > a.std_error
    assert with_errors(fit, "model") is fit.coefficients
    assert set(ERRORS) == {"model", "HC0", "HC1", "HC2", "HC3", "cluster"}


LINKED = [("gaussian", "amount", "identity"), ("binomial", "yes", "logit"),
          ("poisson", "wild", "log"), ("binomial", "yes", "probit"), ("gamma", "amount", "log"),
          ("gaussian", "amount", "log")]  # fmt: skip


@pytest.mark.parametrize(("family", "y", "link"), LINKED)
def test_errors_by_group_agree_with_statsmodels(family: str, y: str, link: str) -> None:
    """But for two conventions, both undone here.

    statsmodels multiplies by (n - 1) / (n - rank) besides; and off the canonical link it takes the
    observed information, where this and R's sandwich take the expected one.
    """
    frame = table().assign(village=lambda f: [f"v{i % 23}" for i in range(len(f))])
    fit = fit_glm(frame, f"{y} ~ x + z", family, link, cluster="village")
    law = getattr(sm.families, family.capitalize())
    made = law(getattr(sm.families.links, link.capitalize())(), check_link=False)
    model = sm.GLM(frame[y], sm.add_constant(frame[["x", "z"]]), family=made)
    peer = model.fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(frame["village"])[0]}, use_t=True,
        tol=1e-13,
    )  # fmt: skip
    own = robust_covariance(fit, "cluster")
    expected, observed = (-model.hessian(peer.params, scale=1.0, observed=o) for o in (False, True))
    if link in ("identity", "logit") or (family, link) == ("poisson", "log"):
        np.testing.assert_allclose(observed, expected, rtol=1e-8)
    change = np.linalg.solve(observed, expected)
    np.testing.assert_allclose(
        change @ own @ change.T * 299 / 297, peer.cov_params().to_numpy(), rtol=1e-4
    )
    lines = with_errors(fit, "cluster")
    for line, error in zip(lines, np.sqrt(np.diag(own)), strict=True):
        assert (line.kind, line.std_error) == ("t", pytest.approx(error))
        p = 2 * scipy.stats.t.sf(abs(line.estimate / error), 22)
        assert line.p_value == pytest.approx(p)
    assert peer.df_resid_inference == 22


def test_rows_alone_in_their_groups_have_the_errors_of_independent_rows() -> None:
    """A group a row is HC0 times n / (n - 1); copies of rows no longer look like more evidence."""
    frame = table().assign(row=range(300))
    alone = fit_glm(frame, "wild ~ x + z", "poisson", cluster="row")
    np.testing.assert_allclose(
        robust_covariance(alone, "cluster"), robust_covariance(alone, "HC0") * 300 / 299
    )
    copies = fit_glm(pd.concat([frame] * 4), "wild ~ x + z", "poisson", cluster="row")
    np.testing.assert_allclose(
        robust_covariance(copies, "cluster"), robust_covariance(alone, "cluster"), rtol=1e-6
    )


def test_groups_that_cannot_be_used_are_refused_or_said() -> None:
    """No column, one group, an unknown column; few groups get a note."""
    frame = table().assign(one="k", few=lambda f: [i % 5 for i in range(len(f))])
    with pytest.raises(NotApplicableError, match="need a column of groups"):
        with_errors(fit_glm(frame, "wild ~ x", "poisson"), "cluster")
    with pytest.raises(NotApplicableError, match="one group in the rows used"):
        with_errors(fit_glm(frame, "wild ~ x", "poisson", cluster="one"), "cluster")
    with pytest.raises(UnknownNameError, match="Did you mean few"):
        fit_glm(frame, "wild ~ x", "poisson", cluster="feww")
    said = notes_of(fit_glm(frame, "wild ~ x", "poisson", cluster="few"), "cluster")
    assert "5 groups only" in said[0]
    wide = fit_glm(frame, "wild ~ poly(x, 6)", "poisson", cluster="few")
    assert "for 7 coefficients" in notes_of(wide, "cluster")[0]


@pytest.mark.parametrize("errors", ["HC0", "HC3", "cluster"])
@pytest.mark.parametrize("reference", [False, True])
def test_what_rests_on_one_row_has_no_robust_error(errors: Any, reference: bool) -> None:
    """A level of one row, or of one group, is fitted exactly: its residual says nothing."""
    rare = "a" if reference else "rare"
    frame = table().assign(
        level=lambda f: ["bc"[i % 2] if i else rare for i in range(len(f))],
        village=lambda f: [f"v{i % 50}" for i in range(len(f))],
    )
    fit = fit_glm(frame, "wild ~ x + level", "poisson", cluster="village")
    found = {c.term: c for c in with_errors(fit, errors)}
    without = {"(Intercept)", "levelb", "levelc"} if reference else {"levelrare"}
    assert {t for t, c in found.items() if np.isnan(c.std_error)} == without
    assert all(np.isnan(found[t].p_value) and np.isnan(found[t].low) for t in without)
    assert np.isfinite(found["x"].std_error)
    said = notes_of(fit, errors)[0]
    assert "cannot judge" in said
    assert ("village = 'v0'" if errors == "cluster" else "row 1") in said
    if not reference:
        title = coefficients_picture(tuple(found.values()), "log").layout.title
        assert "of 2 coefficients" in title.text
        assert "1 left out, not estimable by these errors" in title.subtitle.text.replace(
            "<br>", " "
        )
    assert notes_of(fit, "model") == ()
    two = pd.concat([frame, frame[:1].assign(village="v1", wild=9)])
    more = fit_glm(two, "wild ~ x + level", "poisson", cluster="village")
    assert all(np.isfinite(c.std_error) for c in with_errors(more, errors))


def test_rows_of_no_group_are_left_out() -> None:
    """A missing group leaves its row out of the fit, with the note that every missing value has."""
    frame = table().assign(village=lambda f: [None if i < 10 else f"v{i % 50}" for i in range(300)])
    fit = fit_glm(frame, "wild ~ x", "poisson", cluster="village")
    assert fit.n == 290
    assert any("10 of 300 rows" in n for n in fit.notes)


def test_overdispersion_is_found_where_it_is() -> None:
    """Cameron & Trivedi's tests: the first is a t test of a mean, the second a regression."""
    frame = table()
    for test in dispersion_tests(fit_glm(frame, "count ~ x + z", "poisson")):
        assert test.p_value > 0.05
        assert test.sentence.startswith("No sign")
    fit = fit_glm(frame, "wild ~ x + z", "poisson")
    linear, square = dispersion_tests(fit)
    aux = ((fit.rows.y - fit.mu) ** 2 - fit.rows.y) / fit.mu
    ones = sm.OLS(aux, np.ones(len(aux))).fit()
    assert linear.statistic == pytest.approx(float(ones.tvalues[0]))
    assert linear.estimate == pytest.approx(1 + float(ones.params[0]))
    slope = sm.OLS(aux, fit.mu).fit()
    assert square.statistic == pytest.approx(float(slope.tvalues[0]))
    assert square.estimate == pytest.approx(float(slope.params[0]))
    assert max(linear.p_value, square.p_value) < 1e-3
    assert not dispersion_tests(fit_glm(frame, "yes ~ x", "binomial"))


@pytest.mark.parametrize("family", FAMILIES)
def test_draws_have_the_fitted_mean_and_variance(family: str) -> None:
    """What the envelope is simulated from is the fitted distribution."""
    y = {"binomial": "yes", "poisson": "count", "negative_binomial": "wild"}.get(family, "amount")
    fit = fit_glm(table(60), f"{y} ~ x", family, "log" if y == "amount" else None)
    rng = np.random.default_rng(0)
    many = np.array([draw(fit, rng) for _ in range(3000)])
    spread = np.sqrt(fit.dispersion * fit.engine().variance(fit.mu))
    z = (many.mean(axis=0) - fit.mu) / (spread / np.sqrt(3000))
    assert np.abs(z).max() < 4.5
    np.testing.assert_allclose(np.mean(many.var(axis=0) / spread**2), 1, atol=0.1)


def test_a_wrong_family_leaves_the_envelope() -> None:
    """Counts that scatter more than Poisson go beyond; a right model stays within."""
    frame = table()
    right = half_normal(fit_glm(frame, "count ~ x + z", "poisson"))
    wrong = half_normal(fit_glm(frame, "wild ~ x + z", "poisson"))
    assert right.outside <= 0.05 < 0.2 < wrong.outside
    assert (right.low <= right.middle).all()
    assert (right.middle <= right.high).all()
    assert "go beyond" in half_normal_picture(wrong).layout.title.text.replace("<br>", " ")
    quasi = half_normal(fit_glm(frame, "wild ~ x", "quasi_poisson"))
    assert not len(quasi.high)
    assert "not simulated" in half_normal_picture(quasi).layout.title.subtitle.text


def test_partial_residuals_show_a_missing_curve() -> None:
    """A straight term through a parabola is left by the rows; a parabola is not."""
    frame = table()
    straight = partial_residuals(fit_glm(frame, "curved ~ x + g + x:g", "gaussian"))
    assert [p.term for p in straight] == ["x", "g"]
    assert "try a curve" in partial_picture(straight[0]).layout.title.text.replace("<br>", " ")
    assert straight[1].levels == ("a", "b")
    assert partial_picture(straight[1]).layout.xaxis.ticktext == ("a", "b")
    (curve,) = partial_residuals(fit_glm(frame, "curved ~ poly(x, 2)", "gaussian"))
    assert "follows the rows" in partial_picture(curve).layout.title.text
    fit = fit_glm(frame, "curved ~ x + z", "gaussian")
    first = partial_residuals(fit)[0]
    slope = fit.coefficients[1].estimate
    expected = slope * (frame.x - frame.x.mean()) + (frame.curved - fit.mu)
    np.testing.assert_allclose(first.residual, expected)


def test_expected_frequencies_add_up_to_the_rows() -> None:
    """A negative binomial expects the zeros that a Poisson law misses."""
    frame = table()
    poisson = glm_frequencies(fit_glm(frame, "wild ~ x", "poisson"))
    negative = glm_frequencies(fit_glm(frame, "wild ~ x", "negative_binomial"))
    assert poisson is not None
    assert negative is not None
    for found in (poisson, negative):
        assert found.observed.sum() == 300
        assert found.expected.sum() == pytest.approx(300)
    zeros = poisson.observed[0]
    assert abs(negative.expected[0] - zeros) < abs(poisson.expected[0] - zeros) / 3
    assert "in sample" in rootogram.draw(negative).layout.title.subtitle.text
    assert glm_frequencies(fit_glm(frame, "amount ~ x", "gamma", "log")) is None


def test_blocks_give_what_all_rows_at_once_give() -> None:
    """A fit over several blocks of rows, near singular too, is that of one decomposition."""
    rng = np.random.default_rng(3)
    n = 2 * BLOCK + 17
    x = rng.normal(size=(n, 4))
    x[:, 3] = x[:, 2] + 1e-7 * rng.normal(size=n)
    triangle = triangle_of(x)
    np.testing.assert_allclose(triangle.T @ triangle, x.T @ x, rtol=1e-10, atol=1e-8)
    assert independent_columns(x).all()
    frame = pd.DataFrame(x, columns=list("abcd")).assign(y=x @ [1, 2, 3, 4] + rng.normal(size=n))
    fit = fit_glm(frame, "y ~ a + b + c + d", "gaussian")
    whole = np.linalg.lstsq(np.column_stack([np.ones(n), x]), frame["y"], rcond=None)[0]
    np.testing.assert_allclose([c.estimate for c in fit.coefficients], whole, rtol=1e-6)


def test_the_command_line_takes_other_tables_and_errors() -> None:
    """Type II beside sequential, and robust errors in place of the family's."""
    frame = table()
    usual = deviance_json(frame, "wild ~ x + z", "poisson")
    other = deviance_json(frame, "wild ~ x + z", "poisson", table="type2", errors="HC1")
    assert [row["term"] for row in other["analysis_of_deviance"]] == ["x", "z"]
    assert other["test"]["kind"] == "type2"
    assert other["fit"]["coefficients"] == usual["fit"]["coefficients"]
    assert other["fit"]["standard_errors"]["x"] > usual["fit"]["standard_errors"]["x"]


def test_bins_without_events_are_no_finding() -> None:
    """Where hardly anything happens a bin's mean is a little below 0, and that is right."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=2000)
    yes = (rng.uniform(size=2000) < 1 / (1 + np.exp(3 - 3 * x))).astype(float)
    points = diagnostic_points(
        diagnostics(fit_glm(pd.DataFrame({"x": x, "y": yes}), "y ~ x", "binomial"))
    )
    off = np.abs(points.trend) > 2 * points.trend_error
    assert off.mean() <= 0.15


def many_levels(n: int = 3000) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    level = rng.integers(0, 90, n)
    x = rng.normal(size=n)
    count = rng.poisson(np.exp(0.3 * x + 0.02 * level))
    return pd.DataFrame({"x": x, "level": [f"l{i:02}" for i in level], "count": count})


def test_many_levels_are_fitted_as_a_dense_matrix_would_be(monkeypatch: Any) -> None:
    """Sums over filled cells alone change neither estimates nor errors nor leverage."""
    frame = many_levels()
    thin = fit_glm(frame, "count ~ x + level", "poisson")
    assert mostly_zero(thin.matrix()) is not None
    robust, leverage = robust_covariance(thin, "HC3"), diagnostics(thin, quantile=False).leverage
    monkeypatch.setattr(mostly_zero_file, "WIDE", 10_000)
    dense = fit_glm(frame, "count ~ x + level", "poisson")
    assert mostly_zero(dense.matrix()) is None
    for a, b in zip(thin.coefficients, dense.coefficients, strict=True):
        assert a.estimate == pytest.approx(b.estimate, rel=1e-8, abs=1e-10)
        assert a.std_error == pytest.approx(b.std_error, rel=1e-9)
    np.testing.assert_allclose(leverage, diagnostics(dense, quantile=False).leverage, rtol=1e-8)
    np.testing.assert_allclose(robust, robust_covariance(dense, "HC3"), rtol=1e-6, atol=1e-12)


def test_levels_that_depend_on_each_other_are_set_aside() -> None:
    """A second factor that repeats the first is aliased, whatever the way it is summed."""
    frame = many_levels().assign(same=lambda f: "s" + f["level"])
    fit = fit_glm(frame, "count ~ level + same", "poisson")
    assert len(fit.aliased) == 89


def test_many_levels_of_one_outcome_make_one_sentence() -> None:
    """Six are named and the others counted."""
    frame = many_levels()
    frame["count"] = frame["count"].where(frame["level"] > "l20", 0)
    notes = fit_glm(frame, "count ~ level", "poisson").notes
    said = [n for n in notes if "Every response" in n]
    assert len(said) == 1
    assert "'l00', 'l01'" in said[0]
    assert "15 more" in said[0]


@pytest.mark.parametrize(
    ("formula", "more", "message"),
    [
        ("wild ~ first + second", {}, "None of 300 rows is complete in the columns used"),
        ("wild ~ x", {"exposure": "z0"}, "exposure z0 is 0 or less in 3 rows"),
        ("wild ~ x", {"exposure": "g"}, "g holds no numbers, so it cannot be the exposure"),
        ("wild ~ x", {"weights": "g"}, "cannot be the weights"),
        ("yes_no ~ x", {}, "response yes_no is 'no' in every row used"),
    ],
)
def test_what_cannot_be_fitted_is_named_for_what_it_is(
    formula: str, more: dict[str, str], message: str
) -> None:
    """No complete row, an exposure of 0, text where numbers are needed, one outcome."""
    half = np.arange(300) < 150
    frame = table().assign(
        first=np.where(half, 1.0, np.nan), second=np.where(half, np.nan, 1.0), yes_no="no",
        z0=lambda f: f["z"].where(f.index > 2, 0.0),
    )  # fmt: skip
    with pytest.raises(NotApplicableError, match=message):
        fit_glm(frame, formula, "binomial" if "yes" in formula else "poisson", **more)


def test_a_column_with_blanks_is_suggested_as_it_is_written() -> None:
    """In backticks, so that it can be copied."""
    frame = table().rename(columns={"x": "x of y"})
    with pytest.raises(UnknownNameError, match="Did you mean `x of y`"):
        fit_glm(frame, "wild ~ xofy", "poisson")


def test_a_step_below_zero_is_halved_until_means_are_above_it() -> None:
    """Gamma's inverse link: the deviance is the least that means above 0 allow, and has an AIC."""
    rng = np.random.default_rng(0)
    x = rng.uniform(size=300)
    y = np.exp(4 * x) * rng.gamma(1, 1, 300)
    found = glm_report(pd.DataFrame({"x": x, "y": y}), "y ~ x", "gamma")
    family = sm.families.Gamma()

    def deviance(beta: Any) -> float:
        mu = 1 / np.maximum(beta[0] + beta[1] * x, 1e-9)
        return float(family.deviance(y, mu))

    start = [1 / y.mean(), 0.0]
    peer = scipy.optimize.minimize(deviance, start, method="Nelder-Mead", tol=1e-10)
    assert found.figures["residual_deviance"] == pytest.approx(peer.fun, rel=1e-7)
    assert found.points.fitted.min() > 0
    assert np.isfinite(found.figures["aic"])
    assert found.without_likelihood == ""
    fit = fit_glm(pd.DataFrame({"x": x, "y": y}), "y ~ x", "gamma")
    said = without_likelihood(fit.spec.family_spec, fit.rows, fit.mu - 2 * fit.mu[0])
    assert "fitted means lie outside" in said


@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
def test_counts_that_are_not_whole_have_no_likelihood(family: str) -> None:
    """R's density is zero there; the fit stands, AIC does not, and both are said."""
    frame = table().assign(count=lambda f: f["count"] + 0.5)
    found = glm_report(frame, "count ~ x", family)
    assert np.isnan(found.figures["aic"])
    assert np.isnan(found.figures["bic"])
    assert "whole numbers only, and count is not" in found.without_likelihood
    assert any("not whole numbers everywhere" in n for n in found.asides)
    assert np.isfinite(glm_report(table(), "count ~ x", family).figures["aic"])
