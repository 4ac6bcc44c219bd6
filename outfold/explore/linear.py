"""Pearson's correlation: of one pair, of all pairs at once, its p-value and its interval.

With missing values each pair is measured on the rows that it has complete, by matrix products over
pieces of the table on several threads: 100 columns of 100,000 rows, each with gaps of its own, take
about twice as long as ``numpy.corrcoef`` of a table without any.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outfold.explore.gaps import gap_groups
from outfold.explore.measures import (
    CONSTANT,
    LEAST_ROWS,
    TOO_FEW,
    Association,
    Block,
    Floats,
    Ints,
)
from outfold.explore.threads import shared_out

PIECE = 1 << 18
"""Cells taken at a time by a thread: small enough for a processor's cache."""

FLAT = 1e-13
"""A variance below this share of the mean square is rounding error of a constant."""

DOUBTFUL = 1e-6
"""Below this share, a variance from sums has lost digits and is computed anew from the rows."""


@dataclass(frozen=True, slots=True, eq=False)
class Shifted:
    """Columns of numbers with the shift and scale that keep their sums exact.

    Attributes:
        columns: One array of shape (n_rows,) each; NaN is missing.
        shift: Taken off each column: near the middle of its values.
        scale: Each column is divided by this: 1, or its largest distance from the shift where
            that is extremely great or small.
        constant: Columns that do not vary at all.
        missing: Columns with a missing value.
    """

    columns: Sequence[Floats]
    shift: Floats
    scale: Floats
    constant: npt.NDArray[np.bool_]
    missing: npt.NDArray[np.bool_]

    @property
    def cells(self) -> int:
        """How many numbers there are."""
        return sum(len(column) for column in self.columns)

    def pieces(
        self, part: int, parts: int, space: Floats | None = None
    ) -> Iterator[tuple[Floats, npt.NDArray[np.bool_]]]:
        """Every so many pieces of rows as (values, absent), shape (n_columns, some rows) each.

        Missing values are 0 in the values. The arrays are used again for the next piece.

        Args:
            part: The first piece, counted from 0.
            parts: The next piece is so many further on.
            space: Room for the values of a piece.
        """
        width, rows = len(self.columns), len(self.columns[0]) if self.columns else 0
        if space is None:
            space = np.empty((width, max(256, PIECE // max(1, width))))
        step = space.shape[1]
        gaps = bool(self.missing.any())
        factor = 1.0 / self.scale[:, None]
        holes = np.zeros(space.shape, dtype=bool)
        for start in range(part * step, rows, parts * step):
            stop = min(rows, start + step)
            values, absent = space[:, : stop - start], holes[:, : stop - start]
            for place, column in enumerate(self.columns):
                np.subtract(column[start:stop], self.shift[place], out=values[place])
            if not (factor == 1.0).all():
                np.multiply(values, factor, out=values)
            if gaps:
                np.isnan(values, out=absent)
                np.putmask(values, absent, 0.0)
            yield values, absent


def shifted(columns: Sequence[Floats]) -> Shifted:
    """Find each column's shift and scale; infinite values must have been taken out before."""
    width = len(columns)
    low, high = np.full(width, np.nan), np.full(width, np.nan)
    middle = np.zeros(width)
    missing = np.zeros(width, dtype=bool)
    for place, column in enumerate(columns):
        if not len(column):
            continue
        low[place], high[place] = np.fmin.reduce(column), np.fmax.reduce(column)
        missing[place] = np.isnan(column.sum()) if np.isfinite(high[place]) else True
        sample = np.sort(column[:: max(1, len(column) // 512)])
        known = int(np.searchsorted(sample, np.nan))
        middle[place] = sample[known // 2] if known else low[place]
    middle = np.where(np.isnan(middle), 0.0, middle)
    scale = np.fmax(high - middle, middle - low)
    # Only magnitudes whose squares would overflow or vanish have to be changed.
    usable = np.isfinite(scale) & (scale > 0) & ((scale < 1e-50) | (scale > 1e50))
    return Shifted(columns, middle, np.where(usable, scale, 1.0), ~(low < high), missing)


def pearson_block(columns: Sequence[Floats], left: Ints | None = None) -> Block:
    """Pearson's r of every pair, each on the rows where both are present.

    Args:
        columns: Arrays of shape (n_rows,); NaN is missing, infinite values are not allowed.
        left: Places of the columns whose pairs are wanted; all by default.
    """
    return pearson_of(shifted(columns), left)


def pearson_of(data: Shifted, left: Ints | None = None) -> Block:
    """See ``pearson_block``; for columns whose shift is known."""
    chosen = np.arange(len(data.columns)) if left is None else left
    sums = _sums_with_gaps if data.missing.any() else _sums_without_gaps
    n, vx, vy, xy, flat, doubtful = sums(data, chosen, left is None)
    constant = data.constant[chosen][:, None] | data.constant[None, :] | flat
    vx = np.sqrt(np.maximum(vx, 0.0))
    vy = vx.T if vy is None else np.sqrt(np.maximum(vy, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        xy /= vx
        xy /= vy
    value = np.clip(xy, -1.0, 1.0, out=xy)
    reason = np.zeros(value.shape, dtype=np.uint8)
    reason[constant] = CONSTANT
    reason[n < LEAST_ROWS] = TOO_FEW
    for i, j in zip(*np.nonzero(doubtful & (reason == 0)), strict=True):
        found = pearson(data.columns[chosen[i]], data.columns[j])
        value[i, j] = found.value
        reason[i, j] = CONSTANT if found.reason else 0
    value[reason > 0] = np.nan
    return Block(value, n, reason)


Sums = tuple[Ints, Floats, Floats | None, Floats, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]
"""Shared rows, squares of the left and the right column about their means (None where they are the
left ones transposed), products about the means, whether flat, whether doubtful."""


def _sums_without_gaps(data: Shifted, chosen: Ints, everything: bool) -> Sums:
    """Every pair shares all rows: one product of matrices."""
    width, rows = len(data.columns), len(data.columns[0]) if data.columns else 0

    def summed(part: int, parts: int) -> tuple[Floats, Floats, Floats]:
        xy, x, xx = np.zeros((len(chosen), width)), np.zeros(width), np.zeros(width)
        for z, _ in data.pieces(part, parts):
            xy += (z if everything else z[chosen]) @ z.T
            x += z.sum(axis=1)
            xx += np.einsum("ij,ij->i", z, z)
        return xy, x, xx

    xy, x, xx = (sum(found) for found in zip(*shared_out(summed, data.cells), strict=True))
    count = max(rows, 1)
    xy -= np.outer(x[chosen], x / count)
    about = xx - x * x / count
    flat, doubtful = about <= FLAT * xx, about < DOUBTFUL * xx
    n = np.full(xy.shape, rows, dtype=np.intp)
    return (
        n,
        about[chosen][:, None],
        about[None, :],
        xy,
        flat[chosen][:, None] | flat,
        doubtful[chosen][:, None] | doubtful,
    )


def _sums_with_gaps(data: Shifted, chosen: Ints, everything: bool) -> Sums:
    """Each pair shares rows of its own: sums over the rows that a column has.

    Columns that are missing in the same rows share their sums.
    """
    width, some = len(data.columns), len(chosen)
    groups = gap_groups(data.columns)
    which = np.empty(width, dtype=np.intp)
    for number, (_, places) in enumerate(groups):
        which[places] = number
    first = np.array([places[0] for _, places in groups], dtype=np.intp)
    known = _shared_rows([rows for rows, _ in groups], len(data.columns[0]))
    n = known[np.ix_(which[chosen], which)].astype(np.float64)
    xy, left, right = _sums_by_presence(data, chosen, everything, first, which)
    left, right = left[:, which], right[:, which[chosen]]
    x, xx = left[:some], left[some:]
    y, yy = (x.T, xx.T) if everything else (right[:width].T, right[width:].T)
    count = np.maximum(n, 1.0)
    xy -= x * y / count
    vx = xx - x * x / count
    vy = None if everything else yy - y * y / count
    flat, doubtful = vx <= FLAT * xx, vx < DOUBTFUL * xx
    if vy is None:
        flat, doubtful = flat | flat.T, doubtful | doubtful.T
    else:
        flat, doubtful = flat | (vy <= FLAT * yy), doubtful | (vy < DOUBTFUL * yy)
    return n.astype(np.intp), vx, vy, xy, flat, doubtful


def _shared_rows(present: Sequence[npt.NDArray[np.bool_] | None], rows: int) -> Ints:
    """How many rows every two groups of columns share, counted in words of 64 rows."""
    words = np.zeros((len(present), -(-rows // 64)), dtype=np.uint64)
    for place, known in enumerate(present):
        packed = np.packbits(np.ones(rows, dtype=bool) if known is None else known)
        words[place].view(np.uint8)[: len(packed)] = packed
    n = np.empty((len(present), len(present)), dtype=np.intp)
    for place, own in enumerate(words):
        n[place, place:] = np.bitwise_count(own & words[place:]).sum(axis=1)
        n[place:, place] = n[place, place:]
    return n


def _sums_by_presence(
    data: Shifted, chosen: Ints, everything: bool, first: Ints, which: Ints
) -> tuple[Floats, Floats, Floats]:
    """Products of columns; their sums and squares over the rows that some columns have.

    Args:
        data: The columns.
        chosen: Places of the left ones.
        everything: Whether these are all.
        first: One column of each group that is missing in the same rows.
        which: Each column's group.

    Returns:
        Products, shape (n_left, n_columns); sums and below them squares of the left columns by
        group, shape (2 n_left, n_groups); the same of all columns, where these are others.
    """
    width, some, kinds = len(data.columns), len(chosen), len(first)
    twice, own = np.concatenate([chosen, chosen + width]), np.unique(which[chosen])

    def summed(part: int, parts: int) -> tuple[Floats, Floats, Floats]:
        xy = np.zeros((some, width))
        left, right = np.zeros((2 * some, kinds)), np.zeros((2 * width, kinds))
        # The work space is taken once: fresh memory for each piece costs more than the sums in it.
        step = max(256, PIECE // max(1, width))
        space, masks = np.empty((2 * width, step)), np.empty((kinds, step))
        for z, absent in data.pieces(part, parts, space[:width]):
            rows = z.shape[1]
            both, mask = space[:, :rows], masks[:, :rows]
            np.copyto(mask, ~absent if kinds == width else ~absent[first])
            np.multiply(z, z, out=both[width:])
            if everything:
                xy += z @ z.T
                left += both @ mask.T
            else:
                xy += z[chosen] @ z.T
                left += both[twice] @ mask.T
                right[:, own] += both @ mask[own].T
        return xy, left, right

    xy, left, right = (sum(f) for f in zip(*shared_out(summed, data.cells), strict=True))
    return xy, left, left if everything else right


def correlation_p(value: Floats, n: Ints | Floats, controls: int = 0) -> Floats:
    """Two-sided p-values of correlations by Student's t with n - 2 - controls degrees of freedom.

    NaN where the correlation is, or where no degree of freedom is left.
    """
    from scipy import special

    freedom = np.asarray(n, dtype=np.float64) - 2.0 - controls
    value = np.asarray(value, dtype=np.float64)
    # 1 - r² = (1 - r)(1 + r) keeps its digits next to 1.
    rest = (1.0 - value) * (1.0 + value)
    usable = (freedom > 0) & ~np.isnan(value)
    p: Floats = special.betainc(np.where(usable, freedom, 1.0) / 2.0, 0.5, rest)
    return np.where(usable, p, np.nan)


def pearson(a: Floats, b: Floats) -> Association:
    """Pearson's r of two columns of shape (n_rows,) on the rows where both are present."""
    both = ~(np.isnan(a) | np.isnan(b))
    x, y = a[both], b[both]
    n = len(x)
    if n < LEAST_ROWS:
        return Association(np.nan, np.nan, n, "too few rows")
    if x.min() == x.max() or y.min() == y.max():
        return Association(np.nan, np.nan, n, "constant")
    x, y = unit(x), unit(y)
    r = float(np.clip(x @ y, -1.0, 1.0))
    return Association(r, float(correlation_p(np.array(r), np.array(n))), n)


def unit(x: Floats) -> Floats:
    """Centred and of length 1, whatever the magnitude."""
    x = x - x[0]
    x = x / np.abs(x).max()
    x = x - x.mean()
    return x / np.sqrt(x @ x)


def fisher_interval(
    value: float, n: int, level: float = 0.95, factor: float = 1.0
) -> tuple[float, float]:
    """The confidence interval of a correlation by Fisher's z (1921).

    Args:
        value: The correlation.
        n: Rows.
        level: Confidence, 0 to 1.
        factor: What the variance 1 / (n - 3) is multiplied by: 1 for Pearson's r, 1.06 for
            Spearman's rho (Fieller, Hartley & Pearson 1957).
    """
    from scipy import special

    if not n > 3 or np.isnan(value):
        return (np.nan, np.nan)
    if abs(value) >= 1.0:
        return (value, value)
    half = special.ndtri((1 + level) / 2) * np.sqrt(factor / (n - 3))
    centre = np.arctanh(value)
    return (float(np.tanh(centre - half)), float(np.tanh(centre + half)))
