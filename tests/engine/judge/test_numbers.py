"""Predicted values and counts beside the truth; reliability beside what was promised."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from outfold.errors import NotApplicableError
from outfold.judge.bootstrap import bootstrap, interval, p_value, standard_error
from outfold.judge.calibrate import calibrate, wilson
from outfold.judge.corrected_t import corrected_t
from outfold.judge.count_frequencies import count_frequencies
from outfold.judge.delong import auc_interval, compare_auc
from outfold.judge.fitted_values import fitted_values
from outfold.judge.hosmer_lemeshow import hosmer_lemeshow
from outfold.judge.mcnemar import mcnemar
from outfold.judge.rank_tests import friedman, wilcoxon
from outfold.judge.recalibrate import recalibrate
from outfold.metrics.catalogue import metric_named
from tests.engine.judge.small_runs import binary_run, count_run, regression_run


def test_residuals_are_actual_minus_predicted() -> None:
    """Bias and spread are over all rows; ten stretches hold every row."""
    stored = regression_run().of("linear")
    found = fitted_values(stored)
    assert stored.value is not None
    residual = stored.truth - stored.value
    np.testing.assert_allclose(found.residual, residual)
    assert found.bias == pytest.approx(residual.mean())
    assert found.spread == pytest.approx(residual.std(ddof=1))
    assert sum(s.n for s in found.stretches) == found.n == 442
    assert all(s.low < s.high for s in found.stretches)
    assert [s.predicted for s in found.stretches] == sorted(s.predicted for s in found.stretches)


def test_thinning_keeps_the_largest_errors() -> None:
    """A chart of 100 points still shows the 25 worst of 442."""
    stored = regression_run().of("linear")
    found = fitted_values(stored, most=100)
    assert len(found.rows) == len(set(found.rows.tolist())) == 100
    assert stored.value is not None
    worst = np.argsort(-np.abs(stored.truth - stored.value))[:25]
    assert set(stored.rows[worst]) <= set(found.rows)
    assert len(found.frame()) == 100


def test_expected_counts_sum_to_the_rows() -> None:
    """Observed and expected frequencies are of the same predictions; no count is lost."""
    found = count_frequencies(count_run().of("poisson"))
    assert found.observed.sum() == found.n == 600
    assert found.expected.sum() == pytest.approx(600)
    assert not found.open
    short = count_frequencies(count_run().of("poisson"), most=4)
    assert short.open
    assert short.observed.sum() == 600
    assert short.expected.sum() == pytest.approx(600)
    assert short.observed[:3].tolist() == found.observed[:3].tolist()


def test_dispersion_tells_a_right_poisson_model_from_a_constant() -> None:
    """Near 1 where the counts are Poisson around the prediction, far above where they are not."""
    assert count_frequencies(count_run().of("poisson")).dispersion == pytest.approx(1, abs=0.15)
    assert count_frequencies(count_run().of("dummy")).dispersion > 1.5


def test_frequencies_need_counts_and_values_need_numbers() -> None:
    """The reason is said."""
    with pytest.raises(NotApplicableError, match="count"):
        count_frequencies(regression_run().of("linear"))
    with pytest.raises(NotApplicableError, match="number"):
        fitted_values(binary_run().of("logistic"))


def test_the_parts_of_the_brier_score_sum_to_it() -> None:
    """Reliability minus resolution plus uncertainty plus what binning hides."""
    scored = binary_run().of("logistic").scored()
    for strategy in ("quantile", "uniform"):
        found = calibrate(scored.is_positive(), scored.positive_score(), strategy=strategy)
        b = found.brier
        assert b.reliability - b.resolution + b.uncertainty + b.within == pytest.approx(b.score)
        assert b.score == pytest.approx(metric_named("brier").compute(scored))
        assert sum(x.n for x in found.bins) == sum(found.histogram) == found.n
        assert all(x.observed_low <= x.observed <= x.observed_high for x in found.bins)
        assert all(x.low <= x.predicted <= x.high for x in found.bins)
        assert len(found.frame()) == len(found.bins) <= 10


def test_bins_of_equal_rows_hold_equal_rows() -> None:
    """Where probabilities do not repeat."""
    p = np.random.default_rng(0).random(1000)
    assert {b.n for b in calibrate(p > 0.5, p).bins} == {100}


def test_repeats_of_a_row_make_no_interval_of_calibration_narrower() -> None:
    """Three repeats that say the same leave every figure as it was, but for the predictions."""
    rng = np.random.default_rng(1)
    p = rng.random(400)
    y, rows = rng.random(400) < p**1.3, np.arange(400)
    once = calibrate(y, p, rows=rows)
    again = calibrate(np.tile(y, 3), np.tile(p, 3), rows=np.tile(rows, 3))
    assert (again.n, again.rows) == (1200, 400)
    for a, b in zip(once.bins, again.bins, strict=True):
        assert (b.n, b.rows) == (3 * a.n, a.n)
        assert (a.observed_low, a.observed_high) == pytest.approx((b.observed_low, b.observed_high))
    assert once.recalibration is not None
    assert again.recalibration is not None
    assert dataclasses.astuple(again.recalibration) == pytest.approx(
        dataclasses.astuple(once.recalibration)
    )
    assert calibrate(y, p) == once
    # Of a bin of one row's three predictions and one of another, less is known than of four rows.
    mixed = calibrate([1, 1, 1, 0], [0.3] * 4, rows=[0, 0, 0, 1]).bins[0]
    low, high = wilson(np.array([0.75 * 1.6]), np.array([1.6]))
    assert (mixed.observed_low, mixed.observed_high) == pytest.approx((low[0], high[0]))


def test_no_part_is_hidden_where_every_probability_has_its_bin() -> None:
    """With one value per bin the decomposition is Murphy's, exactly."""
    p = np.repeat([0.1, 0.4, 0.8], [30, 20, 50])
    y = np.random.default_rng(0).random(100) < p
    assert calibrate(y, p).brier.within == pytest.approx(0, abs=1e-12)


