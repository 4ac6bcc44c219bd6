"""Rank correlations: Spearman's rho and Kendall's tau-b, of one pair and of all pairs.

A pair's ranks are those among the rows that the two share, as in R's ``cor`` with pairwise complete
observations. Columns with the same rows missing are therefore ranked together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations

import numpy as np
import numpy.typing as npt

from outfold.explore.gaps import gap_groups
from outfold.explore.linear import correlation_p, pearson, pearson_block
from outfold.explore.measures import (
    CONSTANT,
    LEAST_ROWS,
    TOO_FEW,
    Association,
    Block,
    Floats,
    Ints,
    Report,
)

MOST_ENUMERATED = 9
"""Rows up to which Spearman's p-value can be had from all permutations."""


def ranks(values: Floats) -> Floats:
    """Ranks from 1, equal values sharing their mean rank; no missing values."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    size = np.diff(np.append(first, len(values)))
    result = np.empty(len(values))
    result[order] = np.repeat(first + (size + 1) / 2, size)
    return result


def spearman(a: Floats, b: Floats, *, exact: bool = False) -> Association:
    """Spearman's rho of two columns of shape (n_rows,) on the rows where both are present.

    Args:
        a: NaN is missing.
        b: NaN is missing.
        exact: Take the p-value from all permutations (at most nine rows) instead of Student's t.
    """
    both = ~(np.isnan(a) | np.isnan(b))
    x, y = ranks(a[both]), ranks(b[both])
    found = pearson(x, y)
    if not exact or found.reason:
        return found
    if found.n > MOST_ENUMERATED:
        raise ValueError(f"{found.n} rows are too many to enumerate their permutations")
    x, y = x - x.mean(), y - y.mean()
    every = np.array(list(permutations(y))) @ x
    # Sums of ranks are multiples of 1/4, so the slack only absorbs rounding.
    p = float((np.abs(every) >= abs(x @ y) - 1e-9).mean())
    return Association(found.value, p, found.n)


def kendall(a: Floats, b: Floats, *, exact: bool = False) -> Association:
    """Kendall's tau-b of two columns of shape (n_rows,) on the rows where both are present.

    Args:
        a: NaN is missing.
        b: NaN is missing.
        exact: Take the p-value from the exact distribution (no ties allowed) instead of the
            tie-corrected normal approximation without continuity correction.
    """
    from scipy import stats

    both = ~(np.isnan(a) | np.isnan(b))
    x, y = a[both], b[both]
    n = len(x)
    if n < LEAST_ROWS:
        return Association(np.nan, np.nan, n, "too few rows")
    if x.min() == x.max() or y.min() == y.max():
        return Association(np.nan, np.nan, n, "constant")
    found = stats.kendalltau(x, y, method="exact" if exact else "asymptotic")
    return Association(float(found.statistic), float(found.pvalue), n)


def spearman_block(
    columns: Sequence[Floats], left: Ints | None = None, report: Report | None = None
) -> Block:
    """Spearman's rho of every pair; see ``by_shared_rows`` for the arguments."""

    def measure(parts: Sequence[Floats], first: Ints, second: Ints) -> Block:
        return _between(pearson_block([ranks(p) for p in parts], first), second)

    return by_shared_rows(columns, left, measure, report)


def kendall_block(
    columns: Sequence[Floats], left: Ints | None = None, report: Report | None = None
) -> Block:
    """Kendall's tau-b of every pair; see ``by_shared_rows`` for the arguments."""

    def measure(parts: Sequence[Floats], first: Ints, second: Ints) -> Block:
        # With equal gaps all pairs are one block, so that its inside has to be told of as well.
        return _kendall_of_complete(parts, first, second, report)

    return by_shared_rows(columns, left, measure, report)


BlockMeasure = Callable[[Sequence[Floats], Ints, Ints], Block]
"""From complete columns and two lists of places to the block of those pairs."""


