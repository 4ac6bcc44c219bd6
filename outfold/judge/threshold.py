"""Every threshold at once: sorted and summed a single time, so that a slider only looks up.

Sorting 100,000 scores takes some milliseconds; each figure at a threshold is then a search among
the distinct scores, and a curve of all metrics is arithmetic on the sums.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.confusion_matrix import ConfusionMatrix
from outfold.judge.cost_matrix import CostMatrix
from outfold.judge.expected_cost import HonestCosts, honest_costs
from outfold.metrics.metric import Floats
from outfold.metrics.sweep import Sweep, sweep
from outfold.study.results import Predictions

GRID = 201
"""Points of a curve over thresholds."""

LABELS: dict[str, str] = {
    "recall": "Recall",
    "specificity": "Specificity",
    "precision": "Precision",
    "f1": "F1",
    "balanced_accuracy": "Balanced accuracy",
    "accuracy": "Accuracy",
    "mcc": "Matthews correlation",
    "kappa": "Cohen's kappa",
    "g_mean": "Geometric mean of recalls",
    "flagged": "Share flagged",
}
"""The metrics that depend on the threshold, in the order that they are offered."""


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """What happens at one threshold.

    Attributes:
        threshold: Rows scored at or above it are flagged.
        tp: Positive rows flagged (weight of, where rows are weighted).
        fp: Negative rows flagged.
        fn: Positive rows missed.
        tn: Negative rows left alone.
        metrics: Every metric of ``LABELS``; NaN where undefined.
    """

    threshold: float
    tp: float
    fp: float
    fn: float
    tn: float
    metrics: dict[str, float]


@dataclass(frozen=True, slots=True)
class BestThreshold:
    """The cheapest threshold for a cost matrix.

    Attributes:
        threshold: The lowest observed score with the least cost; infinite to flag nobody.
        cost: Mean cost per row there, measured on the rows that it was chosen on: optimistic.
        honest_cost: Mean cost per row where each split's threshold is chosen on rows of other
            splits; NaN with one split.
        elkan: The threshold that is right if the probabilities are calibrated.
        elkan_cost: Mean cost per row there; NaN for scores that are no probabilities.
        flag_none: Mean cost per row of flagging nobody.
        flag_all: Mean cost per row of flagging everybody.
    """

    threshold: float
    cost: float
    honest_cost: float
    elkan: float
    elkan_cost: float
    flag_none: float
    flag_all: float


@dataclass(frozen=True, slots=True, eq=False)
class Thresholds:
    """One binary candidate's predictions, ready to be asked about any threshold.

    Attributes:
        candidate: Its name.
        positive: Name of the positive class.
        negative: Name of the other.
        probabilities: Whether thresholds are probabilities, 0 to 1, rather than scores.
        default: The threshold in use unless another is chosen: 0.5, or 0 for scores.
        low: Least threshold worth offering.
        high: Greatest.
        pooled: All predictions.
        honest: Its decisions by split, each at a threshold chosen on rows of other splits.
        n: Predictions.
        rows: Different rows behind them.
    """

    candidate: str
    positive: str
    negative: str
    probabilities: bool
    default: float
    low: float
    high: float
    pooled: Sweep
    honest: HonestCosts
    n: int
    rows: int

    def at(self, threshold: float) -> AtThreshold:
        """The confusion matrix and every metric at a threshold."""
        tp, fp = flagged(self.pooled, np.array([threshold]))
        fn, tn = self.pooled.positives - tp, self.pooled.negatives - fp
        metrics = {k: float(v[0]) for k, v in metrics_of(tp, fp, fn, tn).items()}
        return AtThreshold(
            threshold, float(tp[0]), float(fp[0]), float(fn[0]), float(tn[0]), metrics
        )

    def confusion(self, threshold: float) -> ConfusionMatrix:
        """The confusion matrix at a threshold, the positive class last."""
        found = self.at(threshold)
        counts = np.array([[found.tn, found.fp], [found.fn, found.tp]])
        classes = (self.negative, self.positive)
        return ConfusionMatrix(self.candidate, classes, counts, threshold, self.positive, self.rows)

    def grid(self, points: int = GRID) -> pd.DataFrame:
        """Every metric along the thresholds: threshold, then the columns of ``LABELS``."""
        at = np.linspace(self.low, self.high, points)
        tp, fp = flagged(self.pooled, at)
        found = metrics_of(tp, fp, self.pooled.positives - tp, self.pooled.negatives - fp)
        return pd.DataFrame({"threshold": at, **found})

    def costs(self, matrix: CostMatrix, points: int = GRID) -> pd.DataFrame:
        """Mean cost per row along the thresholds: threshold, cost."""
        at = np.linspace(self.low, self.high, points)
        return pd.DataFrame({"threshold": at, "cost": cost_at(self.pooled, at, matrix)})

    def cost(self, matrix: CostMatrix, threshold: float) -> float:
        """Mean cost per row at a threshold."""
        return float(cost_at(self.pooled, np.array([threshold]), matrix)[0])

    def best(self, matrix: CostMatrix) -> BestThreshold:
        """The threshold that costs least, with an honest figure for having chosen it here."""
        threshold, cost = cheapest(self.pooled, matrix)
        ends = cost_at(self.pooled, np.array([np.inf, -np.inf]), matrix)
        elkan_cost = self.cost(matrix, matrix.threshold) if self.probabilities else float("nan")
        return BestThreshold(
            threshold, cost, self.honest.mean(matrix), matrix.threshold, elkan_cost,
            float(ends[0]), float(ends[1]),
        )  # fmt: skip


def thresholds(predictions: Predictions) -> Thresholds:
    """Prepare a binary candidate's predictions for any threshold.

    Args:
        predictions: Its stored predictions.

    Raises:
        NotApplicableError: The task is not binary.
    """
    if predictions.task != "binary":
        raise NotApplicableError(
            "A threshold separates two classes, and this target is another.",
            "Look at the confusion matrix instead.",
        )
    scored = predictions.scored()
    score, truth = scored.positive_score(), scored.is_positive()
    known = predictions.probability is not None
    pooled = sweep(score, truth, scored.weight)
    low, high = (0.0, 1.0) if known else (float(score.min()), float(score.max()))
    return Thresholds(
        predictions.candidate.name,
        predictions.classes[predictions.positive],
        predictions.classes[1 - predictions.positive],
        known, 0.5 if known else 0.0, low, high, pooled, honest_costs(predictions), len(score),
        len(np.unique(predictions.rows)),
    )  # fmt: skip


def flagged(of: Sweep, thresholds: Floats) -> tuple[Floats, Floats]:
    """Weight of positive and of negative rows at or above each threshold, shapes as given."""
    # Scores fall, so their negatives rise: as many scores are flagged as lie at or above.
    place = np.searchsorted(-of.threshold, -thresholds, side="right")
    tp, fp = np.concatenate([[0.0], of.tp]), np.concatenate([[0.0], of.fp])
    return tp[place], fp[place]


def cost_at(of: Sweep, thresholds: Floats, matrix: CostMatrix) -> Floats:
    """Mean cost per row at each threshold."""
    tp, fp = flagged(of, thresholds)
    fn, tn = of.positives - tp, of.negatives - fp
    total = matrix.tp * tp + matrix.fp * fp + matrix.fn * fn + matrix.tn * tn
    return np.asarray(total / (of.positives + of.negatives))


def cheapest(of: Sweep, matrix: CostMatrix) -> tuple[float, float]:
    """The lowest observed score with the least mean cost, and that cost."""
    offered = np.concatenate([[np.inf], of.threshold])
    costs = cost_at(of, offered, matrix)
    # The sums of the same rows in another order differ in the last digit; that is no saving.
    least = np.flatnonzero(costs <= costs.min() + 1e-12 * max(1.0, abs(float(costs.min()))))
    return float(offered[least[-1]]), float(costs.min())


def metrics_of(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> dict[str, Floats]:
    """The metrics of ``LABELS`` for arrays of outcomes; NaN where one is 0/0."""

    def over(above: Floats, below: Floats) -> Floats:
        return np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)

    n = tp + fp + fn + tn
    recall, specificity = over(tp, tp + fn), over(tn, tn + fp)
    spread = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    agreed = over(tp + tn, n)
    chance = over((tp + fp) * (tp + fn) + (fn + tn) * (fp + tn), n * n)
    mcc = over(tp * tn - fp * fn, np.sqrt(spread))
    both = ((tp + fn) > 0) & ((tn + fp) > 0)
    f1 = over(2 * tp, 2 * tp + fp + fn)
    return {
        "recall": recall,
        "specificity": specificity,
        "precision": over(tp, tp + fp),
        "f1": np.where(tp + fn > 0, f1, np.nan),
        "balanced_accuracy": (recall + specificity) / 2,
        "accuracy": agreed,
        "mcc": np.where(both & (spread == 0), 0.0, mcc),
        "kappa": np.where(both, over(agreed - chance, 1 - chance), np.nan),
        "g_mean": np.sqrt(recall * specificity),
        "flagged": over(tp + fp, n),
    }