def test_calibrated_probabilities_have_slope_one_and_intercept_nothing() -> None:
    """And squeezing them shows as a slope above one, stretching as one below."""
    rng = np.random.default_rng(3)
    p = rng.uniform(0.02, 0.98, 20_000)
    y = rng.random(len(p)) < p
    found = recalibrate(y, p)
    assert found is not None
    assert found.slope == pytest.approx(1, abs=3 * found.slope_se)
    assert found.in_the_large == pytest.approx(0, abs=3 * found.in_the_large_se)
    assert found.p_value > 0.01
    logit = np.log(p / (1 - p))
    for factor in (0.5, 2.0):
        moved = recalibrate(y, 1 / (1 + np.exp(-factor * logit)))
        assert moved is not None
        assert moved.slope == pytest.approx(found.slope / factor, rel=1e-6)
    assert calibrate(y, p).ece < 0.02


def test_a_slope_that_does_not_exist_is_none() -> None:
    """Separated classes, one class, or one probability."""
    p = np.array([0.1, 0.2, 0.8, 0.9] * 5)
    assert recalibrate(p > 0.5, p) is None
    assert recalibrate(np.ones(4), p[:4]) is None
    assert recalibrate([0, 1, 1], [0.3, 0.3, 0.3]) is None


def test_wilsons_interval_agrees_with_statsmodels() -> None:
    """Also for no hits and all hits."""
    from statsmodels.stats.proportion import proportion_confint

    hits, n = np.array([0.0, 3, 17, 20]), np.full(4, 20.0)
    low, high = wilson(hits, n)
    expected = proportion_confint(hits, n, method="wilson")
    np.testing.assert_allclose(low, expected[0], atol=1e-12)
    np.testing.assert_allclose(high, expected[1], atol=1e-12)


def test_one_probability_leaves_no_group_to_test() -> None:
    """Hosmer and Lemeshow's test needs three groups."""
    found = hosmer_lemeshow([0, 1, 0, 1], [0.5] * 4)
    assert found.groups == 1
    assert np.isnan(found.p_value)


