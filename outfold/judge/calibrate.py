"""Whether predicted probabilities mean what they say: reliability bins and the Brier parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from outfold.judge.recalibrate import Recalibration, recalibrate
from outfold.judge.risk_groups import risk_groups
from outfold.metrics.metric import Floats, Ints


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows with similar predicted probabilities.

    Attributes:
        low: Least probability of the bin, 0 to 1.
        high: Greatest.
        predicted: Mean probability predicted.
        observed: Share of positive rows.
        observed_low: Lower end of the binomial interval for the share (Wilson 1927), in which
            repeats of a row count once.
        observed_high: Upper end.
        n: Predictions; more than ``rows`` where a row was held out several times.
        rows: Different rows.
    """

    low: float
    high: float
    predicted: float
    observed: float
    observed_low: float
    observed_high: float
    n: int
    rows: int


@dataclass(frozen=True, slots=True)
class Brier:
    """The Brier score taken apart (Murphy 1973; within-bin terms after Stephenson et al. 2008).

    Attributes:
        score: ``reliability - resolution + uncertainty + within``.
        reliability: Mean squared gap between predicted and observed share of a bin; 0 is best.
        resolution: Mean squared distance of the bins' shares from the overall share; high is best.
        uncertainty: Variance of the outcome, which no model changes.
        within: What binning hides: spread inside the bins.
    """

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Everything about how well probabilities are calibrated.

    Attributes:
        bins: The reliability bins, low to high.
        histogram: Predictions in 20 bins of equal width from 0 to 1.
        ece: Mean gap between predicted and observed share, weighted by predictions; depends on the
            bins.
        recalibration: Slope and intercept, or None where one class alone occurs or the
            probabilities separate the classes.
        brier: The Brier score and its parts.
        n: Predictions.
        rows: Different rows; the intervals rest on these.
        confidence: Of the bins' intervals.
        strategy: How the bins were cut.
    """

    bins: tuple[Bin, ...]
    histogram: tuple[int, ...]
    ece: float
    recalibration: Recalibration | None
    brier: Brier
    n: int
    rows: int
    confidence: float
    strategy: str

    def frame(self) -> pd.DataFrame:
        """One row per bin, with the fields of ``Bin``."""
        names = list(Bin.__dataclass_fields__)
        return pd.DataFrame([[getattr(b, n) for n in names] for b in self.bins], columns=names)


def wilson(hits: Floats, n: Floats, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """The binomial interval of Wilson (1927), which behaves near 0 and 1; shapes as given."""
    from scipy.special import ndtri

    z = float(ndtri(0.5 + confidence / 2))
    share = hits / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def calibrate(
    positive: npt.ArrayLike,
    probability: npt.ArrayLike,
    bins: int = 10,
    strategy: Literal["quantile", "uniform"] = "quantile",
    confidence: float = 0.95,
    rows: npt.ArrayLike | None = None,
) -> Calibration:
    """Judge probabilities against what happened.

    Every prediction counts in the shares. Intervals and standard errors take each row once: its
    repeats have one outcome between them, so they say no more about what happens than one does.

    Args:
        positive: Whether each prediction's row is positive, shape (n,), at least one.
        probability: Predicted probability of the positive class, shape (n,).
        bins: Most bins; fewer where probabilities repeat.
        strategy: ``quantile`` gives bins of equal rows, ``uniform`` bins of equal width.
        confidence: Of the intervals.
        rows: Which row each prediction is of, shape (n,); all different by default.
    """
    y = np.asarray(positive, dtype=np.float64)
    p = np.asarray(probability, dtype=np.float64)
    code = risk_groups(p, bins, strategy)
    n: Floats = np.bincount(code).astype(np.float64)
    hits: Floats = np.bincount(code, y).astype(np.float64)
    total = np.bincount(code, p)
    lows, highs = np.full(len(n), np.inf), np.full(len(n), -np.inf)
    np.minimum.at(lows, code, p)
    np.maximum.at(highs, code, p)
    unit = np.arange(len(y)) if rows is None else np.unique(rows, return_inverse=True)[1]
    apart, independent = _independent(code, unit, len(n))
    n_rows = int(unit.max()) + 1
    below, above = wilson(hits * independent / n, independent, confidence)
    observed, predicted = hits / n, total / n
    share, count = float(y.mean()), len(y)
    score = float(np.mean((p - y) ** 2))
    reliability = float((n * (predicted - observed) ** 2).sum() / count)
    resolution = float((n * (observed - share) ** 2).sum() / count)
    uncertainty = share * (1 - share)
    parts = Brier(
        score, reliability, resolution, uncertainty, score - reliability + resolution - uncertainty
    )
    return Calibration(
        bins=tuple(
            Bin(float(a), float(b), float(c), float(d), float(e), float(f), int(g), int(h))
            for a, b, c, d, e, f, g, h in zip(
                lows, highs, predicted, observed, below, above, n, apart, strict=True
            )
        ),
        histogram=tuple(np.histogram(p, 20, (0, 1))[0].tolist()),
        ece=float((n * np.abs(predicted - observed)).sum() / count),
        recalibration=recalibrate(y, p, count / n_rows),
        brier=parts,
        n=count,
        rows=n_rows,
        confidence=confidence,
        strategy=strategy,
    )


def _independent(code: Ints, unit: Ints, bins: int) -> tuple[Floats, Floats]:
    """Different rows of each bin, and how many rows its share rests on.

    A row that comes twice weighs double, so the second is Kish's (1965) effective number: the rows
    themselves where all come equally often.
    """
    pairs, times = np.unique(code * (int(unit.max()) + 1) + unit, return_counts=True)
    place, weight = pairs // (int(unit.max()) + 1), times.astype(np.float64)
    apart = np.bincount(place, minlength=bins).astype(np.float64)
    total = np.bincount(place, weight, minlength=bins)
    return apart, total**2 / np.bincount(place, weight**2, minlength=bins)
