"""Uncertainty of a figure from the rows that it was measured on, the fitted models held fixed."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from outfold.metrics.metric import Floats, Ints, Metric, Scored

MOST_DRAWS, FEWEST_DRAWS = 500, 200
ROWS_DRAWN = 20_000_000
"""Rows drawn in all, over draws and candidates: about two seconds of work."""


def bootstrap(
    candidates: Sequence[Scored], metric: Metric, draws: int | None = None, seed: int = 0
) -> Floats:
    """The metric on resampled rows, the same rows for every candidate (Efron 1979).

    Rows are drawn with replacement, within each class where there are classes. It says how much
    the figure varies with the validation rows, not with the training rows.

    Args:
        candidates: Predictions of the same rows in the same order.
        metric: What to compute.
        draws: How often rows are drawn; by default 500, and down to 200 where rows and candidates
            are many.
        seed: Seed of the draws.

    Returns:
        Shape (draws, n_candidates).

    Raises:
        ValueError: The candidates were not judged on the same rows.
    """
    first = candidates[0]
    if any(not np.array_equal(first.truth, other.truth) for other in candidates):
        raise ValueError("the candidates were not judged on the same rows")
    if draws is None:
        affordable = ROWS_DRAWN // max(1, len(first.truth) * len(candidates))
        draws = min(MOST_DRAWS, max(FEWEST_DRAWS, affordable))
    rng = np.random.default_rng(seed)
    classes = first.task in ("binary", "multiclass")
    strata = [np.flatnonzero(first.truth == c) for c in np.unique(first.truth)] if classes else []
    out = np.empty((draws, len(candidates)))
    for draw in range(draws):
        if classes:
            rows = np.concatenate([s[rng.integers(0, len(s), len(s))] for s in strata])
        else:
            rows = rng.integers(0, len(first.truth), len(first.truth))
        out[draw] = [metric.compute(taken(scored, rows)) for scored in candidates]
    return out


def taken(scored: Scored, rows: Ints) -> Scored:
    """The same predictions for some rows, which may repeat."""

    def cut(values: Floats | None) -> Floats | None:
        return None if values is None else values[rows]

    null = scored.null
    per_row = null is not None and null.shape[:1] == scored.truth.shape
    return dataclasses.replace(
        scored,
        truth=scored.truth[rows],
        probability=cut(scored.probability),
        score=cut(scored.score),
        value=cut(scored.value),
        weight=cut(scored.weight),
        null=cut(null) if per_row else null,
    )


def interval(values: Floats, confidence: float) -> tuple[float, float]:
    """The percentile interval of bootstrap values; NaN where more than a tenth is undefined."""
    known = values[~np.isnan(values)]
    if len(known) < 0.9 * len(values):
        return float("nan"), float("nan")
    tail = (1 - confidence) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)


def p_value(differences: Floats) -> float:
    """Two-sided bootstrap p-value of a difference: twice the smaller tail beyond 0.

    One is added above and below, so that it is never 0 (Davison & Hinkley 1997).
    """
    known = differences[~np.isnan(differences)]
    if len(known) < 0.9 * len(differences):
        return float("nan")
    tail = min((known <= 0).sum(), (known >= 0).sum())
    return float(min(1.0, 2 * (tail + 1) / (len(known) + 1)))
