"""Prepared frames as plain numbers for linear and tree methods, each column knowing its source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.select.columns import Floats, Ints, codes, is_discrete, numbers, owners


@dataclass(frozen=True)
class Encoded:
    """Numbers in which every level of a categorical column has an indicator of its own.

    Attributes:
        matrix: ``(n_rows, n_encoded)``.
        owner: For each encoded column the position of its source in ``sources``.
        sources: The columns that the analyst knows.
    """

    matrix: Floats
    owner: Ints
    sources: tuple[str, ...]

    def of(self, members: list[int]) -> Floats:
        """The encoded columns of some sources, given by position."""
        return self.matrix[:, np.isin(self.owner, members)]

    def total(self, values: Floats) -> Floats:
        """A figure per encoded column added up per source."""
        sums = np.bincount(self.owner, weights=values, minlength=len(self.sources))
        return sums.astype(np.float64)

    def largest(self, values: Floats) -> Floats:
        """The largest figure among a source's encoded columns; 0 where it has none."""
        top = np.zeros(len(self.sources))
        np.maximum.at(top, self.owner, values)
        return top


def encode(X: pd.DataFrame) -> Encoded:
    """One-hot encode the categorical columns; a missing level is zero in all its indicators.

    Each encoded column gets mean 0 and population standard deviation 1, so that coefficients can be
    compared; constant columns become 0.

    Args:
        X: A prepared frame.
    """
    sources, owner = owners(X)
    blocks: list[Floats] = []
    belongs: list[int] = []
    for position, name in enumerate(X.columns):
        column = X[name]
        if is_discrete(column):
            level = codes(column)
            block = (level[:, None] == np.arange(max(level.max(initial=-1) + 1, 1))).astype(float)
        else:
            block = numbers(column)[:, None]
        blocks.append(block)
        belongs += [int(owner[position])] * block.shape[1]
    matrix = np.hstack(blocks)
    matrix = matrix - matrix.mean(axis=0)
    spread = matrix.std(axis=0)
    # A constant column's spread is rounding noise around 0; dividing by it would invent signal.
    flat = spread <= 1e-12
    matrix[:, flat] = 0.0
    matrix /= np.where(flat, 1.0, spread)
    return Encoded(matrix, np.asarray(belongs, dtype=np.int64), sources)


def encode_for_trees(X: pd.DataFrame) -> Encoded:
    """The prepared columns as they are, a categorical one as its level codes; a missing level last.

    One column each: trees draw the columns that a split may use, so that a column in forty parts
    would be looked at forty times as often as a number, and weigh more however little it tells.

    Args:
        X: A prepared frame.
    """
    sources, owner = owners(X)
    columns: list[Floats] = []
    for name in X.columns:
        column = X[name]
        if is_discrete(column):
            level = codes(column)
            columns.append(np.where(level < 0, level.max(initial=-1) + 1, level).astype(np.float64))
        else:
            columns.append(numbers(column))
    return Encoded(np.column_stack(columns), owner, sources)
