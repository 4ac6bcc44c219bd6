"""The inverse power law that learning curves follow, fitted to many curves at once.

``score = a - b (n / n_max) ** -c`` where more is better, ``a + b (n / n_max) ** -c`` where less
is: the score nears ``a`` as the training rows ``n`` grow (Cortes et al. 1993; where it holds and
where not is reviewed by Viering & Loog 2021).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outfold.metrics.metric import Floats

LEAST_RATE, GREATEST_RATE = 0.05, 2.0
"""Bounds of ``c``: slower is no approach at all within reach, faster is noise at the first size."""
RATES = 60
NARROW = 11
CLOSER = 3
"""Times that the grid of rates is narrowed around the best one."""


@dataclass(frozen=True, slots=True, eq=False)
class PowerLaw:
    """One fitted law, or several.

    Attributes:
        a: What the score nears, shape (n_curves,).
        b: How far below (or above) that it is at ``largest`` rows, at least 0, shape (n_curves,).
        c: The rate, shape (n_curves,).
        largest: ``n_max``.
        sign: -1 where more is better, 1 where less is.
    """

    a: Floats
    b: Floats
    c: Floats
    largest: float
    sign: float

    def at(self, rows: Floats) -> Floats:
        """The law's scores, shape (n_curves, len(rows))."""
        scaled = np.asarray(rows, dtype=np.float64)[None, :] / self.largest
        return self.a[:, None] + self.sign * self.b[:, None] * scaled ** -self.c[:, None]


def fit_power_law(
    rows: Floats,
    values: Floats,
    weight: Floats,
    *,
    higher: bool,
    bound: float | None = None,
) -> PowerLaw:
    """Weighted least squares for each of several curves over the same sizes.

    For a given rate the law is linear in ``a`` and ``b``, so only the rate is searched, on a grid
    that is narrowed around the best one.

    Args:
        rows: Training rows of each size, shape (n_sizes,); at least three different ones.
        values: Scores, shape (n_curves, n_sizes).
        weight: Weight of each size, shape (n_sizes,).
        higher: Whether more is better.
        bound: The best score there can be, which ``a`` does not pass.
    """
    sign = -1.0 if higher else 1.0
    largest = float(rows.max())
    weight = weight / weight.sum()
    limit = None if bound is None else sign * bound
    n_curves = len(values)
    # In units where less is better: a + b x, with a at least the limit.
    y = sign * values
    scaled = rows / largest
    rates = np.geomspace(LEAST_RATE, GREATEST_RATE, RATES)
    # The first grid is the same for all curves, so one look at it serves them all.
    error = np.stack([_linear(scaled, y, weight, np.full((n_curves, 1), c), limit)[2][:, 0]
                      for c in rates], axis=1)  # fmt: skip
    best = error.argmin(axis=1)
    grid = rates[None, :].repeat(n_curves, axis=0)
    for _ in range(CLOSER):
        low = np.take_along_axis(grid, np.maximum(best - 1, 0)[:, None], 1)
        high = np.take_along_axis(grid, np.minimum(best + 1, grid.shape[1] - 1)[:, None], 1)
        grid = low + (high - low) * np.linspace(0, 1, NARROW)[None, :]
        a, b, error = _linear(scaled, y, weight, grid, limit)
        best = error.argmin(axis=1)
    at = np.arange(n_curves)
    return PowerLaw(sign * a[at, best], b[at, best], grid[at, best], largest, sign)


def _linear(
    scaled: Floats, y: Floats, weight: Floats, rates: Floats, limit: float | None
) -> tuple[Floats, Floats, Floats]:
    """The best a and b for each curve and rate, and the squared error; all (n_curves, n_rates)."""
    x = scaled[None, None, :] ** -rates[:, :, None]
    y = y[:, None, :]
    mean_x, mean_y = (weight * x).sum(-1), (weight * y).sum(-1)
    spread = (weight * (x - mean_x[..., None]) ** 2).sum(-1)
    slope = (weight * (x - mean_x[..., None]) * (y - mean_y[..., None])).sum(-1)
    b = np.maximum(slope / np.maximum(spread, 1e-300), 0.0)
    a = mean_y - b * mean_x
    if limit is not None:
        beyond = a < limit
        b = np.where(beyond, np.maximum((weight * x * (y - limit)).sum(-1), 0.0)
                     / (weight * x * x).sum(-1), b)  # fmt: skip
        a = np.where(beyond, limit, a)
    error = (weight * (a[..., None] + b[..., None] * x - y) ** 2).sum(-1)
    return a, b, error
