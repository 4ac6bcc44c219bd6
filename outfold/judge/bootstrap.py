"""Uncertainty of a figure from the rows that it was measured on, the fitted models held fixed."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from outfold.metrics.metric import Floats, Metric, Scored

MOST_DRAWS, FEWEST_DRAWS = 300, 100
ROWS_DRAWN = 10_000_000
"""Rows drawn in all, over draws and candidates, before the draws become fewer."""


def bootstrap(
    candidates: Sequence[Scored], metric: Metric, draws: int | None = None, seed: int = 0
) -> Floats:
    """The metric on resampled rows, the same rows for every candidate (Efron 1979).

    Rows are drawn with replacement, within each class where there are classes; a row drawn twice
    counts with twice its weight. It says how much the figure varies with the validation rows, not
    with the training rows.

    Args:
        candidates: Predictions of the same rows in the same order.
        metric: What to compute.
        draws: How often rows are drawn; by default 300, and down to 100 where rows and candidates
            are many. A standard error of 100 draws is known to 7 %.
        seed: Seed of the draws.

    Returns:
        Shape (draws, n_candidates).

    Raises:
        ValueError: The candidates were not judged on the same rows.
    """
    first = candidates[0]
    n = len(first.truth)
    if any(not np.array_equal(first.truth, other.truth) for other in candidates):
        raise ValueError("the candidates were not judged on the same rows")
    if draws is None:
        affordable = ROWS_DRAWN // max(1, n * len(candidates))
        draws = min(MOST_DRAWS, max(FEWEST_DRAWS, affordable))
    rng = np.random.default_rng(seed)
    strata = [np.arange(n)]
    if first.task in ("binary", "multiclass"):
        strata = [np.flatnonzero(first.truth == c) for c in np.unique(first.truth)]
    out = np.empty((draws, len(candidates)))
    for draw in range(draws):
        rows = np.concatenate([s[rng.integers(0, len(s), len(s))] for s in strata])
        times = np.bincount(rows, minlength=n).astype(np.float64)
        for place, scored in enumerate(candidates):
            weight = times if scored.weight is None else times * scored.weight
            out[draw, place] = metric.compute(dataclasses.replace(scored, weight=weight))
    return out


def standard_error(drawn: Floats) -> float:
    """The standard deviation of bootstrap values; NaN where more than a tenth is undefined."""
    known = drawn[~np.isnan(drawn)]
    if len(known) < max(2, 0.9 * len(drawn)):
        return float("nan")
    return float(known.std(ddof=1))


def interval(figure: float, drawn: Floats, confidence: float) -> tuple[float, float]:
    """The normal interval around a figure with the bootstrap's standard error."""
    from scipy.special import ndtri

    half = float(ndtri(0.5 + confidence / 2)) * standard_error(drawn)
    return figure - half, figure + half


def p_value(difference: float, drawn: Floats) -> float:
    """Two-sided p-value of a difference, normal with the bootstrap's standard error.

    Counting draws beyond 0 instead could not fall below one over their number, which no correction
    for many pairs would survive (Efron & Tibshirani 1993, chapter 16).
    """
    from scipy.special import ndtr

    error = standard_error(drawn)
    if error < 1e-15:
        return float(difference == 0)
    return math.nan if math.isnan(error) else 2 * float(ndtr(-abs(difference) / error))
