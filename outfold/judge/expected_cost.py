"""What a candidate's decisions cost where its threshold was not chosen on the rows it is judged on.

For each split the threshold is the cheapest one on rows of other splits, whose models had not seen
them either; so neither fitting nor the threshold knows the rows that are counted. A threshold that
is cheapest on the very rows it is judged on looks too good.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from outfold.errors import NotApplicableError, UnknownNameError
from outfold.judge.compare import Lookup
from outfold.judge.cost_matrix import CostMatrix
from outfold.metrics.cost import costs_in, expected_cost
from outfold.metrics.metric import Floats, Ints, Metric
from outfold.study.results import CandidateResult, Predictions, RunResult

GRID = 1000
"""Quantiles of the scores among which a threshold is chosen."""


@dataclass(frozen=True, slots=True, eq=False)
class HonestCosts:
    """One binary candidate's decisions, ready to be priced by any cost matrix.

    Attributes:
        thresholds: Ascending, the last is infinite: flag nobody; shape (n_thresholds,).
        tp: Weight of the positive rows of each split flagged, shape (n_splits, n_thresholds).
        fp: Of the negative rows.
        positives: Weight of the positive rows of each split, shape (n_splits,).
        negatives: Of the negative ones.
        other_tp: As ``tp``, of the rows on which the split's threshold is chosen.
        other_fp: As ``fp``, likewise.
        other_positives: Of these rows; 0 where no other row is judged.
        other_negatives: Likewise.
        probabilities: Whether scores are probabilities.
    """

    thresholds: Floats
    tp: Floats
    fp: Floats
    positives: Floats
    negatives: Floats
    other_tp: Floats
    other_fp: Floats
    other_positives: Floats
    other_negatives: Floats
    probabilities: bool

    def chosen(self, matrix: CostMatrix) -> Ints:
        """Place of the threshold taken for each split: the lowest of the cheapest on other rows.

        Without other rows it is the one that is right for calibrated probabilities, or 0.
        """
        sums = _cost(self.other_tp, self.other_fp, self.other_positives, self.other_negatives,
                     matrix)  # fmt: skip
        places = sums.argmin(axis=1)
        fixed = matrix.threshold if self.probabilities else 0.0
        alone = self.other_positives + self.other_negatives <= 0
        return np.where(alone, np.searchsorted(self.thresholds, fixed), places)

    def by_split(self, matrix: CostMatrix) -> Floats:
        """Mean cost per row of each split, shape (n_splits,)."""
        cost = _cost(self.tp, self.fp, self.positives, self.negatives, matrix)
        own = cost[np.arange(len(cost)), self.chosen(matrix)]
        return np.asarray(own / (self.positives + self.negatives))

    def mean(self, matrix: CostMatrix) -> float:
        """Mean cost per row over all rows; NaN where a split has no other rows to choose on."""
        if (self.other_positives + self.other_negatives <= 0).any():
            return float("nan")
        weight = self.positives + self.negatives
        return float(np.average(self.by_split(matrix), weights=weight))


def _cost(tp: Floats, fp: Floats, positives: Floats, negatives: Floats, m: CostMatrix) -> Floats:
    """Summed cost at each threshold, shape as ``tp``."""
    fn, tn = positives[:, None] - tp, negatives[:, None] - fp
    return np.asarray(m.tp * tp + m.fp * fp + m.fn * fn + m.tn * tn)


def honest_costs(predictions: Predictions) -> HonestCosts:
    """Prepare a binary candidate's predictions for any cost matrix.

    The rows on which a split's threshold is chosen are those of the other splits of the same
    repeat; where a scheme judges rows in no repeats, those of all other splits without the split's
    own rows.

    Args:
        predictions: Its stored predictions.

    Raises:
        NotApplicableError: The task is not binary.
    """
    if predictions.task != "binary":
        raise NotApplicableError(
            "Costs of misses and false alarms need two classes.", "Take another metric."
        )
    scored = predictions.scored()
    score, positive = scored.positive_score(), scored.is_positive()
    weight = np.ones(len(score)) if scored.weight is None else scored.weight
    levels = np.quantile(score, np.linspace(0, 1, GRID + 1), method="lower")
    thresholds = np.append(np.unique(levels), np.inf)
    # How many thresholds each score reaches.
    reached = np.searchsorted(thresholds, score, side="right")
    splits, part = np.unique(predictions.split, return_inverse=True)

    def counted(take: np.ndarray) -> tuple[Floats, Floats]:
        """Weight flagged at each threshold: of positive and of negative rows."""
        both = []
        for side in (take & positive, take & ~positive):
            found = np.bincount(reached[side], weights=weight[side], minlength=len(thresholds) + 1)
            both.append(found[::-1].cumsum()[::-1][1:])
        return both[0], both[1]

    k, m = len(splits), len(thresholds)
    tp, fp, other_tp, other_fp = (np.zeros((k, m)) for _ in range(4))
    sums = np.zeros((4, k))
    own = [part == place for place in range(k)]
    for place in range(k):
        tp[place], fp[place] = counted(own[place])
        sums[0, place] = weight[own[place] & positive].sum()
        sums[1, place] = weight[own[place] & ~positive].sum()
    passes = _passes(predictions.rows, part, k)
    for place in range(k):
        mates = [p for p in range(k) if p != place and passes[p] == passes[place]]
        if mates:
            other_tp[place], other_fp[place] = tp[mates].sum(axis=0), fp[mates].sum(axis=0)
            sums[2:, place] = sums[:2, mates].sum(axis=1)
        elif k > 1:
            away = ~own[place] & ~np.isin(predictions.rows, predictions.rows[own[place]])
            other_tp[place], other_fp[place] = counted(away)
            sums[2, place] = weight[away & positive].sum()
            sums[3, place] = weight[away & ~positive].sum()
    return HonestCosts(
        thresholds, tp, fp, sums[0], sums[1], other_tp, other_fp, sums[2], sums[3],
        predictions.probability is not None,
    )  # fmt: skip


def _passes(rows: Ints, part: Ints, k: int) -> list[int]:
    """For each split, the repeat that it belongs to: splits of one repeat share no row."""
    seen = np.zeros(int(rows.max()) + 1 if len(rows) else 0, dtype=bool)
    number, found = 0, []
    for place in range(k):
        mine = rows[part == place]
        if seen[mine].any():
            number, seen = number + 1, np.zeros_like(seen)
        seen[mine] = True
        found.append(number)
    return found


def matrix_of(metric: str) -> CostMatrix:
    """The cost matrix that an expected cost's key names.

    Raises:
        ParameterError: Costs that are none.
    """
    return CostMatrix(**costs_in(metric.partition(":")[2]))


def metric_of(matrix: CostMatrix) -> Metric:
    """The metric of a cost matrix."""
    return expected_cost(matrix.fp, matrix.fn, matrix.tp, matrix.tn)


def priced(result: RunResult, predictions: Lookup, matrix: CostMatrix) -> RunResult:
    """A run's result with each candidate's expected cost among its scores, split by split.

    Args:
        result: What was measured.
        predictions: How to get a candidate's stored predictions.
        matrix: What decisions cost.

    Raises:
        NotApplicableError: The task is not binary.
        LetGoError: Predictions were removed to keep within the limit of the store.
    """
    metric = metric_of(matrix)
    rows = tuple(_priced(row, predictions, matrix, metric, result) for row in result.candidates)
    return dataclasses.replace(result, candidates=rows)


def _priced(
    row: CandidateResult,
    predictions: Lookup,
    matrix: CostMatrix,
    metric: Metric,
    result: RunResult,
) -> CandidateResult:
    if not row.splits_done:
        return row
    try:
        made = predictions(row.name)
    except UnknownNameError:
        return row
    if result.study.validation.declared.apparent or row.splits_done == 1:
        # One split has no other rows to choose on, and the bootstrap's correction needs one rule
        # for all draws: both take the threshold that the costs imply.
        costs = tuple(metric.compute(scored) for scored in made.by_split())
    else:
        costs = tuple(honest_costs(made).by_split(matrix).tolist())
    if len(costs) != row.splits_done:
        return row
    return dataclasses.replace(row, scores={**row.scores, metric.key: costs})
