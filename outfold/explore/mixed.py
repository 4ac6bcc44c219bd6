"""A number beside levels: the correlation ratio and the tests that belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from outfold.explore.linear import DOUBTFUL, FLAT, PIECE, Shifted, pearson, shifted
from outfold.explore.measures import (
    CONSTANT,
    LEAST_ROWS,
    TOO_FEW,
    Association,
    Block,
    Floats,
)
from outfold.explore.nominal import Codes
from outfold.explore.threads import shared_out


@dataclass(frozen=True, slots=True)
class Ratio:
    """How a number differs between levels.

    Attributes:
        n: Rows in which both are present.
        groups: Levels that occur.
        eta: Correlation ratio, the root of between-level over total sum of squares.
        eta2: Its square.
        omega2: Hays' (1963) less biased share of variance; below 0 where chance gives more.
        epsilon2: Kelley's (1935) share, adjusted as adjusted R² is; below 0 likewise.
        f: One-way analysis of variance.
        df1: Levels less one.
        df2: Rows less levels.
        p_value: Of f.
        welch_f: Without the assumption of equal variances (Welch 1951); NaN where a level has a
            single row or no variance.
        welch_p: Of welch_f.
        kruskal_h: Kruskal & Wallis 1952, corrected for ties.
        kruskal_p: Of kruskal_h, by chi-square.
    """

    n: int
    groups: int
    eta: float
    eta2: float
    omega2: float
    epsilon2: float
    f: float
    df1: int
    df2: int
    p_value: float
    welch_f: float
    welch_p: float
    kruskal_h: float
    kruskal_p: float


def ratio(values: Floats, codes: Codes) -> Ratio:
    """Everything about one number, shape (n_rows,), and one column of level codes, -1 missing."""
    from scipy import special, stats

    both = ~np.isnan(values) & (codes >= 0)
    x = values[both]
    _, g = np.unique(codes[both], return_inverse=True)
    n, k = len(x), int(g.max()) + 1 if len(x) else 0
    if n < LEAST_ROWS or k < 2 or n <= k or x.min() == x.max():
        return Ratio(n, k, *(np.nan,) * 5, max(0, k - 1), max(0, n - k), *(np.nan,) * 5)
    z = x - x[0]
    z = z / np.abs(z).max()
    z -= z.mean()
    count = np.bincount(g)
    mean = np.bincount(g, z) / count
    within = np.bincount(g, (z - mean[g]) ** 2)
    between = float((count * mean**2).sum())
    inside, total = float(within.sum()), float(z @ z)
    df1, df2 = k - 1, n - k
    with np.errstate(divide="ignore", invalid="ignore"):
        error = inside / df2
        f = between / df1 / error if error > 0 else np.inf
        welch_f, welch_p = np.nan, np.nan
        if (count > 1).all() and (within > 0).all():
            weight = count / (within / (count - 1))
            centre = (weight * mean).sum() / weight.sum()
            spread = ((1 - weight / weight.sum()) ** 2 / (count - 1)).sum()
            welch_f = (weight * (mean - centre) ** 2).sum() / df1
            welch_f /= 1 + 2 * (k - 2) / (k * k - 1) * spread
            welch_p = float(special.fdtrc(df1, (k * k - 1) / (3 * spread), welch_f))
    eta2 = min(1.0, between / total)
    h, h_p = stats.kruskal(*(x[g == level] for level in range(k)))
    return Ratio(
        n,
        k,
        eta2**0.5,
        eta2,
        (between - df1 * error) / (total + error),
        (between - df1 * error) / total,
        float(f),
        df1,
        df2,
        float(special.betainc(df2 / 2, df1 / 2, min(1.0, inside / total))),
        float(welch_f),
        float(welch_p),
        float(h),
        float(h_p),
    )


def point_biserial(values: Floats, truth: Codes) -> Association:
    """Pearson's r of a number with a truth value coded 0 and 1, -1 missing.

    Positive where the number is greater for 1. Its size is the correlation ratio, its p-value that
    of the t test with equal variances.
    """
    return pearson(values, np.where(truth < 0, np.nan, truth))


def ratio_block(
    columns: Sequence[Floats] | Shifted, codes: Sequence[Codes], levels: Sequence[int]
) -> Block:
    """The correlation ratio of every number with every column of levels, on their shared rows.

    Args:
        columns: Arrays of shape (n_rows,); NaN is missing.
        codes: Arrays of shape (n_rows,); -1 is missing.
        levels: How many levels each can have, at least 1.
    """
    from scipy import special

    data = columns if isinstance(columns, Shifted) else shifted(columns)
    count, total, squares = _level_sums(data, codes, levels)
    starts = np.concatenate([[0], np.cumsum(levels)[:-1]]).astype(np.intp)
    n = np.add.reduceat(count, starts, axis=1)
    whole = np.add.reduceat(total, starts, axis=1)
    groups = np.add.reduceat(count > 0, starts, axis=1, dtype=np.intp)
    with np.errstate(divide="ignore", invalid="ignore"):
        about = np.where(count > 0, total * total / count, 0.0)
        mid = whole * whole / n
        between = np.add.reduceat(about, starts, axis=1) - mid
        around = squares - mid
        eta2 = np.clip(between / around, 0.0, 1.0)
    few = (n < LEAST_ROWS) | ((n <= groups) & (groups > 1))
    flat = data.constant[:, None] | (groups < 2) | (around <= FLAT * squares)
    reason = np.where(few, TOO_FEW, np.where(flat, CONSTANT, 0)).astype(np.uint8)
    good = reason == 0
    df1, df2 = np.where(good, groups - 1, 1), np.where(good, n - groups, 1)
    p = special.betainc(df2 / 2, df1 / 2, np.where(good, 1.0 - eta2, 1.0))
    value = np.where(good, np.sqrt(eta2), np.nan)
    p = np.where(good, p, np.nan)
    for i, j in zip(*np.nonzero(good & (around < DOUBTFUL * squares)), strict=True):
        exact = ratio(data.columns[i], codes[j])
        value[i, j], p[i, j] = exact.eta, exact.p_value
        reason[i, j] = CONSTANT if np.isnan(exact.eta) else 0
    return Block(value, n.astype(np.intp), reason, p)


def _level_sums(
    data: Shifted, codes: Sequence[Codes], levels: Sequence[int]
) -> tuple[Floats, Floats, Floats]:
    """Rows and sum by (number, level), and sum of squares by (number, column of levels).

    A row's values are added to each of its levels' sums at once: a product with a sparse matrix of
    a one for each level of the row, where a level of its own stands for missing.
    """
    from scipy import sparse

    width, kinds, rows = len(data.columns), len(codes), len(codes[0])
    sizes = np.asarray(levels, dtype=np.intp)
    starts = np.concatenate([[0], np.cumsum(sizes + 1)]).astype(np.int32)
    step = max(256, PIECE // max(1, 2 * width + kinds))

    def summed(part: int, parts: int) -> tuple[Floats, Floats]:
        sums, squares = np.zeros((starts[-1], 2 * width)), np.zeros((width, kinds))
        space, tall = np.empty((width, step)), np.empty((step, 2 * width))
        places = np.empty((step, kinds), dtype=np.int32)
        start = part * step
        for z, absent in data.pieces(part, parts, space):
            size = z.shape[1]
            both, at = tall[:size], places[:size]
            both[:, :width], both[:, width:] = z.T, ~absent.T
            for j, code in enumerate(codes):
                np.add(code[start : start + size], starts[j] + 1, out=at[:, j])
            ends = np.arange(size + 1, dtype=np.int32) * kinds
            ones = np.ones(size * kinds)
            marks = sparse.csc_array((ones, at.ravel(), ends), shape=(int(starts[-1]), size))
            sums += marks @ both
            squares += (z * z) @ (at > starts[:-1])
            start += parts * step
        return sums, squares

    sums, squares = (
        sum(found) for found in zip(*shared_out(summed, rows * (width + kinds)), strict=True)
    )
    known = np.delete(sums, starts[:-1], axis=0).T
    return known[width:], known[:width], squares
