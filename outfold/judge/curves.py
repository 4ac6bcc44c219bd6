"""Curves over all thresholds: ROC, precision and recall, gain, lift; pooled and split by split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.metrics.metric import Floats, Scored
from outfold.metrics.sweep import Sweep, sweep
from outfold.study.results import Predictions

Kind = Literal["roc", "precision_recall", "gain", "lift"]

POINTS = 500
"""Most points of a curve."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A curve's points, thinned without changing its shape.

    Attributes:
        x: Horizontal positions, rising, shape (m,).
        y: Vertical positions, shape (m,).
        threshold: The score from which on rows are flagged at each point; infinite for none.
    """

    x: Floats
    y: Floats
    threshold: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One candidate's curve.

    Attributes:
        kind: roc: x is the false positive rate, y recall. precision_recall: x recall, y precision.
            gain: x the share of rows flagged, y recall. lift: x the share flagged, y precision over
            the share of positives. All 0 to 1 but lift.
        candidate: Its name.
        model: Key of its model.
        of: Name of the class that counts as positive.
        pooled: All predictions together. Scores of several fitted models are mixed here, so its
            area can differ from the mean of the splits' areas.
        splits: One line per split that has both classes.
        area: Area of each split's curve (roc), or its average precision; empty for gain and lift.
        band_x: Positions of the band, shape (101,).
        band_low: Least of the splits' curves there; NaN where no split has a value.
        band_high: Greatest.
        share: Share of positive rows.
        n: Predictions.
    """

    kind: Kind
    candidate: str
    model: str
    of: str
    pooled: Line
    splits: tuple[Line, ...]
    area: tuple[float, ...]
    band_x: Floats
    band_low: Floats
    band_high: Floats
    share: float
    n: int

    def mean_area(self) -> float:
        """Mean over the splits, as on the leaderboard; NaN for gain and lift."""
        return float(np.mean(self.area)) if self.area else float("nan")

    def frame(self) -> pd.DataFrame:
        """The pooled line: x, y, threshold."""
        line = self.pooled
        return pd.DataFrame({"x": line.x, "y": line.y, "threshold": line.threshold})


def curve(predictions: Predictions, kind: Kind, of: int | None = None) -> Curve:
    """One of the curves of a candidate.

    Args:
        predictions: Its stored predictions.
        kind: Which curve.
        of: Code of the class to set against the rest; the positive class by default, and the
            first class where there are several.

    Raises:
        NotApplicableError: The target is a number, or one class alone occurs.
    """
    if predictions.task not in ("binary", "multiclass"):
        raise NotApplicableError(
            "This curve ranks classes, and the target is a number.",
            "Look at predicted against actual values instead.",
        )
    binary = predictions.task == "binary"
    code = (predictions.positive if binary else 0) if of is None else of
    everything = _sweep(predictions.scored(), code)
    if not everything.defined():
        raise NotApplicableError("One class alone occurs among these rows.", "Take other rows.")
    parts = [s for s in (_sweep(p, code) for p in predictions.by_split()) if s.defined()]
    grid = np.linspace(0, 1, 101)
    full = [_line(p, kind) for p in parts]
    heights = np.array([_height(line, grid, kind) for line in full]).reshape(-1, len(grid))
    area: tuple[float, ...] = ()
    if kind in ("roc", "precision_recall"):
        area = tuple(p.auc() if kind == "roc" else p.average_precision() for p in parts)
    low, high = _range(heights)
    return Curve(
        kind, predictions.candidate.name, predictions.candidate.model.key,
        predictions.classes[code], thin(_line(everything, kind)), tuple(thin(f) for f in full),
        area, grid, low, high,
        everything.positives / (everything.positives + everything.negatives),
        len(predictions.rows),
    )  # fmt: skip


def _sweep(scored: Scored, code: int) -> Sweep:
    if scored.probability is None:
        score = scored.score if code == 1 else -scored.score if scored.score is not None else None
        assert score is not None
    else:
        score = scored.probability[:, code]
    return sweep(score, scored.truth == code, scored.weight)


def _line(of: Sweep, kind: Kind) -> Line:
    """All points of a curve, flagging ever more rows."""
    recall, alarms = of.tp / of.positives, of.fp / of.negatives
    count = of.tp + of.fp
    precision = np.divide(of.tp, count, out=np.ones_like(count), where=count > 0)
    total = of.positives + of.negatives
    if kind == "precision_recall":
        # The curve starts at recall 0 with the precision of the first rows flagged.
        return Line(
            np.concatenate([[0.0], recall]),
            np.concatenate([precision[:1], precision]),
            np.concatenate([of.threshold[:1], of.threshold]),
        )
    if kind == "lift":
        return Line(count / total, precision * total / of.positives, of.threshold)
    x = alarms if kind == "roc" else count / total
    return Line(
        np.concatenate([[0.0], x]),
        np.concatenate([[0.0], recall]),
        np.concatenate([[np.inf], of.threshold]),
    )


def _height(line: Line, grid: Floats, kind: Kind) -> Floats:
    """A curve's height at given positions, as its line is drawn; a step's top where it rises."""
    if kind == "precision_recall":
        # Between two recalls the precision of the next one reached is what can be had.
        place = np.searchsorted(line.x, grid, side="left")
        return line.y[np.minimum(place, len(line.y) - 1)]
    height = np.interp(grid, line.x, line.y)
    return np.where(grid < line.x[0], np.nan, height)


def _range(heights: Floats) -> tuple[Floats, Floats]:
    if not len(heights):
        nothing = np.full(heights.shape[1], np.nan)
        return nothing, nothing
    missing = np.isnan(heights)
    low = np.where(missing, np.inf, heights).min(axis=0)
    high = np.where(missing, -np.inf, heights).max(axis=0)
    none = missing.all(axis=0)
    return np.where(none, np.nan, low), np.where(none, np.nan, high)


def thin(line: Line, most: int = POINTS) -> Line:
    """The same curve with fewer points: straight stretches by their ends, the rest evenly.

    Points in the middle of a straight stretch change nothing and go first. If more than ``most``
    remain, those at even steps along the curve's length stay: of 100,000 rows no height moves by
    more than a hundredth, except in the first percent of a precision-recall curve, where a single
    row still moves the precision, and by up to three hundredths there.
    """
    x, y = line.x, line.y
    keep = np.ones(len(x), dtype=bool)
    if len(x) > 2:
        dx, dy = np.diff(x), np.diff(y)
        keep[1:-1] = np.abs(dx[:-1] * dy[1:] - dx[1:] * dy[:-1]) > 1e-15
    kept = np.flatnonzero(keep)
    if len(kept) > most:
        height = np.ptp(y[kept]) or 1.0
        length = np.abs(np.diff(x[kept])) + np.abs(np.diff(y[kept])) / height
        run = np.concatenate([[0.0], np.cumsum(length)])
        kept = kept[
            np.unique(np.searchsorted(run, np.linspace(0, run[-1], most)).clip(0, len(run) - 1))
        ]
    return Line(x[kept], y[kept], line.threshold[kept])
