"""Entropies of counts and what follows from them, in bits, as Weka 3.6 computes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from outfold.select.columns import Floats, Ints

ROUNDING = 1e-12
"""Bits below which a gain is a zero with rounding noise."""


def entropy(counts: npt.NDArray[Any], axis: int | None = None) -> Any:
    """Entropy in bits of counts along an axis (of all of them by default); 0 where all are 0."""
    counts = np.asarray(counts, dtype=np.float64)
    total = counts.sum(axis=axis, keepdims=True)
    shares = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    logs = np.log2(shares, out=np.zeros_like(shares), where=shares > 0)
    return -(shares * logs).sum(axis=axis)


def contingency(a: Ints, b: Ints) -> Floats:
    """Counts of each pair of levels, ``(levels of a, levels of b)``; -1 stands for missing.

    A missing value is shared out among the known values in proportion to their overall totals
    (Weka's "missing merge"); a pair missing on both sides in proportion to the complete pairs.
    """
    rows, columns = int(a.max(initial=-1)) + 1, int(b.max(initial=-1)) + 1
    full = np.zeros((rows + 1, columns + 1))
    np.add.at(full, (np.where(a < 0, rows, a), np.where(b < 0, columns, b)), 1.0)
    known = full[:rows, :columns]
    shared = known.copy()
    row_totals, column_totals = full[:rows].sum(axis=1), full[:, :columns].sum(axis=0)
    if column_totals.sum() > 0:
        shared += np.outer(full[:rows, columns], column_totals / column_totals.sum())
    if row_totals.sum() > 0:
        shared += np.outer(row_totals / row_totals.sum(), full[rows, :columns])
    if full[rows, columns] and known.sum() > 0:
        shared += full[rows, columns] * known / known.sum()
    return shared


def information_gain(table: Floats) -> float:
    """Mutual information of rows and columns of a table of counts, bits."""
    gain = entropy(table.sum(axis=1)) + entropy(table.sum(axis=0)) - entropy(table)
    return float(gain) if gain > ROUNDING else 0.0


def gain_ratio(table: Floats) -> float:
    """Information gain divided by the entropy of the rows (the feature); 0 for one row."""
    own = float(entropy(table.sum(axis=1)))
    return information_gain(table) / own if own > 0 else 0.0


def symmetrical_uncertainty(table: Floats) -> float:
    """Twice the mutual information over the sum of both entropies, 0 to 1; 0 where both are 0."""
    both = float(entropy(table.sum(axis=1)) + entropy(table.sum(axis=0)))
    return 2.0 * information_gain(table) / both if both > 0 else 0.0


def chi_squared(table: Floats) -> tuple[float, int]:
    """Pearson's chi-square of a table of counts (no continuity correction) and its df."""
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    table = table[rows > 0][:, columns > 0]
    if table.size == 0:
        return 0.0, 0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    return statistic, (table.shape[0] - 1) * (table.shape[1] - 1)


class JointEntropies:
    """Mutual information and symmetrical uncertainty of one coded column with many at once.

    Args:
        levels: Codes without missing values, ``(n_rows, n_columns)``.
    """

    def __init__(self, levels: Ints) -> None:
        self.codes = levels
        self.counts = levels.max(axis=0, initial=0) + 1
        self.n_rows = len(levels)
        self.entropies = self._entropies(np.zeros(self.n_rows, dtype=np.int64), 1)

    def _entropies(self, other: Ints, others: int) -> Floats:
        """Joint entropy in bits of each column with another one."""
        found = np.empty(self.codes.shape[1])
        # Columns are taken in blocks so that the joint codes stay within some tens of megabytes.
        step = max(1, 4_000_000 // max(self.n_rows, 1))
        for start in range(0, len(found), step):
            part = slice(start, start + step)
            cells = self.counts[part] * others
            starts = np.concatenate(([0], np.cumsum(cells)[:-1]))
            joint = self.codes[:, part] * others + other[:, None] + starts
            counts = np.bincount(joint.ravel(), minlength=int(cells.sum())).astype(np.float64)
            logs = np.log2(counts, out=np.zeros_like(counts), where=counts > 0)
            sums = np.add.reduceat(counts * logs, starts)
            found[part] = np.log2(self.n_rows) - sums / self.n_rows
        return found

    def information(self, other: Ints) -> Floats:
        """Mutual information in bits of each column with a coded one, ``(n_columns,)``."""
        others = int(other.max(initial=0)) + 1
        own = float(entropy(np.bincount(other, minlength=others)))
        gain = self.entropies + own - self._entropies(other, others)
        return np.where(gain > ROUNDING, gain, 0.0)

    def uncertainty(self, other: Ints) -> Floats:
        """Symmetrical uncertainty of each column with a coded one, 0 to 1; 0 without entropy."""
        own = float(entropy(np.bincount(other)))
        both = self.entropies + own
        gain = self.information(other)
        return np.divide(2.0 * gain, both, out=np.zeros_like(both), where=both > 0)
