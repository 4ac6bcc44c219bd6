"""The leaderboard ranks what was measured, says how sure it is, and hides no failure."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math

import numpy as np
import pytest

from outfold.errors import NotApplicableError, UnknownNameError
from outfold.judge.compare import compare
from outfold.judge.corrected_t import corrected_t
from outfold.judge.leaderboard import leaderboard
from outfold.study.results import CandidateResult, RunResult
from outfold.study.study import NONE, Candidate, Choice, Study
from tests.engine.judge.small_runs import (
    binary_run,
    count_run,
    holdout_run,
    multiclass_run,
    regression_run,
    with_failure,
)


def test_candidates_are_ranked_by_the_mean_over_splits() -> None:
    """Best first, in the metric's own direction."""
    for metric, better in (("roc_auc", np.greater_equal), ("brier", np.less_equal)):
        board = leaderboard(binary_run().result, metric)
        means = [r.figures[metric].mean for r in board.rows if r.rank]
        assert all(better(a, b) for a, b in itertools.pairwise(means))
        assert [r.rank for r in board.rows if r.rank] == list(range(1, len(means) + 1))


def test_figures_are_those_of_the_splits() -> None:
    """Mean, standard deviation with ddof 1, and the corrected interval."""
    result = binary_run().result
    row = next(r for r in leaderboard(result).rows if r.result.candidate.model.key == "logistic")
    values = np.array(row.result.scores["roc_auc"])
    figure = row.figures["roc_auc"]
    assert figure.mean == pytest.approx(values.mean())
    assert figure.std == pytest.approx(values.std(ddof=1))
    from scipy import stats

    j = len(values)
    half = stats.t.ppf(0.975, j - 1) * values.std(ddof=1) * np.sqrt(1 / j + 1 / 4)
    assert result.test_train_ratio == pytest.approx(1 / 4, abs=1e-3)
    assert figure.high - figure.mean == pytest.approx(half, rel=1e-2)
    assert figure.n == 10


def test_the_interval_ends_at_the_metrics_bounds() -> None:
    """An AUC is not promised above 1."""
    study = Study("d", "y", "binary", models=(Choice("logistic"),))
    row = CandidateResult(
        Candidate(NONE, NONE, Choice("logistic")), "finished", scores={"roc_auc": (1.0, 0.9, 1.0)}
    )
    result = RunResult("r", study, "finished", (row,), 3, 0.5)
    assert leaderboard(result).rows[0].figures["roc_auc"].high == 1.0


def test_the_tied_group_holds_those_not_told_apart_from_the_best() -> None:
    """The group is what Holm's test against the best leaves, and never the blind baseline here."""
    board = leaderboard(binary_run().result)
    best = board.best
    assert best is not None
    assert board.tied_with_best[0] == best.name
    for row in board.rows[1:]:
        if row.rank:
            assert row.tied == (row.p_vs_best >= 0.05)
    baseline = next(r for r in board.rows if r.baseline)
    assert not baseline.tied
    assert baseline.difference < 0
    assert best.name in board.sentence()


def test_equal_candidates_are_tied() -> None:
    """The same scores twice are a tie with certainty."""
    result = binary_run().result
    twin = dataclasses.replace(
        result.candidates[1], candidate=Candidate(NONE, NONE, Choice("ridge"))
    )
    board = leaderboard(dataclasses.replace(result, candidates=(*result.candidates, twin)))
    first, second = board.rows[:2]
    assert {first.result.candidate.model.key, second.result.candidate.model.key} <= {
        "ridge", "logistic", "svm_linear", "naive_bayes"
    }  # fmt: skip
    tied = {r.result.candidate.model.key: r for r in board.rows if r.tied}
    assert {"ridge", "logistic"} <= set(tied)


def test_a_failed_candidate_is_the_last_row_with_its_reason() -> None:
    """It has no rank; one that still runs shows the splits it has."""
    board = leaderboard(with_failure(binary_run()))
    assert board.rows[-1].result.status == "failed"
    assert board.rows[-1].reason == "It ran out of memory."
    running = board.rows[-2]
    assert (running.result.status, running.rank, running.figures["roc_auc"].n) == (
        "running", None, 2
    )  # fmt: skip


def test_a_candidate_without_probabilities_is_not_ranked_by_log_loss() -> None:
    """It is shown with the reason instead of a number."""
    board = leaderboard(binary_run().result, "log_loss")
    row = next(r for r in board.rows if r.result.candidate.model.key == "svm_linear")
    assert row.rank is None
    assert "gives none" in row.reason
    assert math.isnan(row.figures["log_loss"].mean)


