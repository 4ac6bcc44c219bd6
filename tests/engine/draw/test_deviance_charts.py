"""Deviance charts show the figures they are given, and names from data as text."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from outfold.draw.candidate_deviance import candidate_deviance
from outfold.draw.candidate_rows import ROW
from outfold.draw.coefficients import coefficients
from outfold.draw.deviance_waterfall import deviance_waterfall
from outfold.draw.leverage_cook import leverage_cook
from outfold.draw.residual_fitted import residual_fitted
from outfold.draw.residual_quantile import residual_quantile
from outfold.draw.step_waterfall import step_waterfall
from outfold.judge.candidate_deviance import CandidateDeviance, DevianceTable
from outfold.judge.diagnostic_points import MOST, diagnostic_points
from outfold.judge.glm import fit_glm
from outfold.judge.glm_diagnostics import diagnostics
from outfold.judge.glm_report import GlmReport, glm_report
from outfold.judge.printed_p import printed_p
from outfold.judge.step_selection import step_selection
from tests.reference.cases import table


@pytest.fixture(scope="module")
def report() -> GlmReport:
    return glm_report(
        table("warpbreaks.csv"),
        "breaks ~ wool * tension",
        "poisson",
    )


def test_the_waterfall_goes_from_null_to_residual(report: GlmReport) -> None:
    """Null, a drop per term, residual; the drops close the gap."""
    assert report.terms
    bars = deviance_waterfall(report.terms).data[0]
    assert list(bars.measure) == ["absolute", "relative", "relative", "relative", "total"]
    assert bars.y[0] == pytest.approx(297.372, abs=1e-3)
    assert sum(bars.y[:-1]) == pytest.approx(bars.y[-1])


def test_a_report_without_terms_has_no_table_of_them() -> None:
    """The intercept alone is a model too."""
    assert glm_report(table("warpbreaks.csv"), "breaks ~ 1", "poisson").terms is None


@pytest.mark.parametrize(
    ("off", "said"),
    [(0, "scatter about zero: in none of 20 bins"), (1, "1 of 20 bins; by chance alone about 1"),
     (3, "3 of 20 bins; by chance alone about 1"), (4, "about 1 would: a term, a curve")],
)  # fmt: skip
def test_the_residuals_title_counts_the_bins_that_are_drawn(
    report: GlmReport, off: int, said: str
) -> None:
    """A bin whose bar leaves zero is never passed over; a model is doubted beyond chance."""
    trend = np.where(np.arange(20) < off, -0.95, 0.01)
    points = dataclasses.replace(
        report.points, trend_at=np.arange(20.0), trend=trend, trend_error=np.full(20, 0.4)
    )
    assert said in residual_fitted(points).layout.title.text.replace("<br>", " ")


def test_with_too_much_scatter_coefficients_are_counted_by_wider_intervals(
    report: GlmReport,
) -> None:
    """What is clear of zero by the family alone is not said to be clear of it."""
    assert report.too_small == pytest.approx(np.sqrt(report.figures["pearson_dispersion"]))
    own = coefficients(report.coefficients, report.link)
    wide = coefficients(report.coefficients, report.link, report.too_small)
    quasi = glm_report(table("warpbreaks.csv"), "breaks ~ wool * tension", "quasi_poisson")
    clear = sum(not c.low <= 0 <= c.high for c in quasi.coefficients[1:])
    assert clear < sum(not c.low <= 0 <= c.high for c in report.coefficients[1:])
    assert wide.layout.title.text.startswith(f"{clear} of 5 coefficients")
    assert "times as wide" in wide.layout.title.text.replace("<br>", " ")
    assert "wide" not in own.layout.title.text
    assert quasi.too_small == 1


def test_no_p_value_is_printed_as_nothing() -> None:
    """Where a p-value is too small for the machine, it is below something."""
    assert [printed_p(p) for p in (0.0, 3e-20, 0.01234, float("nan"))] == [
        "below 1e-16", "below 1e-16", "0.0123", "",
    ]  # fmt: skip


def test_a_coefficient_of_which_nothing_is_known_does_not_squash_the_others() -> None:
    """Separation leaves an interval of thousands: it is left out, and the chart says so."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=200)
    g = np.where(np.arange(200) < 20, "rare", "usual")
    y = ((rng.uniform(size=200) < 0.5) | (g == "rare")).astype(float)
    frame = pd.DataFrame({"my x": x, "g": g, "y": y})
    figure = coefficients(fit_glm(frame, "y ~ `my x` + g", "binomial").coefficients, "logit")
    assert list(figure.layout.yaxis.ticktext) == ["my x"]
    below = figure.layout.title.subtitle.text.replace("<br>", " ")
    assert "1 left out, of which nothing is known" in below


def test_coefficients_that_are_not_drawn_are_counted_too() -> None:
    """Of fifty noise terms the strongest are drawn; the title and the chance are of all."""
    rng = np.random.default_rng(6)
    frame = pd.DataFrame(rng.normal(size=(400, 51)), columns=[f"x{i}" for i in range(51)])
    lines = fit_glm(frame, "x0 ~ .", "gaussian").coefficients
    clear = sum(not c.low <= 0 <= c.high for c in lines[1:])
    figure = coefficients(lines, "identity")
    assert len(figure.data[0].x) == 40
    assert f"{clear} of 50 coefficients" in figure.layout.title.text.replace("<br>", " ")
    assert "about 2 would be" in figure.layout.title.subtitle.text.replace("<br>", " ")


