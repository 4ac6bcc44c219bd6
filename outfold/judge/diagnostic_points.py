"""Few enough rows of a fit's diagnostics to draw, the conspicuous ones always among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outfold.judge.glm_diagnostics import Diagnostics
from outfold.metrics.metric import Floats

MOST = 3_000
"""Points of a chart."""
CONSPICUOUS = 300
"""Of these, the rows of largest residual, leverage or Cook's distance."""
BINS = 20


@dataclass(frozen=True, slots=True, eq=False)
class DiagnosticPoints:
    """Rows to draw, with what had to be computed over all of them; arrays of shape (n_points,).

    Attributes:
        n: Rows of the fit.
        index: The rows' positions in the table given.
        response: The response.
        fitted: The fitted mean.
        linear_predictor: On the link's scale.
        deviance: Deviance residuals.
        quantile: Randomised quantile residuals, NaN where undefined.
        expected: Normal quantile of each quantile residual's rank among all rows.
        band_low: Lower end of the 95 % range of a normal sample at that rank.
        band_high: Upper end.
        outside: Share of all rows outside their band, 0 to 1.
        leverage: Leverage, 0 to 1.
        cook: Cook's distance, NaN at a leverage of 1.
        pearson: Pearson residuals.
        mean_leverage: Coefficients over rows.
        trend_at: Middle of each bin of the linear predictor, shape (n_bins,).
        trend: Mean Pearson residual in it. Its expectation is 0 under the right model, which that
            of a deviance residual is not, least of all where the response is 0 or 1.
        trend_error: Standard error of that mean, by the scatter of the bin or of all rows,
            whichever is larger.
        notes: Sentences about what could not be had.
    """

    n: int
    index: np.ndarray
    response: Floats
    fitted: Floats
    linear_predictor: Floats
    deviance: Floats
    quantile: Floats
    expected: Floats
    band_low: Floats
    band_high: Floats
    outside: float
    leverage: Floats
    cook: Floats
    pearson: Floats
    mean_leverage: float
    trend_at: Floats
    trend: Floats
    trend_error: Floats
    notes: tuple[str, ...]


def diagnostic_points(found: Diagnostics, most: int = MOST, seed: int = 0) -> DiagnosticPoints:
    """A sample of the rows, all conspicuous ones included, with bands and trend over all rows.

    The band is pointwise: the 2.5 % and 97.5 % quantiles of the order statistic of that rank in a
    standard normal sample, through the beta distribution of uniform order statistics.

    Args:
        found: The diagnostics of every row.
        most: Greatest number of points.
        seed: Of the sample.
    """
    n = len(found.response)
    expected, low, high = np.full((3, n), np.nan)
    outside = float("nan")
    if np.isfinite(found.quantile).all():
        expected, low, high = _band(found.quantile)
        outside = float(np.mean((found.quantile < low) | (found.quantile > high)))
    take = _chosen(found, most, seed)
    at, trend, error = _trend(found)
    return DiagnosticPoints(
        n=n,
        index=found.index[take],
        response=found.response[take],
        fitted=found.fitted[take],
        linear_predictor=found.linear_predictor[take],
        deviance=found.deviance[take],
        quantile=found.quantile[take],
        expected=expected[take],
        band_low=low[take],
        band_high=high[take],
        outside=outside,
        leverage=found.leverage[take],
        cook=found.cook[take],
        pearson=found.pearson[take],
        mean_leverage=found.n_parameters / n,
        trend_at=at,
        trend=trend,
        trend_error=error,
        notes=found.notes,
    )


def _band(residuals: Floats) -> tuple[Floats, Floats, Floats]:
    from scipy import stats

    n = len(residuals)
    rank = np.empty(n)
    rank[np.argsort(residuals, kind="stable")] = np.arange(1, n + 1)
    expected = stats.norm.ppf((rank - 0.5) / n)
    low = stats.norm.ppf(stats.beta.ppf(0.025, rank, n + 1 - rank))
    high = stats.norm.ppf(stats.beta.ppf(0.975, rank, n + 1 - rank))
    return np.asarray(expected), np.asarray(low), np.asarray(high)


def _chosen(found: Diagnostics, most: int, seed: int) -> np.ndarray:
    n = len(found.response)
    if n <= most:
        return np.arange(n)
    each = CONSPICUOUS // 3
    loud = [np.abs(found.deviance), found.leverage, np.nan_to_num(found.cook, nan=np.inf)]
    first = np.unique(np.concatenate([np.argpartition(-v, each)[:each] for v in loud]))
    rest = np.setdiff1d(np.arange(n), first, assume_unique=True)
    sample = np.random.default_rng(seed).choice(rest, most - len(first), replace=False)
    return np.sort(np.concatenate([first, sample]))


def _trend(found: Diagnostics) -> tuple[Floats, Floats, Floats]:
    """Mean Pearson residual in bins of equal numbers of rows along the linear predictor."""
    edges = np.unique(np.quantile(found.linear_predictor, np.linspace(0, 1, BINS + 1)))
    if len(edges) < 3:
        return np.empty(0), np.empty(0), np.empty(0)
    place = np.clip(np.searchsorted(edges, found.linear_predictor, "right") - 1, 0, len(edges) - 2)
    size = np.bincount(place, minlength=len(edges) - 1)
    kept = size >= 5
    total = np.bincount(place, weights=found.pearson, minlength=len(size))
    square = np.bincount(place, weights=found.pearson**2, minlength=len(size))
    where = np.bincount(place, weights=found.linear_predictor, minlength=len(size))
    size, total, square, where = size[kept], total[kept], square[kept], where[kept]
    mean = total / size
    spread = np.sqrt(np.maximum(square / size - mean**2, 0.0) / (size - 1))
    # Pearson residuals scatter alike at every level under a right model. Where events are rare a
    # bin may have none, and its own scatter next to nothing, which would make any mean a finding.
    alike = np.sqrt(np.mean(found.pearson**2) / size)
    return where / size, mean, np.maximum(spread, alike)