def test_a_metric_of_another_task_is_refused() -> None:
    """The hint names those that are defined."""
    with pytest.raises(NotApplicableError, match="roc_auc"):
        leaderboard(binary_run().result, "rmse")
    with pytest.raises(UnknownNameError, match="Did you mean"):
        leaderboard(binary_run().result, "roc_au")


def test_a_holdout_has_no_interval_without_predictions() -> None:
    """One number has no spread, and no group is claimed to be tied."""
    board = leaderboard(holdout_run().result)
    assert math.isnan(board.rows[0].figures["roc_auc"].low)
    assert board.tied_with_best == (board.rows[0].name,)
    assert "one split" in board.sentence()


def test_a_holdout_is_bootstrapped_over_its_rows() -> None:
    """With predictions it has intervals around each figure, and a test against the best."""
    measured = holdout_run()
    board = leaderboard(measured.result, predictions=measured.predictions)
    assert "bootstrap" in board.interval
    best = board.rows[0].figures["roc_auc"]
    assert best.low < best.mean < best.high
    from outfold.judge.delong import auc_interval

    stored = measured.predictions(board.rows[0].name).scored()
    exact = auc_interval(stored.is_positive(), stored.positive_score())
    assert exact is not None
    assert best.high - best.low == pytest.approx(exact.high - exact.low, rel=0.25)
    baseline = next(r for r in board.rows if r.baseline)
    assert not baseline.tied


@pytest.mark.parametrize("run", [binary_run, multiclass_run, regression_run, count_run])
def test_every_task_has_a_board_that_is_json_and_a_table(run) -> None:
    """The command line's contract and the page's table come from the same figures."""
    result = run().result
    board = leaderboard(result)
    lines = json.loads(json.dumps(board.to_json()))["leaderboard"]
    assert [line["candidate"] for line in lines] == [r.name for r in board.rows]
    assert set(lines[0]) >= {
        "candidate", "selector", "resampler", "model", "metrics", "fit_seconds",
        "predict_seconds_per_1000", "size_bytes", "status", "reason",
    }  # fmt: skip
    assert set(lines[0]["metrics"][board.metric]) >= {"mean", "std", "low", "high"}
    frame = board.frame()
    assert frame["score"].tolist() == pytest.approx([r["metrics"][board.metric]["mean"]
                                                      for r in lines])  # fmt: skip
    assert len(board.figures()) == sum(len(r.figures) for r in board.rows)
    assert not board.best.baseline


def test_pairs_are_tested_on_the_same_splits() -> None:
    """Each pair's figures are those of its differences; Holm runs over all pairs."""
    result = binary_run().result
    found = compare(result)
    assert len(found.pairs) == 10
    pair = next(p for p in found.pairs if "logistic" in p.a and "decision_tree" in p.b)
    a, b = (np.array(result[n].scores["roc_auc"]) for n in (pair.a, pair.b))
    expected = corrected_t(a - b, result.test_train_ratio)
    assert (pair.difference, pair.p_value) == (expected.mean, expected.p_value)
    assert all(p.p_adjusted >= p.p_value for p in found.pairs)
    smallest = min(found.pairs, key=lambda p: p.p_value)
    assert smallest.p_adjusted == pytest.approx(min(1, 10 * smallest.p_value))
    assert json.loads(json.dumps(found.to_json()))["pairs"][0]["a"] == found.pairs[0].a


def test_a_holdouts_pairs_come_from_the_rows() -> None:
    """A tree that ranks worse is told from the logistic fit, and the baseline from both."""
    measured = holdout_run()
    found = compare(measured.result, predictions=measured.predictions)
    assert "bootstrap" in found.method
    baseline = [p for p in found.pairs if "dummy" in p.a]
    assert len(baseline) == 2
    assert all(p.high < 0 and p.p_adjusted < 0.05 for p in baseline)
    assert compare(measured.result).method.startswith("none")


def test_no_candidate_yet_is_no_error() -> None:
    """A run that just began has a board without ranks."""
    study = Study("d", "y", "binary", models=(Choice("logistic"),))
    waiting = tuple(CandidateResult(c) for c in study.candidates())
    board = leaderboard(RunResult("r", study, "running", waiting, 5, 0.25))
    assert board.best is None
    assert board.sentence() == "No candidate is finished yet."
    assert len(board.frame()) == 2
