"""Hits and false alarms at every threshold, by one sort: what curves and ranking metrics share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outfold.metrics.metric import Floats, Scored


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """What happens when the threshold falls from above the highest score to the lowest.

    Attributes:
        threshold: The distinct scores, falling, shape (m,). Rows at or above one are flagged.
        tp: Weight of the positive rows flagged at each threshold, shape (m,).
        fp: Weight of the negative rows flagged at each threshold, shape (m,).
        positives: Weight of all positive rows.
        negatives: Weight of all negative rows.
    """

    threshold: Floats
    tp: Floats
    fp: Floats
    positives: float
    negatives: float

    def defined(self) -> bool:
        """Whether both classes are present."""
        return self.positives > 0 and self.negatives > 0

    def auc(self) -> float:
        """Area under the ROC curve, ties counting one half; NaN with one class."""
        if not self.defined():
            return float("nan")
        tp = np.concatenate(([0.0], self.tp))
        fp = np.concatenate(([0.0], self.fp))
        # Sums of products rather than `@`: the same to the last digit however many threads run.
        area = float((np.diff(fp) * (tp[1:] + tp[:-1])).sum()) / 2
        return area / (self.positives * self.negatives)

    def average_precision(self) -> float:
        """Precision at each threshold, weighted by the recall gained there; NaN with one class.

        The sum of steps, not a trapezoid (Davis & Goadrich 2006).
        """
        if not self.defined():
            return float("nan")
        gained = np.diff(self.tp, prepend=0.0)
        flagged = self.tp + self.fp
        precision = np.divide(self.tp, flagged, out=np.zeros_like(self.tp), where=flagged > 0)
        return float((gained * precision).sum()) / self.positives

    def ks(self) -> float:
        """Largest distance between the two classes' score distributions; NaN with one class."""
        if not self.defined():
            return float("nan")
        return float(np.max(np.abs(self.tp / self.positives - self.fp / self.negatives)))


def sweep(score: Floats, positive: npt.NDArray[np.bool_], weight: Floats | None = None) -> Sweep:
    """Sort once and sum up.

    Args:
        score: Rises with the positive class, shape (n,).
        positive: Whether each row is truly positive, shape (n,).
        weight: Row weights, shape (n,), or None.
    """
    order = np.argsort(-score)
    ranked = score[order]
    hits = positive[order].astype(np.float64)
    weights = np.ones(len(hits)) if weight is None else weight[order]
    last = np.flatnonzero(np.diff(ranked, append=np.nan) != 0)
    tp, fp = np.cumsum(hits * weights), np.cumsum((1 - hits) * weights)
    if not len(ranked):
        return Sweep(ranked, tp, fp, 0.0, 0.0)
    return Sweep(ranked[last], tp[last], fp[last], float(tp[-1]), float(fp[-1]))


def sweep_of(scored: Scored) -> Sweep:
    """The sweep of binary predictions over their positive class."""
    return sweep(scored.positive_score(), scored.is_positive(), scored.weight)
