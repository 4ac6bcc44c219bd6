"""The rows of a table in groups by the values of one column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.metrics.metric import Ints
from outfold.study.table import as_text

MISSING = "(missing)"
REST = " other values)"
MOST_VALUES = 8
"""Distinct values up to which each is a group of its own."""
BINS = 5
"""Groups of a column of many numbers, of about equally many rows."""


@dataclass(frozen=True, slots=True, eq=False)
class RowGroups:
    """Which group each row is in.

    Attributes:
        column: The column whose values make the groups.
        labels: Of the groups: a value, or a range such as ``18 to 25``; missing values and rare
            ones have a group each.
        codes: Group of each row, shape (n_rows,).
        mixed: Codes of groups that are no one value: missing ones, and rare ones together.
    """

    column: str
    labels: tuple[str, ...]
    codes: Ints
    mixed: frozenset[int] = frozenset()


def row_groups(values: pd.Series, most: int = MOST_VALUES, bins: int = BINS) -> RowGroups:
    """Put rows into groups by a column.

    Numbers and dates with many values are cut at quantiles; of other values the most frequent are
    a group each, and the rest one together.

    Args:
        values: The column, shape (n_rows,).
        most: Groups of single values, at most.
        bins: Groups that numbers and dates are cut into.

    Raises:
        NotApplicableError: The column has one value alone.
    """
    missing = values.isna().to_numpy()
    known = values[~missing]
    numbers = _as_numbers(known)
    codes = np.zeros(len(values), dtype=np.intp)
    if numbers is not None and len(np.unique(numbers)) > most:
        inside, labels = _ranges(numbers, known, bins)
    else:
        inside, labels = _values(known, most)
    codes[~missing] = inside
    mixed = {code for code, label in enumerate(labels) if label.endswith(REST)}
    if missing.any():
        codes[missing] = len(labels)
        mixed.add(len(labels))
        labels.append(MISSING)
    if len(labels) < 2:
        raise NotApplicableError(
            f"{values.name} has one value alone.", "Take a column in which rows differ."
        )
    return RowGroups(str(values.name), tuple(labels), codes, frozenset(mixed))


def _as_numbers(known: pd.Series) -> np.ndarray | None:
    """The values as numbers where they are numbers or dates, else None."""
    if pd.api.types.is_bool_dtype(known.dtype):
        return None
    if pd.api.types.is_datetime64_any_dtype(known.dtype):
        return known.to_numpy(dtype="datetime64[s]").astype(np.int64).astype(np.float64)
    if pd.api.types.is_numeric_dtype(known.dtype):
        return known.to_numpy(dtype=np.float64)
    return None


def _ranges(numbers: np.ndarray, known: pd.Series, bins: int) -> tuple[Ints, list[str]]:
    cuts = np.unique(np.quantile(numbers, np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.searchsorted(cuts, numbers, side="left")
    codes = np.unique(place, return_inverse=True)[1].astype(np.intp)
    dates = pd.api.types.is_datetime64_any_dtype(known.dtype)
    labels = []
    for code in range(int(codes.max()) + 1):
        inside = numbers[codes == code]
        ends = (float(inside.min()), float(inside.max()))
        if dates:
            labels.append(" to ".join(str(pd.Timestamp(e, unit="s").date()) for e in ends))
        elif ends[0] == ends[1]:
            labels.append(f"{ends[0]:.4g}")
        else:
            labels.append(f"{ends[0]:.4g} to {ends[1]:.4g}")
    return codes, labels


def _values(known: pd.Series, most: int) -> tuple[Ints, list[str]]:
    texts = as_text(known)
    counts = texts.value_counts()
    kept = counts.index[: most if len(counts) <= most else most - 1].tolist()
    try:
        kept.sort(key=float)
    except ValueError:
        kept.sort(key=lambda name: (-counts[name], name))
    place = {name: code for code, name in enumerate(kept)}
    codes = texts.map(place).fillna(len(kept)).to_numpy(dtype=np.intp)
    labels = [str(name) for name in kept]
    if len(counts) > len(kept):
        labels.append(f"({len(counts) - len(kept):,}{REST}")
    return codes, labels
