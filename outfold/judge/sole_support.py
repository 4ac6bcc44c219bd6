"""Coefficients that one row, or one group of rows, alone can tell anything about."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from outfold.judge.glm_diagnostics import leverage_of
from outfold.judge.glm_fit import GlmFit
from outfold.metrics.metric import Floats, Ints

FOLLOWED = 1e-6
"""A leverage this near to 1 is 1: the fit passes through the row, whatever its response."""
SHARE = 1e-4
"""Least share of a coefficient's variance in a direction that nothing else determines."""


def rests_on_one(fit: GlmFit, codes: Ints | None = None) -> dict[int, tuple[str, ...]]:
    """Which coefficients cannot be estimated any more once a single row or group is left out.

    Such a row has a leverage of 1 and a residual of 0, so an error made from residuals knows
    nothing of it; the scores of such a group add up to 0 (MacKinnon & Webb 2017 on groups). A
    direction v of the coefficients is determined by the rows R alone where X v = 0 in all others,
    that is where the share of R in the information, in that direction, is 1.

    Args:
        fit: The fitted model.
        codes: Each row's group, shape (n_rows,), counted from 0; each row by itself if None.

    Returns:
        For each such row (its place among the rows used) or group (its code) the terms' names.
    """
    bread = fit.covariance / fit.dispersion
    if not fit.rank or not np.isfinite(bread).all():
        return {}
    leverage = leverage_of(fit)
    part = leverage if codes is None else np.bincount(codes, weights=leverage)
    alone = np.flatnonzero(part > 1 - FOLLOWED)
    if not len(alone):
        return {}
    names = [c.term for c in fit.coefficients if not c.aliased]
    scale = np.sqrt(np.diag(bread))
    values, vectors = np.linalg.eigh(bread / np.outer(scale, scale))
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    matrix, weight = fit.matrix(), np.sqrt(fit.working_weights())
    found: dict[int, tuple[str, ...]] = {}
    for one in alone.tolist():
        rows = [one] if codes is None else np.flatnonzero(codes == one)
        shares = np.zeros(fit.rank)
        for direction in _sole(matrix[rows] * weight[rows, None] * scale @ root):
            shares += (root @ direction) ** 2
        if (shares > SHARE).any():
            found[one] = tuple(n for n, s in zip(names, shares, strict=True) if s > SHARE)
    return found


def _sole(part: Floats) -> Iterator[Floats]:
    """The directions in which some rows hold the whole information: singular values of 1."""
    _, values, directions = np.linalg.svd(part, full_matrices=False)
    for value, direction in zip(values, directions, strict=True):
        if value**2 > 1 - FOLLOWED:
            yield direction
