"""The data behind a picture of two columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outfold.data.schema import ColumnType
from outfold.explore.associations import Pair
from outfold.explore.measures import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Two numbers as points.

    Attributes:
        x: Values of the first column, shape (n_points,); times in seconds since 1970.
        y: Of the second.
        group: Each point's level of the third column, a place in ``groups``; -1 where missing.
        groups: The levels; empty without a third column.
        shaken: Columns whose points are set a little aside, so that equal ones do not hide each
            other.
    """

    x: Floats
    y: Floats
    group: Ints
    groups: tuple[str, ...]
    shaken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Two numbers of few distinct values: how many rows lie at each point.

    Attributes:
        x: Values of the first column, shape (n_points,).
        y: Of the second.
        counts: Rows at each point for each group, shape (n_groups, n_points); one group without a
            third column.
        groups: The levels of the third column; empty without one.
    """

    x: Floats
    y: Floats
    counts: Ints
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Two numbers counted in a grid.

    Attributes:
        x_edges: Shape (n_x + 1,).
        y_edges: Shape (n_y + 1,).
        counts: Rows in each cell for each group (one without a third column), shape
            (n_groups, n_x, n_y).
        groups: The levels of the third column; empty without one.
        outside: Rows beyond the edges, which hold the middle 99.8 % of each column where its
            tails are long.
    """

    x_edges: Floats
    y_edges: Floats
    counts: Ints
    groups: tuple[str, ...]
    outside: int


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """How a number is spread within one level.

    Attributes:
        level: Of the column of levels.
        group: Of the third column, or nothing.
        n: Rows.
        low: Lower whisker: the least value within 1.5 interquartile ranges of the box.
        q1: Lower quartile.
        median: Median.
        q3: Upper quartile.
        high: Upper whisker.
        mean: Mean.
        outliers: Some of the values beyond the whiskers, the farthest included.
        n_outliers: How many there are.
    """

    level: str
    group: str
    n: int
    low: float
    q1: float
    median: float
    q3: float
    high: float
    mean: float
    outliers: tuple[float, ...]
    n_outliers: int


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """A number beside levels.

    Attributes:
        number: The column of numbers.
        levels_of: The column of levels.
        boxes: One for each level and group that has rows.
    """

    number: str
    levels_of: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Two columns of levels.

    Attributes:
        levels_a: Of the first column.
        levels_b: Of the second.
        counts: Rows, shape (n_groups, n_levels_a, n_levels_b); one group without a third column.
        groups: The levels of the third column; empty without one.
    """

    levels_a: tuple[str, ...]
    levels_b: tuple[str, ...]
    counts: Ints
    groups: tuple[str, ...]

    def shares(self) -> Floats:
        """Within each level of the first column, the share of each of the second, 0 to 1."""
        total = self.counts.sum(axis=2, keepdims=True)
        return np.divide(self.counts, total, out=np.zeros(self.counts.shape), where=total > 0)


@dataclass(frozen=True, slots=True, eq=False)
class PairView:
    """Two columns beside each other.

    Attributes:
        a: The first column; of a mixed pair the one of levels.
        b: The second.
        type_a: Its type.
        type_b: Its type.
        by: The third column, that it is split by, or None.
        n: Rows in which both are present.
        association: How strongly they go together.
        content: The picture's data.
        notes: Sentences about what was left out or thinned.
        given: Columns that are held fixed; then the two numbers stand for what these leave of them.
        ranked: Whether what is left is of ranks.
    """

    a: str
    b: str
    type_a: ColumnType
    type_b: ColumnType
    by: str | None
    n: int
    association: Pair
    content: Points | Counts | Grid | Boxes | Shares
    notes: tuple[str, ...]
    given: tuple[str, ...] = ()
    ranked: bool = False
