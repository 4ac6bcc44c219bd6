"""How uncertain a figure is, given which rows happened to be held out; fitted models held fixed.

A metric that is a mean of its rows, at least to first order, tells by itself how it moves with each
row: its standard error is that of the sum of these influences (DeLong et al. 1988 for the AUC;
Efron & Tibshirani 1993, chapter 21, in general). Other metrics are computed anew on rows drawn with
replacement. A row that was predicted on several repeats is one unit: it is drawn once for all.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from outfold.metrics.metric import Floats, Ints, Metric, Scored

DRAWS = 200
"""Draws of a bootstrap, fewer where rows are many."""
ROWS_DRAWN = 20_000_000
FEWEST_DRAWS = 60


def influence(scored: Scored, metric: Metric) -> Floats | None:
    """How the metric moves with each row, shape (n_rows,); None where it is not known by formula.

    With row shares s the metric of other rows is, to first order, the metric plus the sum of
    ``s * influence``; the weighted mean of the influences is 0.
    """
    if not metric.follows_rows or not len(scored.truth):
        return None
    if metric.parts is None:
        assert metric.influence is not None
        values = metric.influence(scored)
    else:
        values = metric.parts.of(scored)
    share = shares(scored)
    centre = float((share * values).sum())
    apart = values - centre
    if metric.parts is not None and metric.parts.kind == "root":
        root = float(np.sqrt(centre)) if centre > 0 else float("nan")
        apart = apart / (2 * root) if root > 0 else np.zeros(len(values))
    return np.asarray(apart)


def shares(scored: Scored) -> Floats:
    """The share of each row in a mean over rows, shape (n_rows,)."""
    n = len(scored.truth)
    weight = np.ones(n) if scored.weight is None else scored.weight
    total = float(weight.sum())
    return weight / total if total > 0 else np.full(n, np.nan)


def spread(moved: Floats, units: Ints) -> float:
    """The standard error of a sum of row influences.

    Args:
        moved: Share times influence of each row, shape (n_rows,).
        units: Which rows are drawn together, as codes, shape (n_rows,).
    """
    by_unit = np.bincount(units, moved)
    n = count_units(units)
    if n < 2:
        return float("nan")
    return float(np.sqrt((by_unit**2).sum() * n / (n - 1)))


def count_units(units: Ints) -> int:
    """How many different units there are; codes are small, so counting beats sorting."""
    return int(np.count_nonzero(np.bincount(units)))


def drawn(
    parts: list[Scored], units: list[Ints], metric: Metric, seed: int = 0, draws: int | None = None
) -> Floats:
    """The metric of several sets of rows where units are drawn with replacement.

    Args:
        parts: Sets of rows; the same unit may be in several of them.
        units: Unit of each of their rows, as codes that mean the same in all sets.
        metric: What to compute.
        seed: Seed of the draws.
        draws: How often; by default 200, fewer where rows are many.

    Returns:
        Shape (draws, n_sets).
    """
    n = 1 + max(int(u.max()) for u in units if len(u))
    rows = sum(len(u) for u in units)
    if draws is None:
        draws = min(DRAWS, max(FEWEST_DRAWS, ROWS_DRAWN // max(1, rows)))
    rng = np.random.default_rng(seed)
    found = np.empty((draws, len(parts)))
    for draw in range(draws):
        times = np.bincount(rng.integers(0, n, n), minlength=n).astype(np.float64)
        for place, (scored, unit) in enumerate(zip(parts, units, strict=True)):
            weight = times[unit] if scored.weight is None else times[unit] * scored.weight
            found[draw, place] = metric.compute(dataclasses.replace(scored, weight=weight))
    return found
