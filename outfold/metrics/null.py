"""What a model without features predicts: the yardstick of skill scores and of D²."""

from __future__ import annotations

import numpy as np

from outfold.metrics.metric import Floats, Scored


def null_shares(scored: Scored) -> Floats:
    """The class shares that each row would be predicted with no feature known, (n_rows, K).

    They come from the training rows (``Scored.null``); where none were given, from these rows.
    """
    assert scored.probability is not None
    n, k = scored.probability.shape
    if scored.null is None:
        codes = np.asarray(scored.truth, dtype=np.intp)
        counts = np.bincount(codes, scored.weight, minlength=k).astype(np.float64)
        return np.broadcast_to(counts / counts.sum(), (n, k))
    return np.broadcast_to(np.asarray(scored.null, dtype=np.float64), (n, k))


def null_means(scored: Scored) -> Floats:
    """The value that each row would be predicted with no feature known, shape (n_rows,).

    It is the training rows' mean (``Scored.null``); where none was given, these rows' mean.
    """
    null: Floats | np.float64
    if scored.null is None:
        null = np.float64(np.average(scored.truth, weights=scored.weight))
    else:
        null = np.asarray(scored.null, dtype=np.float64)
    return np.broadcast_to(null, scored.truth.shape)


def mean(values: Floats, weight: Floats | None) -> float:
    """The weighted mean; NaN where there is no row or no weight."""
    if weight is None:
        return float(values.mean()) if len(values) else float("nan")
    total = float(weight.sum())
    return float((values * weight).sum()) / total if total > 0 else float("nan")
