"""The distinct values of a column and how often each stands there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from outfold.data.schema import Schema
from outfold.data.wording import number
from outfold.data.words import quoted


def level_counts(column: pd.Series) -> pd.Series:
    """Rows per distinct value, as text, most frequent first and equal ones in text order.

    Missing cells are not counted, nor are categories that no row has.
    """
    counts = column.value_counts(dropna=True)
    counts = counts[counts > 0]
    counts.index = pd.Index([str(level) for level in counts.index], dtype=object)
    order = sorted(range(len(counts)), key=lambda i: (-int(counts.iloc[i]), counts.index[i]))
    return counts.iloc[order]


def some_levels(column: pd.Series, most: int = 1000) -> list[str]:
    """A few of the distinct values as text, quickly: enough to see what kind of text they are."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return [str(level) for level in column.cat.categories[:most]]
    spread = column.dropna().iloc[:: max(1, len(column) // (4 * most))]
    return [str(value) for value in spread.unique()[:most]]


def shown_value(value: object) -> str:
    """A cell's value for a sentence: numbers with the digits they have, text in quotes."""
    if isinstance(value, float | int | np.number) and not isinstance(value, bool):
        return number(float(value))
    return quoted(value)


def holds_classes(schema: Schema, column: str) -> bool:
    """Whether a column's values are classes: levels, truth values, or a number with two values."""
    found = schema[column]
    if found.type in ("categorical", "boolean"):
        return True
    return found.type == "numeric" and 0 < found.unique <= 2