def by_shared_rows(
    columns: Sequence[Floats],
    left: Ints | None,
    measure: BlockMeasure,
    report: Report | None = None,
) -> Block:
    """Measure pairs on their shared rows, columns with the same gaps together.

    Args:
        columns: Arrays of shape (n_rows,); NaN is missing.
        left: Places of the columns whose pairs are wanted; all by default.
        measure: Called with columns cut to the rows that all of them have.
        report: Is told how many of the pairs are done, 0 to 1.
    """
    width = len(columns)
    chosen = np.arange(width) if left is None else left
    shape = (len(chosen), width)
    value, p = np.full(shape, np.nan), np.full(shape, np.nan)
    n, reason = np.zeros(shape, dtype=np.intp), np.zeros(shape, dtype=np.uint8)
    done, whole = 0, len(chosen) * width / (2 if left is None else 1)
    for rows, first, second in _same_gaps(columns, chosen):
        if report is not None:
            report(min(1.0, done / whole))
        done += len(first) * len(second)
        needed, place = np.unique(np.concatenate([chosen[first], second]), return_inverse=True)
        parts = [columns[c] if rows is None else columns[c][rows] for c in needed]
        shared = len(parts[0])
        where = np.ix_(first, second)
        n[where] = shared
        if shared < LEAST_ROWS:
            reason[where] = TOO_FEW
            continue
        found = measure(parts, place[: len(first)], place[len(first) :])
        value[where], reason[where] = found.value, found.reason
        p[where] = correlation_p(found.value, found.n) if found.p_value is None else found.p_value
        if left is None:
            mirror = np.ix_(second, first)
            n[mirror] = shared
            value[mirror], reason[mirror], p[mirror] = value[where].T, reason[where].T, p[where].T
    return Block(value, n, reason, p)


def _same_gaps(
    columns: Sequence[Floats], chosen: Ints
) -> Iterator[tuple[npt.NDArray[np.bool_] | None, Ints, Ints]]:
    """Which places in ``chosen`` and which columns share which rows; each pair comes once."""
    groups = gap_groups(columns)
    everything = len(chosen) == len(columns)
    for i, (rows_a, places_a) in enumerate(groups):
        first = places_a if everything else np.flatnonzero(np.isin(chosen, places_a))
        if not len(first):
            continue
        for rows_b, places_b in groups[i:] if everything else groups:
            if rows_a is None or rows_b is None:
                rows = rows_b if rows_a is None else rows_a
            else:
                rows = rows_a & rows_b
            yield rows, first, places_b


def _between(block: Block, second: Ints) -> Block:
    """A block with only some of its columns."""
    p = None if block.p_value is None else block.p_value[:, second]
    return Block(block.value[:, second], block.n[:, second], block.reason[:, second], p)


def _kendall_of_complete(
    parts: Sequence[Floats], first: Ints, second: Ints, report: Report | None
) -> Block:
    """Kendall's tau-b: all at once where rows are few and pairs many, else pair by pair."""
    n, pairs = len(parts[0]), len(first) * len(second)
    if n * n * pairs * 2e-11 + n * n * len(parts) * 3e-9 < pairs * (5e-4 + n * 4e-7):
        return _kendall_by_signs(parts, first, second)
    value = np.full((len(first), len(second)), np.nan)
    p, reason = value.copy(), np.zeros(value.shape, dtype=np.uint8)
    for i, a in enumerate(first):
        if report is not None and len(first) > 1:
            report(i / len(first))
        for j, b in enumerate(second):
            found = kendall(parts[a], parts[b])
            value[i, j], p[i, j] = found.value, found.p_value
            reason[i, j] = CONSTANT if found.reason else 0
    return Block(value, np.full(value.shape, n), reason, p)


def _kendall_by_signs(parts: Sequence[Floats], first: Ints, second: Ints) -> Block:
    """Concordant less discordant pairs of rows as a product of matrices of signs."""
    from scipy import special

    n = len(parts[0])
    data = np.stack([ranks(p) for p in parts])
    upper = np.zeros((len(first), len(second)))
    step = max(1, (1 << 22) // (len(parts) * n))
    for start in range(1, n, step):
        # Differences between row i and every later row, for some distances at a time.
        signs = [np.sign(data[:, d:] - data[:, :-d]) for d in range(start, min(n, start + step))]
        sign = np.concatenate(signs, axis=1).astype(np.float32)
        upper += sign[first] @ sign[second].T
    sizes = [np.unique(row, return_counts=True)[1].astype(np.float64) for row in data]
    tied = np.array([(t * (t - 1)).sum() / 2 for t in sizes])
    tied3 = np.array([(t * (t - 1) * (t - 2)).sum() for t in sizes])
    spread = np.array([(t * (t - 1) * (2 * t + 5)).sum() for t in sizes])
    every = n * (n - 1) / 2
    free = every - tied
    flat = (free[first][:, None] == 0) | (free[second][None, :] == 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = upper / np.sqrt(free[first][:, None] * free[second][None, :])
        variance = (
            (n * (n - 1) * (2 * n + 5) - spread[first][:, None] - spread[second][None, :]) / 18
            + 2 * tied[first][:, None] * tied[second][None, :] / (n * (n - 1))
            + tied3[first][:, None] * tied3[second][None, :] / (9 * n * (n - 1) * (n - 2))
        )
        p = special.erfc(np.abs(upper) / np.sqrt(2 * variance))
    value[flat] = p[flat] = np.nan
    reason = np.where(flat, CONSTANT, 0).astype(np.uint8)
    return Block(np.clip(value, -1.0, 1.0), np.full(value.shape, n), reason, p)