def test_charts_of_rows_draw_every_row(report: GlmReport) -> None:
    """Fifty-four rows are fifty-four points."""
    for figure in (residual_fitted(report.points), residual_quantile(report.points)):
        rows = next(t for t in figure.data if t.name == "Row")
        assert len(rows.x) == 54
        assert figure.layout.title.text
        assert figure.layout.xaxis.title.text


def test_overdispersion_shows_in_the_quantile_plot(report: GlmReport) -> None:
    """Warp breaks scatter more than Poisson: the title says that the family does not fit."""
    assert "does not fit" in residual_quantile(report.points).layout.title.text


def test_a_pulling_row_is_named() -> None:
    """A far-out row is a diamond with its number."""
    frame = pd.DataFrame({"x": [*np.linspace(0, 1, 40), 20.0], "y": [*np.linspace(0, 1, 40), 0.0]})
    found = diagnostic_points(diagnostics(fit_glm(frame, "y ~ x", "gaussian")))
    figure = leverage_cook(found)
    assert figure.layout.title.text == "1 row pulls the fit"
    assert any(a.text == "row 41" for a in figure.layout.annotations)


def test_large_tables_are_thinned_but_keep_what_is_conspicuous() -> None:
    """At most 3,000 points, the outlier among them, and the title's figures of all rows."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=20_000)
    y = rng.poisson(np.exp(0.3 * x)).astype(float)
    y[777] = 60.0
    found = diagnostics(fit_glm(pd.DataFrame({"x": x, "y": y}), "y ~ x", "poisson"))
    points = diagnostic_points(found)
    assert len(points.index) == MOST
    assert 777 in points.index
    assert points.n == 20_000
    assert "3,000 of 20,000" in residual_fitted(points).layout.title.subtitle.text


def test_a_quasi_family_says_why_there_is_no_plot() -> None:
    """No distribution, no quantiles."""
    found = diagnostics(fit_glm(table("warpbreaks.csv"), "breaks ~ wool", "quasi_poisson"))
    figure = residual_quantile(diagnostic_points(found))
    assert "no distribution" in figure.layout.title.subtitle.text


def test_a_step_path_shows_deviance_and_criterion() -> None:
    """Bars from the null deviance down to saturated, and a point of the criterion per step."""
    widest = fit_glm(table("infert.csv"), "case ~ age + parity + spontaneous", "binomial")
    path = step_selection(widest, direction="backward")
    figure = step_waterfall(path)
    bars, criterion = figure.data
    assert len(bars.x) == len(path.steps) + 3
    assert bars.y[0] == path.null_deviance
    assert sum(bars.y) == pytest.approx(0)
    assert len(criterion.x) == len(path.steps)


def test_names_from_data_are_shown_as_text() -> None:
    """A column named like a tag stays a name."""
    frame = pd.DataFrame({"<b>x</b>": np.arange(30.0), "y": np.arange(30.0) ** 1.1})
    report = glm_report(frame, "y ~ `<b>x</b>`", "gaussian")
    assert report.terms
    figures: list[go.Figure] = [
        deviance_waterfall(report.terms),
        coefficients(report.coefficients, report.link),
    ]
    for figure in figures:
        assert "<b>x</b>" not in figure.to_json().replace("\\u003c", "<").replace("\\u003e", ">")


def test_candidates_stand_between_null_and_saturated() -> None:
    """A dot per candidate at its deviance per row, and a line at the null model's."""
    rows = (
        CandidateDeviance("none + none + logistic", "logistic", False, 80, 0.8, 120, 1 / 3, (), 0,
                          100),
        CandidateDeviance("none + none + dummy", "dummy", True, 120, 1.2, 120, 0.0, (), 0, 100),
    )  # fmt: skip
    figure = candidate_deviance(DevianceTable("binomial", rows, ("svm",)))
    assert list(figure.data[0].x) == [0.8, 1.2]
    line = figure.data[-1]
    assert line.x[0] == pytest.approx(1.2)
    # Interrupted where the names stand: nothing of it within a name's height, 15 pixels up.
    names = [
        (a.y - 22 / ROW, a.y - 8 / ROW) for a in figure.layout.annotations if a.xref == "paper"
    ]
    pieces = [(line.y[i], line.y[i + 1]) for i in range(0, len(line.y), 3)]
    assert len(pieces) == len(names)
    assert all(b <= low or a >= high for a, b in pieces for low, high in names)
    assert figure.layout.title.text.replace("<br>", " ").startswith(
        "logistic removes 33.3% of the null deviance"
    )
    assert "1 without" in figure.layout.title.subtitle.text
    above = [a.text for a in figure.layout.annotations]
    assert "logistic: D² 33.3%" in above
    assert "dummy: D² 0.0%" in above
