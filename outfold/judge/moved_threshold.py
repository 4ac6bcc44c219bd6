"""Resampling beside moving the threshold, which costs no fit: which of them decides better?

A model that ranks rows well needs no balanced training rows to flag more of a rare class: a lower
threshold does that, too. Each split's threshold is chosen on out-of-fold predictions of other rows:
those of the other splits, without any row that this split is scored on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.adjust import adjust
from outfold.judge.corrected_t import corrected_t
from outfold.judge.cost_matrix import CostMatrix
from outfold.judge.threshold import cheapest, cost_at, flagged, metrics_of
from outfold.metrics.metric import Floats, Ints
from outfold.metrics.sweep import Sweep, sweep
from outfold.study.results import Predictions

Measure = Literal["f1", "balanced_accuracy", "cost"]
MEASURES: dict[Measure, str] = {
    "f1": "F1",
    "balanced_accuracy": "Balanced accuracy",
    "cost": "Expected cost",
}
How = Literal["0.5", "moved", "elkan"]


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """One way to decide, judged split by split.

    Attributes:
        candidate: Name of the candidate whose predictions it takes.
        how: ``0.5``; ``moved``, chosen on the other splits; or ``elkan``, the threshold that
            follows from the costs if probabilities are calibrated.
        thresholds: One per split.
        scores: One per split; NaN where undefined.
        mean: Over the splits.
        low: Lower end of its interval (corrected resampled t); NaN with one value.
        high: Upper end.
        difference: Mean of this minus the moved threshold without resampling, on the same splits.
        difference_low: Lower end of the difference's interval.
        difference_high: Upper end.
        p_adjusted: Two-sided, after Holm over the resamplers; NaN for the others.
    """

    candidate: str
    how: How
    thresholds: Floats
    scores: Floats
    mean: float
    low: float
    high: float
    difference: float
    difference_low: float
    difference_high: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, eq=False)
class MovedThreshold:
    """Moving the threshold beside each resampler.

    Attributes:
        measure: What decisions are judged by.
        better: 1 if more is better, -1 if less.
        matrix: The costs.
        plain: Ways without resampling: at 0.5, with the threshold moved, and for costs at the
            threshold that follows from them.
        resampled: Each resampler at 0.5.
        confidence: Of the intervals.
        n_splits: Splits.
    """

    measure: Measure
    better: int
    matrix: CostMatrix
    plain: tuple[Arm, ...]
    resampled: tuple[Arm, ...]
    confidence: float
    n_splits: int

    @property
    def moved(self) -> Arm:
        """No resampling, the threshold moved."""
        return self.plain[1]

    def beats(self, arm: Arm) -> int:
        """1 if a resampler is better than moving the threshold, -1 if worse, 0 if it is open."""
        if not arm.p_adjusted < 1 - self.confidence:
            return 0
        return self.better if arm.difference > 0 else -self.better

    def sentence(self, names: Mapping[str, str] | None = None) -> str:
        """Whether resampling beats moving the threshold, within the uncertainty, in a sentence."""
        called = names or {}
        what = MEASURES[self.measure]
        better = [a for a in self.resampled if self.beats(a) > 0]
        worse = [a for a in self.resampled if self.beats(a) < 0]
        if not self.resampled:
            return f"The threshold moved without resampling: {what} {self.moved.mean:.3f}"
        if better:
            best = max(better, key=lambda a: self.better * a.difference)
            return (
                f"{called.get(best.candidate, best.candidate)} beats moving the threshold by "
                f"{abs(best.difference):.3f} {what}"
            )
        count = len(self.resampled)
        if len(worse) == count:
            who = "The resampler does" if count == 1 else f"All {count} resamplers do"
            return f"{who} worse than moving the threshold, which costs no fit ({what})"
        few = f", and {len(worse)} of {count} do worse" if worse else ""
        return f"No resampler beats moving the threshold, which costs no fit ({what}){few}"

    def frame(self) -> pd.DataFrame:
        """One row per way: candidate, how, threshold (mean), mean, low, high, difference, …."""
        names = [
            "candidate", "how", "mean", "low", "high",
            "difference", "difference_low", "difference_high", "p_adjusted",
        ]  # fmt: skip
        rows = [
            {n: getattr(arm, n) for n in names} | {"threshold": float(np.mean(arm.thresholds))}
            for arm in (*self.plain, *self.resampled)
        ]
        return pd.DataFrame(rows)


def moved_threshold(
    plain: Predictions,
    resampled: Sequence[Predictions],
    ratio: float,
    measure: Measure = "f1",
    matrix: CostMatrix | None = None,
    confidence: float = 0.95,
) -> MovedThreshold:
    """Put "no resampling, threshold moved" beside each resampler at 0.5.

    Args:
        plain: Predictions without resampling.
        resampled: Predictions of the same model on the same splits, one per resampler.
        ratio: Validation rows over training rows.
        measure: What decisions are judged by.
        matrix: What they cost; a miss as much as a false alarm by default.
        confidence: Of the intervals.

    Raises:
        NotApplicableError: The task is not binary, there is a single split, or the predictions are
            of different rows.
    """
    if plain.task != "binary" or plain.probability is None:
        raise NotApplicableError(
            "A threshold is moved over the probabilities of two classes.",
            "Take a binary target and a model with probabilities.",
        )
    costs = matrix or CostMatrix()
    splits = np.unique(plain.split).tolist()
    if len(splits) < 2:
        raise NotApplicableError(
            "A single split leaves no other rows to choose a threshold on.",
            "Take folds instead of a hold-out.",
        )
    for other in resampled:
        if not np.array_equal(other.rows, plain.rows):
            raise NotApplicableError(
                "The candidates were not measured on the same rows.", "Finish the run first."
            )
    halves = [0.5] * len(splits)
    ways: list[tuple[Predictions, How, list[float]]] = [
        (plain, "0.5", halves),
        (plain, "moved", [_chosen(plain, s, measure, costs) for s in splits]),
    ]
    if measure == "cost":
        ways.append((plain, "elkan", [costs.threshold] * len(splits)))
    first = len(ways)
    ways += [(p, "0.5", halves) for p in resampled if p.probability is not None]
    scores = [
        np.array([_score(_part(p, p.split == s), t, measure, costs)
                  for s, t in zip(splits, at, strict=True)])
        for p, _, at in ways
    ]  # fmt: skip
    tests = [corrected_t(s - scores[1], ratio, confidence) for s in scores]
    holm = adjust([t.p_value for t in tests[first:]], "holm")
    arms = []
    for i, ((p, how, at), own, test) in enumerate(zip(ways, scores, tests, strict=True)):
        mean = corrected_t(own, ratio, confidence)
        arms.append(
            Arm(
                p.candidate.name, how, np.array(at), own, mean.mean, mean.low, mean.high,
                test.mean, test.low, test.high,
                float(holm[i - first]) if i >= first else float("nan"),
            )
        )  # fmt: skip
    return MovedThreshold(
        measure, -1 if measure == "cost" else 1, costs, tuple(arms[:first]), tuple(arms[first:]),
        confidence, len(splits),
    )  # fmt: skip


def _part(p: Predictions, rows: np.ndarray) -> Sweep:
    assert p.probability is not None
    weight = None if p.weight is None else p.weight[rows]
    return sweep(p.probability[rows, p.positive], p.truth[rows] == p.positive, weight)


def other_rows(rows: Ints, split: Ints, held: int) -> np.ndarray:
    """Which predictions are of rows that a split is not scored on, shape (n,)."""
    return ~np.isin(rows, rows[split == held])


def _chosen(p: Predictions, split: int, measure: Measure, costs: CostMatrix) -> float:
    """The threshold that is best on the rows of other splits; 0.5 where it is undefined there."""
    found = _part(p, other_rows(p.rows, p.split, split))
    if not found.defined():
        return 0.5
    if measure == "cost":
        return cheapest(found, costs)[0]
    tp, fp = flagged(found, found.threshold)
    values = metrics_of(tp, fp, found.positives - tp, found.negatives - fp)[measure]
    return float(found.threshold[int(np.nanargmax(values))])


def _score(of: Sweep, threshold: float, measure: Measure, costs: CostMatrix) -> float:
    at = np.array([threshold])
    if measure == "cost":
        return float(cost_at(of, at, costs)[0])
    tp, fp = flagged(of, at)
    return float(metrics_of(tp, fp, of.positives - tp, of.negatives - fp)[measure][0])
