"""Linear association between columns of any type, on one scale from 0 to 1.

Two columns, each a number or a set of level indicators, have canonical correlations; the sum of
their squares is Pillai's trace V. ``V / s``, with s the smaller number of dimensions, is r² for two
numbers, the squared correlation ratio η² for a number and categories, and the square of Cramér's V
(without bias correction) for two categorical columns, since V is then chi-square / n.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.select.columns import Floats, Ints, codes, is_discrete, numbers, outcome
from outfold.task import Task, is_classification


@dataclass(frozen=True)
class Measured:
    """One column ready for products: centred to unit length, or level codes.

    Attributes:
        values: Centred numbers of unit length, or codes with -1 where missing.
        levels: Number of levels; 0 for a number.
        dimensions: Levels less one, or 1 for a number; 0 for a constant.
    """

    values: Floats | Ints
    levels: int
    dimensions: int


def measured_number(values: Floats) -> Measured:
    """A number, centred and scaled to unit length."""
    centred = values - values.mean()
    length = float(np.linalg.norm(centred))
    scale = float(np.abs(values).max(initial=0.0)) * len(values) ** 0.5
    if length <= 1e-12 * scale or length == 0.0:
        return Measured(np.zeros(len(values)), 0, 0)
    return Measured(centred / length, 0, 1)


def measured_codes(level: Ints) -> Measured:
    """A categorical column; a missing code counts as a level of its own."""
    if (level < 0).any():
        level = np.where(level < 0, level.max() + 1, level)
    levels = int(level.max()) + 1
    return Measured(level, levels, levels - 1)


class Associations:
    """The associations of a prepared frame's columns, computed for one column at a time.

    Args:
        X: A prepared frame.
    """

    def __init__(self, X: pd.DataFrame) -> None:
        self.columns = [
            measured_codes(codes(X[c])) if is_discrete(X[c]) else measured_number(numbers(X[c]))
            for c in X.columns
        ]
        self.dimensions = np.array([c.dimensions for c in self.columns], dtype=np.int64)
        self._numeric = np.array([i for i, c in enumerate(self.columns) if c.levels == 0], int)
        self._discrete = [i for i, c in enumerate(self.columns) if c.levels > 0]
        self._matrix = (
            np.column_stack([self.columns[i].values for i in self._numeric])
            if len(self._numeric)
            else np.zeros((len(X), 0))
        )

    def traces(self, other: Measured) -> Floats:
        """Pillai's trace of every column with another one, ``(n_columns,)``."""
        found = np.zeros(len(self.columns))
        if other.dimensions == 0:
            return found
        if other.levels == 0:
            found[self._numeric] = (other.values @ self._matrix) ** 2
            for i in self._discrete:
                found[i] = _between(other.values, self.columns[i])
            return found
        counts = np.bincount(other.values, minlength=other.levels)
        if len(self._numeric):
            sums = _class_sums(self._matrix, other.values, other.levels)
            found[self._numeric] = (sums**2 / counts[:, None]).sum(axis=0)
        for i in self._discrete:
            column = self.columns[i]
            joint = np.bincount(
                column.values * other.levels + other.values,
                minlength=column.levels * other.levels,
            ).reshape(column.levels, other.levels)
            expected = np.outer(joint.sum(axis=1), joint.sum(axis=0)).astype(float)
            found[i] = max(float((joint**2 / expected).sum()) - 1.0, 0.0)
        return found

    def shared_dimensions(self, other: Measured) -> Ints:
        """The smaller number of dimensions of each column and another one."""
        return np.minimum(self.dimensions, other.dimensions)

    def strengths(self, other: Measured) -> Floats:
        """|r|, η or Cramér's V of every column with another one, 0 to 1; 0 for a constant."""
        shared = self.shared_dimensions(other)
        share = self.traces(other) / np.maximum(shared, 1)
        return np.sqrt(np.clip(np.where(shared > 0, share, 0.0), 0.0, 1.0))

    def strengths_with(self, position: int) -> Floats:
        """The strengths of every column with one of them."""
        return self.strengths(self.columns[position])


def measured_target(y: object, task: Task) -> Measured:
    """The target as a column: classes for classification, a number otherwise."""
    values = outcome(y, task)
    if is_classification(task):
        return measured_codes(values.astype(np.int64))
    return measured_number(values.astype(np.float64))


def _between(unit: Floats | Ints, column: Measured) -> float:
    """Between-level share of a unit-length number's sum of squares."""
    sums = np.bincount(column.values, weights=unit, minlength=column.levels)
    return float((sums**2 / np.bincount(column.values, minlength=column.levels)).sum())


def _class_sums(matrix: Floats, level: Floats | Ints, levels: int) -> Floats:
    """Column sums within each level, ``(levels, n_columns)``."""
    return np.stack([matrix[level == c].sum(axis=0) for c in range(levels)])
