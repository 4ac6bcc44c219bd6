"""Prepared columns and the columns that the analyst knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from outfold.data.schema import source_of
from outfold.errors import NotApplicableError
from outfold.task import Task, is_classification

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Target = Any
"""A target: a Series or an array, class codes for classification and numbers otherwise."""


def groups(X: pd.DataFrame) -> dict[str, list[str]]:
    """The prepared columns of each source column, both in the frame's order."""
    found: dict[str, list[str]] = {}
    for name in X.columns:
        found.setdefault(source_of(str(name)), []).append(str(name))
    return found


def owners(X: pd.DataFrame) -> tuple[tuple[str, ...], Ints]:
    """The source columns, and for each prepared column the position of its source among them."""
    sources = tuple(groups(X))
    place = {name: i for i, name in enumerate(sources)}
    return sources, np.array([place[source_of(str(c))] for c in X.columns], dtype=np.int64)


def is_discrete(column: pd.Series[Any]) -> bool:
    """Whether a prepared column holds level codes rather than numbers."""
    return isinstance(column.dtype, pd.CategoricalDtype)


def codes(column: pd.Series[Any]) -> Ints:
    """Level codes 0 … L-1 without gaps, -1 where missing, ``(n_rows,)``."""
    raw = np.asarray(column.cat.codes, dtype=np.int64)
    known = raw >= 0
    dense = np.full(len(raw), -1, dtype=np.int64)
    if known.any():
        dense[known] = np.unique(raw[known], return_inverse=True)[1]
    return dense


def numbers(column: pd.Series[Any]) -> Floats:
    """A prepared numeric column as an array, ``(n_rows,)``."""
    return column.to_numpy(dtype=np.float64)


def classes(y: Target) -> Ints:
    """The target's classes as codes 0 … K-1 without gaps, ``(n_rows,)``.

    Raises:
        NotApplicableError: All rows are of one class, so no column can tell classes apart.
    """
    _, dense = np.unique(np.asarray(y), return_inverse=True)
    if len(dense) == 0 or dense.max() == 0:
        raise NotApplicableError(
            "All rows are of one class, so no column can be told to separate classes.",
            "Take rows with two classes or more.",
        )
    return dense.astype(np.int64)


def outcome(y: Target, task: Task) -> Ints | Floats:
    """The target as class codes or as numbers, whichever the task has.

    Raises:
        NotApplicableError: The target does not vary.
    """
    if is_classification(task):
        return classes(y)
    values = np.asarray(y, dtype=np.float64)
    if len(values) == 0 or np.all(values == values[0]):
        raise NotApplicableError(
            "The target has one value in all rows, so no column can explain it.",
            "Take rows in which the target varies.",
        )
    return values


def best_part(values: Iterable[float], owner: Ints, n_sources: int) -> Floats:
    """A source's score from those of its prepared columns: the highest; NaN counts as none."""
    best = np.full(n_sources, -np.inf)
    np.maximum.at(best, owner, np.nan_to_num(np.asarray(list(values)), nan=-np.inf))
    return np.where(np.isneginf(best), np.nan, best)


def named(sources: Iterable[str], values: Iterable[float]) -> Mapping[str, float]:
    """Scores by source name, as plain floats."""
    return {name: float(value) for name, value in zip(sources, values, strict=True)}
