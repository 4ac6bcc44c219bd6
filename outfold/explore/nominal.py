"""Two columns of levels: chi-square, Cramér's V, Theil's U and mutual information.

Chi-square is without Yates' correction throughout, as Cramér's V wants it. Logarithms are natural.
Levels that no shared row has do not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outfold.explore.measures import CONSTANT, LEAST_ROWS, TOO_FEW, Block, Floats, Ints, Report

CELLS = 1 << 22
"""Cells of contingency tables, or of level indicators, that are held at a time."""

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Nominal:
    """What a contingency table says.

    Attributes:
        n: Rows counted.
        rows: Levels of the first column that occur.
        cols: Levels of the second column that occur.
        chi2: Pearson's chi-square, without Yates' correction.
        df: Its degrees of freedom.
        p_value: Probability of a greater chi-square if the two were independent.
        cramers_v: Cramér 1946.
        cramers_v_corrected: Bergsma 2013.
        tschuprow_t: Tschuprow 1925.
        contingency_c: Pearson's contingency coefficient.
        mutual_info: Plug-in estimate, nats.
        theils_u_a_given_b: Share of the first column's entropy that the second one removes.
        theils_u_b_given_a: The other way round.
    """

    n: int
    rows: int
    cols: int
    chi2: float
    df: int
    p_value: float
    cramers_v: float
    cramers_v_corrected: float
    tschuprow_t: float
    contingency_c: float
    mutual_info: float
    theils_u_a_given_b: float
    theils_u_b_given_a: float


def contingency(a: Codes, b: Codes, levels_a: int, levels_b: int) -> Floats:
    """How often each two levels meet, shape (levels_a, levels_b); a code of -1 is missing."""
    both = (a >= 0) & (b >= 0)
    if both.all():
        cell = a.astype(np.int64) * levels_b + b
    else:
        cell = a[both].astype(np.int64) * levels_b + b[both]
    counted = np.bincount(cell, minlength=levels_a * levels_b)
    return counted.reshape(levels_a, levels_b).astype(np.float64)


def nominal(table: npt.ArrayLike) -> Nominal:
    """Everything about one contingency table of counts; NaN where a column has a single level."""
    from scipy import special

    counts = np.asarray(table, dtype=np.float64)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    r, c = counts.shape
    n = float(counts.sum())
    if min(r, c) < 2 or n < LEAST_ROWS:
        none = (np.nan,) * 8
        return Nominal(round(n), r, c, np.nan, max(0, (r - 1) * (c - 1)), *none)
    row, col = counts.sum(axis=1), counts.sum(axis=0)
    expected = np.outer(row, col) / n
    chi2 = float(((counts - expected) ** 2 / expected).sum())
    df = (r - 1) * (c - 1)
    seen = counts > 0
    info = float((counts[seen] / n * np.log(counts[seen] / expected[seen])).sum())
    phi2 = chi2 / n
    return Nominal(
        round(n),
        r,
        c,
        chi2,
        df,
        float(special.chdtrc(df, chi2)),
        float(cramers_v(chi2, n, r, c)),
        float(cramers_v_corrected(chi2, n, r, c)),
        float((phi2 / df**0.5) ** 0.5),
        float((phi2 / (1 + phi2)) ** 0.5),
        info,
        info / _entropy(row / n),
        info / _entropy(col / n),
    )


@dataclass(frozen=True, slots=True)
class FourFold:
    """What only a table of two levels by two has.

    Attributes:
        phi: Pearson's r of the two as 0 and 1, the second level of each as 1.
        yates_chi2: Chi-square with Yates' (1934) correction for continuity.
        yates_p: Its p-value.
        fisher_p: Fisher's (1934) exact test, two-sided: tables no likelier than this one.
    """

    phi: float
    yates_chi2: float
    yates_p: float
    fisher_p: float


def four_fold(table: npt.ArrayLike) -> FourFold | None:
    """The signed phi and the tests of small tables; None unless two levels meet two.

    Args:
        table: Counts; levels without rows do not count.
    """
    from scipy import special, stats

    counts = np.asarray(table, dtype=np.float64)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if counts.shape != (2, 2):
        return None
    margins = float(np.prod(counts.sum(axis=0)) * np.prod(counts.sum(axis=1)))
    cross = float(counts[0, 0] * counts[1, 1] - counts[0, 1] * counts[1, 0])
    n = float(counts.sum())
    chi2 = n * max(0.0, abs(cross) - n / 2) ** 2 / margins
    exact = stats.fisher_exact(counts.astype(np.int64))
    return FourFold(cross / margins**0.5, chi2, float(special.chdtrc(1, chi2)), float(exact.pvalue))


def _entropy(share: Floats) -> float:
    return float(-(share * np.log(share)).sum())


def cramers_v(
    chi2: npt.ArrayLike, n: npt.ArrayLike, rows: npt.ArrayLike, cols: npt.ArrayLike
) -> Floats:
    """Cramér's V (1946) from chi-square; all arguments of one shape."""
    least = np.minimum(rows, cols) - 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.minimum(np.sqrt(np.asarray(chi2) / n / least), 1.0)


