"""Expected cost: thresholds chosen on other rows, ranked and compared like any metric."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from outfold.errors import NotApplicableError, ParameterError
from outfold.judge.compare import compare
from outfold.judge.corrected_t import corrected_t
from outfold.judge.cost_matrix import CostMatrix
from outfold.judge.expected_cost import honest_costs, matrix_of, metric_of, priced
from outfold.judge.leaderboard import leaderboard
from outfold.judge.threshold import thresholds
from outfold.metrics.catalogue import metric_named, metrics_for
from outfold.study.results import Predictions
from tests.engine.judge.small_runs import binary_run, holdout_run, multiclass_run

DEAR = CostMatrix(fp=1, fn=8)


def by_hand(made: Predictions, matrix: CostMatrix, repeats: int) -> list[float]:
    """Each split at the lowest of the scores that are cheapest on its repeat's other splits."""
    scored = made.scored()
    score, truth = scored.positive_score(), scored.is_positive()
    n = int(made.split.max() + 1)
    found = []
    for split in range(n):
        first = split // (n // repeats) * (n // repeats)
        others = (made.split >= first) & (made.split < first + n // repeats) & (made.split != split)

        def cost(at: float, rows: np.ndarray) -> float:
            flagged = score[rows] >= at
            right = np.where(flagged, matrix.tp, matrix.fn)
            return float(
                np.where(truth[rows], right, np.where(flagged, matrix.fp, matrix.tn)).mean()
            )

        offered = [*np.unique(score), np.inf]
        costs = [cost(at, others) for at in offered]
        found.append(cost(offered[int(np.argmin(np.round(costs, 12)))], made.split == split))
    return found


@pytest.mark.parametrize("model", ["logistic", "svm_linear"])
def test_each_split_is_judged_at_a_threshold_of_other_rows(model: str) -> None:
    """Also with repeats, whose splits hold the same rows; and scores need not be probabilities."""
    run = binary_run(2)
    made = run.of(model)
    # Few distinct scores, so that the grid of thresholds holds them all.
    name = "probability" if made.probability is not None else "score"
    values = getattr(made, name)
    digits = 2 if name == "probability" else 1
    made = dataclasses.replace(made, **{name: np.round(values, digits)})
    assert honest_costs(made).by_split(DEAR) == pytest.approx(by_hand(made, DEAR, 2))


def test_the_rows_judged_choose_no_threshold() -> None:
    """Other truths in one split change the cost there, and the threshold of every other split."""
    made = binary_run(1).of("logistic")
    truth = made.truth.copy()
    own = made.split == 2
    truth[own] = 1 - truth[own]
    turned = honest_costs(dataclasses.replace(made, truth=truth))
    as_it_was = honest_costs(made)
    assert turned.chosen(DEAR)[2] == as_it_was.chosen(DEAR)[2]
    assert turned.by_split(DEAR)[2] != as_it_was.by_split(DEAR)[2]


def test_costs_rank_and_compare_like_any_metric() -> None:
    """Less is better; intervals and tests are those of the corrected t over the splits."""
    run = binary_run(2)
    key = metric_of(DEAR).key
    result = priced(run.result, run.predictions, DEAR)
    board = leaderboard(result, key, predictions=run.predictions)
    means = [row.figures[key].mean for row in board.rows if row.rank]
    assert means == sorted(means)
    assert (board.direction, board.label) == ("lower", "Expected cost")
    baseline = next(r for r in board.rows if r.baseline)
    share = float(np.mean(run.of("dummy").scored().is_positive()))
    assert baseline.figures[key].mean == pytest.approx(min(8 * share, 1 - share), abs=1e-3)
    pairs = compare(result, key, predictions=run.predictions).pairs
    named = {run.of(m).candidate.name for m in ("logistic", "naive_bayes")}
    one = next(p for p in pairs if {p.a, p.b} == named)
    values = [np.array(result[n].scores[key]) for n in (one.a, one.b)]
    t = corrected_t(values[0] - values[1], run.result.test_train_ratio)
    assert (one.difference, one.p_value) == pytest.approx((t.mean, t.p_value))
    usual = leaderboard(run.result, predictions=run.predictions)
    assert key not in usual.rows[0].figures


def test_the_threshold_view_says_the_same_honest_cost() -> None:
    """Both come from the same table."""
    made = binary_run(2).of("logistic")
    best = thresholds(made).best(DEAR)
    weights = np.bincount(made.split)
    assert best.honest_cost == pytest.approx(
        np.average(honest_costs(made).by_split(DEAR), weights=weights)
    )
    assert best.honest_cost >= best.cost


def test_a_single_hold_out_takes_the_threshold_that_costs_imply() -> None:
    """There are no other rows to choose on; the interval is from drawing rows again."""
    run = holdout_run()
    metric = metric_of(DEAR)
    result = priced(run.result, run.predictions, DEAR)
    made = run.of("logistic")
    name = made.candidate.name
    flagged = made.scored().positive_score() >= 1 / 9
    truth = made.scored().is_positive()
    cost = np.where(truth, np.where(flagged, 0, 8), np.where(flagged, 1, 0)).mean()
    assert result[name].scores[metric.key] == pytest.approx((cost,))
    board = leaderboard(result, metric.key, predictions=run.predictions)
    figure = next(r for r in board.rows if r.name == name).figures[metric.key]
    assert figure.low < figure.mean < figure.high


def test_a_key_names_its_costs_and_back() -> None:
    """The key is what the command line takes; it is in no menu of metrics."""
    assert matrix_of(metric_of(CostMatrix(2, 5, -1, 0.5)).key) == CostMatrix(2, 5, -1, 0.5)
    assert metric_named("expected_cost:fp=1:fn=5").high == 5
    assert not any(m.key.startswith("expected_cost") for m in metrics_for("binary"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("expected_cost", "fp and fn is not said"),
        ("expected_cost:fp=1", "fn is not said"),
        ("expected_cost:fp=one:fn=5", "is no cost"),
        ("expected_cost:fp=1:fn=5:tp=6", "no more than the right one"),
        ("expected_cost:fp=nan:fn=5", "not a number"),
    ],
)
def test_what_is_no_cost_is_refused(text: str, says: str) -> None:
    """Wrong and missing costs, and costs by which one decision is always best."""
    with pytest.raises(ParameterError, match=says):
        metric_named(text)


def test_costs_need_two_classes() -> None:
    """More classes have no false alarm."""
    run = multiclass_run()
    with pytest.raises(NotApplicableError, match="two classes"):
        priced(run.result, run.predictions, DEAR)
