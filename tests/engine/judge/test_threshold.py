"""Thresholds, costs and confusion: looked up, never recomputed, and equal to the definitions."""

from __future__ import annotations

import dataclasses
import math
import time

import numpy as np
import pytest

from outfold.errors import NotApplicableError, ParameterError
from outfold.judge.confusion_matrix import confusion_matrix
from outfold.judge.cost_matrix import CostMatrix, least_risk, mean_cost
from outfold.judge.threshold import LABELS, Thresholds, cheapest, thresholds
from outfold.metrics.catalogue import catalogue
from outfold.metrics.confusion import confusion_of
from outfold.metrics.metric import Scored
from outfold.study.results import Predictions
from outfold.study.study import NONE, Candidate, Choice
from tests.engine.judge.small_runs import binary_run, multiclass_run, regression_run
from tests.reference.cases import Case, case, cases

BINARY = cases("metrics.json", "met-binary")


def predictions_of(y: np.ndarray, p: np.ndarray, splits: int = 1) -> Predictions:
    n = len(y)
    return Predictions(
        Candidate(NONE, NONE, Choice("logistic")), "binary", ("no", "yes"), 1,
        np.arange(n), np.arange(n) % splits, y, np.column_stack([1 - p, p]), None, None, None,
        np.full((n, 2), 0.5), (n,) * splits,
    )  # fmt: skip


@pytest.mark.parametrize("reference", BINARY, ids=lambda c: c.id)
def test_costs_agree_with_r(reference: Case) -> None:
    """Cost at the threshold, the cheapest observed threshold, and the two trivial policies."""
    frame = reference.frame()
    y, p = frame[reference.inputs["y"]].to_numpy(int), frame[reference.inputs["p"]].to_numpy(float)
    matrix = CostMatrix(reference.inputs["cost_fp"], reference.inputs["cost_fn"])
    prepared = thresholds(predictions_of(y, p))
    best = prepared.best(matrix)
    reference.check(
        {
            "expected_cost": prepared.cost(matrix, reference.inputs["threshold"]),
            "best_cost": best.cost, "best_cost_threshold": best.threshold,
            "bayes_threshold": best.elkan, "cost_flag_none": best.flag_none,
            "cost_flag_all": best.flag_all,
        }
    )  # fmt: skip
    at = prepared.at(reference.inputs["threshold"])
    reference.check({"confusion": {"tn": at.tn, "fp": at.fp, "fn": at.fn, "tp": at.tp}})
    fields = {"recall": "sensitivity"}
    for key in ("recall", "specificity", "precision", "f1", "balanced_accuracy", "accuracy", "mcc",
                "kappa"):  # fmt: skip
        name = fields.get(key, key)
        assert reference.close(name, at.metrics[key], reference.expected[name]), key


def test_costs_of_several_classes_agree_with_the_reference() -> None:
    """Argmax decisions by the cost matrix, and the decisions of least risk."""
    reference = case("more.json", "met-multiclass")
    frame, labels = reference.frame(), reference.inputs["labels"]
    costs = np.array(reference.inputs["cost_matrix_rows_true_columns_predicted"], float)
    y = frame["y"].map({name: i for i, name in enumerate(labels)}).to_numpy(int)
    p = frame[reference.inputs["probabilities"]].to_numpy(float)
    table = confusion_of(Scored("multiclass", y, p))
    assert table is not None
    chosen = least_risk(p, costs)
    reference.check(
        {
            "expected_cost": mean_cost(table, costs),
            "min_risk_decisions_first10": [labels[c] for c in chosen[:10]],
            "min_risk_mean_cost": costs[y, chosen].mean(),
        }
    )


@pytest.mark.parametrize("threshold", [0.0, 0.13, 0.5, 0.77, 1.0])
@pytest.mark.parametrize("positive", [0, 1])
def test_a_lookup_equals_the_metric_computed_afresh(threshold: float, positive: int) -> None:
    """Whichever class is positive, the slider shows what the leaderboard would."""
    stored = dataclasses.replace(binary_run().of("naive_bayes"), positive=positive)
    at = thresholds(stored).at(threshold)
    scored = stored.scored(threshold)
    for key in LABELS:
        if key != "flagged":
            expected = catalogue()[key].compute(scored)
            assert at.metrics[key] == pytest.approx(expected, nan_ok=True), key
    assert at.metrics["flagged"] == pytest.approx(np.mean(scored.predicted() == positive))


def test_the_grid_holds_what_each_threshold_gives() -> None:
    """Every row of the curve is the lookup at its threshold."""
    prepared = thresholds(binary_run().of("logistic"))
    grid = prepared.grid(21)
    for record in grid.to_dict("records"):
        at = prepared.at(record["threshold"])
        assert {k: record[k] for k in LABELS} == pytest.approx(at.metrics, nan_ok=True)
    matrix = CostMatrix(1, 4)
    costs = prepared.costs(matrix, 21)
    assert costs["cost"][7] == pytest.approx(prepared.cost(matrix, costs["threshold"][7]))


