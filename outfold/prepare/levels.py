"""The levels of one categorical column as integer codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

UNSEEN = -1
"""What pandas takes as the code of a missing category."""


@dataclass(frozen=True)
class Levels:
    """The code of each level seen in fitting.

    Codes run from the commonest level (0) down; then the group of rare levels and the missing
    value, where training rows have them.

    Attributes:
        table: From level, as text, to code.
        missing: The code of a missing value, or ``UNSEEN`` where no training row had one.
        names: What each code stands for, for people.
        dtype: The pandas type with the categories 0 … L-1.
    """

    table: dict[str, int]
    missing: int
    names: tuple[str, ...]
    dtype: pd.CategoricalDtype

    @classmethod
    def learn(cls, column: pd.Series, min_count: int, max_levels: int) -> Self:
        """Learn the levels from the training rows of a column."""
        found, places = _levels(column)
        counts = np.bincount(places[places >= 0], minlength=len(found))
        seen = sorted(np.flatnonzero(counts).tolist(), key=lambda i: (-counts[i], found[i]))
        kept = [i for i in seen[:max_levels] if counts[i] >= min_count]
        rare = [i for i in seen if i not in set(kept)]
        if len(rare) == 1 and len(kept) < max_levels:
            kept, rare = kept + rare, []  # a group of one is that level
        table = {found[level]: code for code, level in enumerate(kept)}
        names = [found[level] for level in kept]
        if rare:
            table.update({found[level]: len(names) for level in rare})
            names.append("rare levels")
        missing = UNSEEN
        if (places < 0).any():
            missing = len(names)
            names.append("missing")
        return cls(table, missing, tuple(names), pd.CategoricalDtype(list(range(len(names)))))

    @property
    def size(self) -> int:
        """The number of codes."""
        return len(self.names)

    def codes(self, column: pd.Series) -> npt.NDArray[np.intp]:
        """The code of each row, shape (n_rows,); ``UNSEEN`` for a level that fitting never saw."""
        found, places = _levels(column)
        lookup = np.array(
            [*(self.table.get(f, UNSEEN) for f in found), self.missing], dtype=np.intp
        )
        return lookup[places]  # a missing cell's place is -1, the last entry


def _levels(column: pd.Series) -> tuple[list[str], npt.NDArray[np.integer[Any]]]:
    """The distinct values as text and each row's place among them, -1 where missing."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return [str(c) for c in column.cat.categories], column.cat.codes.to_numpy()
    places, found = pd.factorize(column)
    return [str(f) for f in found], places