def test_splits_without_spread_are_no_division_by_zero() -> None:
    """Equal differences: certain if they are not nothing, nothing if they are; one has no test."""
    assert corrected_t([0.1] * 5, 0.25).p_value == 0
    assert corrected_t([0.0] * 5, 0.25).p_value == 1
    assert np.isnan(corrected_t([0.1], 0.25).p_value)
    assert corrected_t([0.2, np.nan, 0.4], 0.25).n == 2
    assert np.isnan(corrected_t([], 0.25).mean)


def test_a_perfect_ranking_is_marked_as_degenerate() -> None:
    """Its variance is nothing, and its interval means nothing."""
    found = auc_interval([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9])
    assert found is not None
    assert found.degenerate
    assert (found.low, found.high) == (1, 1)
    same = compare_auc([0, 1, 0, 1, 1], [1, 2, 3, 4, 5], [2, 4, 6, 8, 10])
    assert same is not None
    assert (same.statistic, same.p_value) == (0, 1)
    assert auc_interval([0, 1, 1], [1, 2, 3]) is None


def test_classifiers_that_never_differ_are_not_told_apart() -> None:
    """No discordant row, no evidence."""
    found = mcnemar([True, False, True], [True, False, True])
    assert found.recommended == found.mid_p == 1


def test_rank_tests_of_equal_models_find_nothing() -> None:
    """All ties in every block; no difference in any pair."""
    found = friedman(np.ones((6, 3)), ["a", "b", "c"])
    assert found.average_ranks == (2, 2, 2)
    assert found.p_value == 1
    assert wilcoxon([1, 2, 3], [1, 2, 3]).p_normal == 1
    exact = wilcoxon([1.0, 2, 4, 8, 16], [0.0, 0, 0, 0, 0])
    assert exact.p_exact == pytest.approx(2 / 2**5)
    with pytest.raises(ValueError, match="two data sets"):
        friedman([[1, 2]], ["a", "b"])


def test_the_bootstrap_draws_the_same_rows_for_every_candidate() -> None:
    """A candidate against itself differs by nothing in every draw, and draws repeat by seed."""
    stored = binary_run().of("logistic").scored()
    auc = metric_named("roc_auc")
    drawn = bootstrap([stored, stored], auc, draws=50, seed=1)
    np.testing.assert_array_equal(drawn[:, 0], drawn[:, 1])
    np.testing.assert_array_equal(drawn, bootstrap([stored, stored], auc, draws=50, seed=1))
    assert p_value(0.0, drawn[:, 0] - drawn[:, 1]) == 1
    low, high = interval(auc.compute(stored), drawn[:, 0], 0.9)
    assert low < auc.compute(stored) < high
    other = dataclasses.replace(stored, truth=1 - stored.truth)
    with pytest.raises(ValueError, match="same rows"):
        bootstrap([stored, other], auc, draws=2)


def test_the_bootstrap_agrees_with_delongs_variance() -> None:
    """Two roads to the standard error of an area and of a difference of areas."""
    a, b = (binary_run().of(m).scored() for m in ("logistic", "decision_tree"))
    drawn = bootstrap([a, b], metric_named("roc_auc"))
    exact = compare_auc(a.is_positive(), a.positive_score(), b.positive_score())
    assert exact is not None
    assert standard_error(drawn[:, 0]) == pytest.approx(exact.a.variance**0.5, rel=0.15)
    gap = standard_error(drawn[:, 0] - drawn[:, 1])
    assert gap == pytest.approx(exact.difference / exact.statistic, rel=0.15)
    assert p_value(exact.difference, drawn[:, 0] - drawn[:, 1]) < 1e-6


def test_a_figure_that_most_draws_leave_undefined_has_no_error() -> None:
    """A tenth may be undefined, no more."""
    assert np.isnan(standard_error(np.array([0.5, np.nan, 0.6])))
    assert np.isnan(p_value(0.1, np.array([0.5, np.nan, 0.6])))
    assert standard_error(np.array([*[0.1, 0.3] * 6, np.nan])) == pytest.approx(0.1, rel=0.1)