def test_no_threshold_is_cheaper_than_the_best() -> None:
    """Over every observed score and beyond; and the honest figure is no better than it."""
    prepared = thresholds(binary_run().of("logistic"))
    for matrix in (CostMatrix(1, 5), CostMatrix(8, 1), CostMatrix(1, 1, tp=-0.5, tn=0.2)):
        best = prepared.best(matrix)
        every = [prepared.cost(matrix, t) for t in [*prepared.pooled.threshold[::7], np.inf]]
        assert best.cost <= min(every) + 1e-12
        assert best.cost == pytest.approx(prepared.cost(matrix, best.threshold))
        assert best.honest_cost >= best.cost - 1e-12
        assert math.isfinite(best.elkan_cost)


def test_flagging_nobody_is_best_where_alarms_are_dear_and_scores_are_noise() -> None:
    """The threshold is then infinite, as in the references."""
    rng = np.random.default_rng(0)
    prepared = thresholds(predictions_of(rng.integers(0, 2, 300), rng.random(300), 3))
    best = prepared.best(CostMatrix(1000, 1))
    assert best.threshold == np.inf
    assert best.cost == best.flag_none


def test_scores_without_probabilities_have_thresholds_of_their_own() -> None:
    """The range is that of the scores, the default 0, and Elkan's threshold has no cost."""
    stored = binary_run().of("svm_linear")
    prepared = thresholds(stored)
    assert not prepared.probabilities
    assert prepared.low < prepared.default == 0 < prepared.high
    assert math.isnan(prepared.best(CostMatrix()).elkan_cost)
    expected = np.mean(stored.scored().predicted() == stored.truth)
    assert prepared.at(0).metrics["accuracy"] == pytest.approx(expected)


def test_the_confusion_matrix_counts_every_prediction_once() -> None:
    """At the same threshold both ways of counting agree; shares of a class sum to one."""
    stored = binary_run().of("logistic")
    matrix = confusion_matrix(stored, 0.3)
    np.testing.assert_array_equal(matrix.counts, thresholds(stored).confusion(0.3).counts)
    assert matrix.counts.sum() == len(stored.truth)
    np.testing.assert_allclose(matrix.shares().sum(axis=1), 1)
    several = confusion_matrix(multiclass_run().of("naive_bayes"))
    assert several.threshold is None
    worst = several.worst()
    assert worst is not None
    off = several.shares() - np.diag(np.diag(several.shares()))
    assert worst[2] == off.max()
    assert len(several.frame()) == 9


@pytest.mark.parametrize(("fp", "fn", "tp", "tn"), [(0, 1, 0, 0), (1, 1, 2, 0), (np.nan, 1, 0, 0)])
def test_costs_that_make_no_decision_are_refused(fp, fn, tp, tn) -> None:
    """An error must cost more than the right decision."""
    with pytest.raises(ParameterError, match=r"cost"):
        CostMatrix(fp, fn, tp, tn)


def test_elkans_threshold_is_the_odds_of_the_costs() -> None:
    """With calibrated probabilities it is the cheapest one, up to the noise of the draw."""
    assert CostMatrix(1, 4).threshold == pytest.approx(0.2)
    rng = np.random.default_rng(5)
    p = rng.random(200_000)
    prepared = thresholds(predictions_of((rng.random(len(p)) < p).astype(int), p))
    threshold, _ = cheapest(prepared.pooled, CostMatrix(1, 4))
    assert threshold == pytest.approx(0.2, abs=0.02)


def test_a_threshold_needs_two_classes() -> None:
    """Numbers and several classes have none, and numbers no confusion matrix."""
    for run in (multiclass_run, regression_run):
        with pytest.raises(NotApplicableError, match="two classes"):
            thresholds(run().of("dummy"))
    with pytest.raises(NotApplicableError, match="number"):
        confusion_matrix(regression_run().of("dummy"))


def test_a_move_of_the_slider_over_100000_rows_answers_at_once() -> None:
    """Below 100 ms on the server, with the confusion matrix, all metrics and a cost matrix."""
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 100_000)
    stored = predictions_of(y, 1 / (1 + np.exp(-rng.normal(y - 0.5, 1))), splits=5)
    prepared = thresholds(stored)
    assert isinstance(prepared, Thresholds)
    best = math.inf
    for place in range(3):
        start = time.perf_counter()
        prepared.at(0.3 + place / 10)
        prepared.grid()
        prepared.costs(CostMatrix(1, 5))
        best = min(best, time.perf_counter() - start)
    assert best < 0.1