def cramers_v_corrected(
    chi2: npt.ArrayLike, n: npt.ArrayLike, rows: npt.ArrayLike, cols: npt.ArrayLike
) -> Floats:
    """Cramér's V with Bergsma's bias correction (2013); all arguments of one shape.

    phi² less its expectation under independence, at least 0, over the numbers of levels reduced
    likewise. NaN where too few rows leave nothing to divide by.
    """
    size = np.asarray(n, dtype=np.float64)
    r, c = np.asarray(rows, dtype=np.float64), np.asarray(cols, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        phi2 = np.maximum(0.0, np.asarray(chi2) / size - (r - 1) * (c - 1) / (size - 1))
        small_r = r - (r - 1) ** 2 / (size - 1)
        small_c = c - (c - 1) ** 2 / (size - 1)
        least = np.minimum(small_r, small_c) - 1
        value = np.minimum(np.sqrt(phi2 / least), 1.0)
    return np.where(least > 0, value, np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class NominalBlock:
    """Chi-square and mutual information of many pairs, arrays of shape (n_left, n_columns).

    Attributes:
        n: Shared rows.
        rows: Occurring levels of the left column.
        cols: Occurring levels of the other column.
        chi2: Without Yates' correction.
        mutual_info: Plug-in estimate, nats.
        reason: Places in ``REASONS``.
    """

    n: Ints
    rows: Ints
    cols: Ints
    chi2: Floats
    mutual_info: Floats
    reason: npt.NDArray[np.uint8]

    def cramers(self, corrected: bool) -> Block:
        """Cramér's V with the p-value of chi-square."""
        from scipy import special

        formula = cramers_v_corrected if corrected else cramers_v
        value = formula(self.chi2, self.n, self.rows, self.cols)
        reason = np.where(np.isnan(value) & (self.reason == 0), TOO_FEW, self.reason)
        good = reason == 0
        df = np.where(good, (self.rows - 1) * (self.cols - 1), 1)
        p = special.chdtrc(df, np.where(good, self.chi2, 0.0))
        return Block(
            np.where(good, value, np.nan),
            self.n,
            reason.astype(np.uint8),
            np.where(good, p, np.nan),
        )

    def information(self) -> Block:
        """Mutual information in nats with the p-value of the G test."""
        from scipy import special

        good = self.reason == 0
        df = np.where(good, (self.rows - 1) * (self.cols - 1), 1)
        value = np.maximum(self.mutual_info, 0.0)
        p = special.chdtrc(df, np.where(good, 2 * self.n * value, 0.0))
        return Block(np.where(good, value, np.nan), self.n, self.reason, np.where(good, p, np.nan))


def nominal_block(
    codes: Sequence[Codes],
    levels: Sequence[int],
    left: Ints | None = None,
    report: Report | None = None,
) -> NominalBlock:
    """Measure every pair of columns of levels, each on the rows where both are present.

    Args:
        codes: Arrays of shape (n_rows,); -1 is missing.
        levels: How many levels each column can have, at least 1.
        left: Places of the columns whose pairs are wanted; all by default.
        report: Is told how many of these are done, 0 to 1.
    """
    width = len(codes)
    chosen = np.arange(width) if left is None else left
    shape = (len(chosen), width)
    n, rows, cols = (np.zeros(shape, dtype=np.intp) for _ in range(3))
    chi2, info = np.full(shape, np.nan), np.full(shape, np.nan)
    sizes = np.asarray(levels, dtype=np.intp)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp)
    for some in _portions(sizes[chosen], int(sizes.sum())):
        if report is not None:
            report(some.start / len(chosen))
        places = chosen[some]
        tables = _tables(codes, sizes, starts, places)
        own = sizes[places]
        inner = np.concatenate([[0], np.cumsum(own)[:-1]]).astype(np.intp)
        by_left = np.add.reduceat(tables, starts, axis=1)
        by_right = np.add.reduceat(tables, inner, axis=0)
        total = np.add.reduceat(by_left, inner, axis=0)
        n[some] = total
        rows[some] = np.add.reduceat(by_left > 0, inner, axis=0, dtype=np.intp)
        cols[some] = np.add.reduceat(by_right > 0, starts, axis=1, dtype=np.intp)
        with np.errstate(divide="ignore", invalid="ignore"):
            expected = np.repeat(by_left / np.repeat(total, own, axis=0), sizes, axis=1)
            expected *= np.repeat(by_right, own, axis=0)
            log = np.where(tables > 0, tables * np.log(tables / expected), 0.0)
            part = np.where(expected > 0, (tables - expected) ** 2 / expected, 0.0)
            info[some] = (
                np.add.reduceat(np.add.reduceat(log, starts, axis=1), inner, axis=0) / total
            )
        chi2[some] = np.add.reduceat(np.add.reduceat(part, starts, axis=1), inner, axis=0)
    constant = (rows < 2) | (cols < 2)
    reason = np.where(n < LEAST_ROWS, TOO_FEW, np.where(constant, CONSTANT, 0))
    return NominalBlock(n, rows, cols, chi2, info, reason.astype(np.uint8))


def _portions(sizes: Ints, all_levels: int) -> Iterator[slice]:
    """Runs of columns whose tables with every other column fit into ``CELLS``."""
    start, held = 0, 0
    for place, size in enumerate(sizes):
        if place > start and (held + size) * all_levels > CELLS:
            yield slice(start, place)
            start, held = place, 0
        held += int(size)
    if len(sizes):
        yield slice(start, len(sizes))


def _tables(codes: Sequence[Codes], sizes: Ints, starts: Ints, places: Ints) -> Floats:
    """The contingency tables of some columns with all, side by side."""
    rows = len(codes[0])
    own = sizes[places]
    inner = np.concatenate([[0], np.cumsum(own)[:-1]]).astype(np.intp)
    tables = np.zeros((int(own.sum()), int(sizes.sum())))
    # Seconds by one product of indicators, and by counting pair after pair: rough, but the two
    # differ by orders of magnitude for few rows of many columns and for many levels.
    product = rows * (tables.size * 4e-11 + tables.shape[1] * 4e-9)
    counting = len(places) * len(codes) * (rows * 4e-9 + 3e-5)
    if counting < product:
        # Level 0 stands for missing here, so that no rows have to be picked out.
        shifted = [code.astype(np.int64) + 1 for code in codes]
        done = {int(p): i for i, p in enumerate(places)}
        for i, p in enumerate(places):
            for j in range(len(codes)):
                here = slice(inner[i], inner[i] + own[i]), slice(starts[j], starts[j] + sizes[j])
                if done.get(j, i) < i:
                    twin = done[j]
                    mirror = tables[inner[twin] : inner[twin] + own[twin]]
                    tables[here] = mirror[:, starts[p] : starts[p] + sizes[p]].T
                    continue
                wide = int(sizes[j]) + 1
                cell = shifted[p] * wide + shifted[j]
                counted = np.bincount(cell, minlength=(int(own[i]) + 1) * wide)
                tables[here] = counted.reshape(-1, wide)[1:, 1:]
        return tables
    wanted = np.concatenate([np.arange(starts[p], starts[p] + sizes[p]) for p in places])
    everything = len(wanted) == tables.shape[1]
    for _, marks in indicators(codes, starts, tables.shape[1]):
        # Counts of a piece are exact in single precision.
        tables += (marks if everything else marks[wanted]) @ marks.T
    return tables


def indicators(
    codes: Sequence[Codes], starts: Ints, total: int
) -> Iterator[tuple[slice, npt.NDArray[np.float32]]]:
    """Level indicators of pieces of rows: (rows, array of shape (all levels, these rows))."""
    rows = len(codes[0])
    step = max(64, min(1 << 15, CELLS // max(1, total)))
    for start in range(0, rows, step):
        stop = min(rows, start + step)
        marks = np.zeros((total, stop - start), dtype=np.float32)
        for column, first in zip(codes, starts, strict=True):
            code = column[start:stop]
            known = np.flatnonzero(code >= 0)
            marks[first + code[known], known] = 1.0
        yield slice(start, stop), marks
