"""Curves keep their shape when thinned, and say what the splits say."""

from __future__ import annotations

import dataclasses
import time

import numpy as np
import pytest
from sklearn import metrics as sk

from outfold.errors import NotApplicableError
from outfold.judge.curves import POINTS, Line, curve, thin
from tests.engine.judge.small_runs import binary_run, multiclass_run, regression_run
from tests.engine.judge.test_threshold import predictions_of


def big(n: int = 100_000):
    rng = np.random.default_rng(1)
    y = (rng.random(n) < 0.1).astype(int)
    return predictions_of(y, 1 / (1 + np.exp(-rng.normal(1.5 * y - 1, 1))), splits=5)


def test_the_roc_curve_is_scikit_learns() -> None:
    """The same corners, and the area of each split as on the leaderboard."""
    stored = binary_run().of("logistic")
    found = curve(stored, "roc")
    assert stored.probability is not None
    x, y, _ = sk.roc_curve(stored.truth, stored.probability[:, 1])
    points = set(zip(found.pooled.x.round(12), found.pooled.y.round(12), strict=True))
    assert points <= set(zip(x.round(12), y.round(12), strict=True))
    assert np.trapezoid(found.pooled.y, found.pooled.x) == pytest.approx(
        sk.roc_auc_score(stored.truth, stored.probability[:, 1]), abs=1e-9
    )
    row = next(c for c in binary_run().result.candidates if c.candidate.model.key == "logistic")
    assert found.area == pytest.approx(row.scores["roc_auc"])
    assert found.mean_area() == pytest.approx(np.mean(row.scores["roc_auc"]))


def test_the_precision_recall_curve_is_scikit_learns() -> None:
    """Each point is a precision and recall at an observed score."""
    stored = binary_run().of("naive_bayes")
    found = curve(stored, "precision_recall")
    assert stored.probability is not None
    p, r, t = sk.precision_recall_curve(stored.truth, stored.probability[:, 1])
    at = dict(zip(t.tolist(), zip(r[:-1], p[:-1], strict=True), strict=True))
    line = found.pooled
    for x, y, threshold in list(zip(line.x, line.y, line.threshold, strict=True))[1:]:
        assert (x, y) == pytest.approx(at[threshold])
    row = next(c for c in binary_run().result.candidates if c.candidate.model.key == "naive_bayes")
    assert found.area == pytest.approx(row.scores["average_precision"])


def test_gain_and_lift_follow_from_each_other() -> None:
    """Flagging a share s of rows finds gain(s) of the positives, which is lift(s) times s."""
    stored = binary_run().of("logistic")
    gain, lift = curve(stored, "gain"), curve(stored, "lift")
    assert gain.pooled.x[0] == gain.pooled.y[0] == 0
    assert (gain.pooled.x[-1], gain.pooled.y[-1]) == (1, 1)
    assert lift.pooled.y[-1] == pytest.approx(1)
    on_lift = np.interp(lift.pooled.x, gain.pooled.x, gain.pooled.y)
    np.testing.assert_allclose(lift.pooled.x * lift.pooled.y, on_lift, atol=1e-9)
    assert gain.area == ()


@pytest.mark.parametrize("kind", ["roc", "precision_recall", "gain", "lift"])
def test_thinning_keeps_the_shape(kind) -> None:
    """At most 500 points of 100,000, nowhere off by more than a hundredth of the height."""
    stored = big()
    thinned = curve(stored, kind).pooled
    assert 100 < len(thinned.x) <= POINTS
    from outfold.judge import curves

    full = curves._line(curves._sweep(stored.scored(), 1), kind)
    # The first permille is a handful of rows, where precision jumps from row to row.
    inside = np.linspace(0.001, 1, 3000)
    gap = np.abs(np.interp(inside, thinned.x, thinned.y) - np.interp(inside, full.x, full.y))
    assert gap.max() < 0.03 * np.ptp(full.y)
    assert gap[inside > 0.01].max() < 0.01 * np.ptp(full.y)
    assert (thinned.x[0], thinned.x[-1]) == (full.x[0], full.x[-1])


def test_straight_stretches_are_kept_by_their_ends() -> None:
    """Points on a line say nothing."""
    line = Line(np.arange(5.0), np.array([0.0, 1, 2, 2, 2]), np.arange(5.0))
    assert thin(line).x.tolist() == [0, 2, 4]


def test_the_band_spans_the_splits() -> None:
    """It holds every split's curve, and lies within the unit square."""
    found = curve(binary_run().of("logistic"), "roc")
    assert len(found.splits) == 10
    assert (found.band_low <= found.band_high).all()
    assert found.band_high.max() <= 1
    for line in found.splits:
        height = np.interp(found.band_x, line.x, line.y)
        assert (height <= found.band_high + 1e-9).all()
        assert (height >= found.band_low - 1e-9).all()


def test_a_class_of_several_is_set_against_the_rest() -> None:
    """Its area is that of one against the others."""
    stored = multiclass_run().of("naive_bayes")
    assert stored.probability is not None
    for code, name in enumerate(stored.classes):
        found = curve(stored, "roc", code)
        assert found.of == name
        expected = sk.roc_auc_score(stored.truth == code, stored.probability[:, code])
        assert np.trapezoid(found.pooled.y, found.pooled.x) == pytest.approx(expected)


def test_the_other_class_can_be_the_positive_one() -> None:
    """Also where scores stand for probabilities."""
    stored = binary_run().of("svm_linear")
    turned = curve(dataclasses.replace(stored, positive=0), "roc")
    assert turned.of == "malignant"
    assert turned.area == pytest.approx(curve(stored, "roc").area)


def test_numbers_and_single_classes_have_no_curve() -> None:
    """The reason is said."""
    with pytest.raises(NotApplicableError, match="number"):
        curve(regression_run().of("linear"), "roc")
    with pytest.raises(NotApplicableError, match="One class"):
        curve(predictions_of(np.zeros(4, int), np.linspace(0, 1, 4)), "roc")


def test_a_curve_of_100000_rows_is_quick() -> None:
    """Well under a second, so that a page can draw several."""
    stored = big()
    best = np.inf
    for _ in range(3):
        start = time.perf_counter()
        curve(stored, "roc")
        best = min(best, time.perf_counter() - start)
    assert best < 0.5
