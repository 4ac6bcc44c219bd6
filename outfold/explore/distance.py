"""Distance correlation: any dependence of two numbers, 0 in the limit only if independent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from outfold.explore.linear import unit
from outfold.explore.measures import CONSTANT, LEAST_ROWS, Block, Floats, Ints, Report
from outfold.explore.rank import by_shared_rows


@dataclass(frozen=True, slots=True)
class DistanceCorrelation:
    """The V-statistic of Székely, Rizzo & Bakirov (2007), and what belongs to it.

    Attributes:
        n: Rows in which both are present.
        dcor: Distance correlation, 0 to 1.
        dcov: Distance covariance.
        dvar_x: Distance variance (root of the covariance with itself) of the first column.
        dvar_y: Of the second.
        corrected_squared: Bias-corrected squared distance correlation (Székely & Rizzo 2013);
            about 0, also below it, for independent columns.
        p_value: Of the t test on corrected_squared (same source), one-sided; needs four rows.
    """

    n: int
    dcor: float
    dcov: float
    dvar_x: float
    dvar_y: float
    corrected_squared: float
    p_value: float


def distance_correlation(a: Floats, b: Floats) -> DistanceCorrelation:
    """Distance correlation of two columns of shape (n_rows,); takes n² memory, so sample first."""
    both = ~(np.isnan(a) | np.isnan(b))
    x, y = a[both], b[both]
    n = len(x)
    if n < LEAST_ROWS or x.min() == x.max() or y.min() == y.max():
        return DistanceCorrelation(n, *(np.nan,) * 6)
    dx, dy = np.abs(x[:, None] - x), np.abs(y[:, None] - y)
    cx, cy = _centred(dx), _centred(dy)
    xy, xx, yy = ((u * v).mean() for u, v in ((cx, cy), (cx, cx), (cy, cy)))
    corrected = _corrected(_unbiased(dx), _unbiased(dy)) if n > 3 else np.nan
    return DistanceCorrelation(
        n,
        float(np.sqrt(max(xy, 0.0) / np.sqrt(xx * yy))),
        float(np.sqrt(max(xy, 0.0))),
        float(np.sqrt(xx)),
        float(np.sqrt(yy)),
        corrected,
        float(_t_test(np.array(corrected), n)),
    )


def distance_block(
    columns: Sequence[Floats], left: Ints | None = None, report: Report | None = None
) -> Block:
    """Distance correlation of every pair; see ``rank.by_shared_rows`` for the arguments.

    Takes n_columns × n² numbers of memory, so rows have to be sampled first.
    """
    return by_shared_rows(columns, left, _of_complete, report)


def _of_complete(parts: Sequence[Floats], first: Ints, second: Ints) -> Block:
    n = len(parts[0])
    flat = np.array([p.min() == p.max() for p in parts])
    plain, unbiased = np.zeros((len(parts), n * n)), np.zeros((len(parts), n * n))
    for place, part in enumerate(parts):
        if flat[place]:
            continue
        scaled = unit(part)
        distance = np.abs(scaled[:, None] - scaled)
        plain[place] = _centred(distance).ravel()
        if n > 3:
            unbiased[place] = _unbiased(distance).ravel()
    own, own_u = (np.einsum("ij,ij->i", m, m) for m in (plain, unbiased))
    with np.errstate(divide="ignore", invalid="ignore"):
        square = plain[first] @ plain[second].T / np.sqrt(np.outer(own[first], own[second]))
        share = unbiased[first] @ unbiased[second].T
        share /= np.sqrt(np.outer(own_u[first], own_u[second]))
    constant = flat[first][:, None] | flat[second][None, :]
    value = np.where(constant, np.nan, np.sqrt(np.clip(square, 0.0, 1.0)))
    p = np.where(constant, np.nan, _t_test(share, n))
    return Block(value, np.full(value.shape, n), np.where(constant, CONSTANT, 0).astype("u1"), p)


def _centred(distance: Floats) -> Floats:
    """Every row's and every column's mean is 0."""
    mean = distance.mean(axis=0)
    return distance - mean - mean[:, None] + mean.mean()


def _unbiased(distance: Floats) -> Floats:
    """U-centred: off the diagonal, rows sum to 0 (Székely & Rizzo 2014)."""
    n = len(distance)
    total = distance.sum(axis=0)
    result = distance - total / (n - 2) - total[:, None] / (n - 2)
    result += total.sum() / ((n - 1) * (n - 2))
    np.fill_diagonal(result, 0.0)
    return result


def _corrected(u: Floats, v: Floats) -> float:
    own = np.sqrt((u * u).sum() * (v * v).sum())
    return float((u * v).sum() / own) if own > 0 else np.nan


def _t_test(share: Floats, n: int) -> Floats:
    from scipy import special

    freedom = n * (n - 3) / 2 - 1
    if freedom <= 0:
        return np.full(np.shape(share), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.sqrt(freedom) * share / np.sqrt((1 - share) * (1 + share))
    return np.where(np.isnan(t), np.nan, special.stdtr(freedom, -t))
