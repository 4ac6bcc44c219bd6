"""What a column does to the prediction: partial dependence, single rows, accumulated local effects.

Source: Friedman 2001, Greedy function approximation (partial dependence); Goldstein et al. 2015,
Peeking inside the black box (individual conditional expectation); Apley & Zhu 2020, Visualizing the
effects of predictor variables in black box supervised learning models (accumulated local effects).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from outfold.metrics.metric import Floats

POINTS = 20
"""Values of a number that are tried; intervals of accumulated local effects."""
MOST_LEVELS = 12
"""Levels of a category that are tried, the commonest."""
LINES = 60
"""Rows whose single lines are kept."""

Answer = Callable[[pd.DataFrame], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The values of one column that are tried.

    Attributes:
        column: The column.
        values: The values, ascending for numbers and moments, in the order of accumulated effects
            for categories.
        shown: The values as text.
        is_number: Whether they have a distance.
        at: Their places on an axis: numbers as they are, moments in nanoseconds, else 0, 1, ….
    """

    column: str
    values: tuple[object, ...]
    shown: tuple[str, ...]
    is_number: bool
    at: Floats


def grid_of(frame: pd.DataFrame, column: str, points: int = POINTS) -> Grid | None:
    """The values to try for a column, from the values that it has; None with fewer than two.

    Numbers: quantiles, so that as many rows lie in each interval. Categories: the commonest levels,
    so ordered that neighbours are alike in the other columns.
    """
    values = frame[column].dropna()
    if values.nunique() < 2:
        return None
    if pd.api.types.is_bool_dtype(values.dtype):
        return Grid(column, (False, True), ("false", "true"), False, np.array([0.0, 1.0]))
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        marks = np.unique(
            values.quantile(np.linspace(0, 1, points + 1), interpolation="nearest").to_numpy()
        )
        moments = pd.DatetimeIndex(marks)
        at = moments.as_unit("ns").asi8.astype(np.float64)
        return Grid(column, tuple(moments), tuple(f"{m:%Y-%m-%d}" for m in moments), True, at)
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.to_numpy(dtype=np.float64)
        steps = np.unique(
            np.quantile(numbers, np.linspace(0, 1, points + 1), method="inverted_cdf")
        )
        return Grid(column, tuple(steps.tolist()), tuple(f"{v:.4g}" for v in steps), True, steps)
    common = values.value_counts().index[:MOST_LEVELS].tolist()
    levels = _alike(frame, column, common)
    return Grid(
        column, tuple(levels), tuple(str(v) for v in levels), False,
        np.arange(len(levels), dtype=np.float64),
    )  # fmt: skip


def _alike(frame: pd.DataFrame, column: str, levels: Sequence[object]) -> list[object]:
    """Levels in an order in which neighbours have similar rows (Apley & Zhu 2020, appendix E).

    The distance of two levels is the sum over the other columns of the largest difference between
    their distributions; one-dimensional classical scaling of the distances gives the order.
    """
    if len(levels) < 3:
        return sorted(levels, key=str)
    masks = [(frame[column] == level).to_numpy() for level in levels]
    distance = np.zeros((len(levels), len(levels)))
    for other in frame.columns:
        if other != column:
            shares = _distributions(frame[other], masks)
            gap = np.abs(shares[:, None, :] - shares[None, :, :])
            numeric = pd.api.types.is_numeric_dtype(frame[other].dtype)
            distance += gap.max(axis=2) if numeric else gap.sum(axis=2) / 2
    centre = np.eye(len(levels)) - 1 / len(levels)
    _, vectors = np.linalg.eigh(-0.5 * centre @ distance**2 @ centre)
    axis = vectors[:, -1]
    order = np.argsort(axis, kind="stable")
    # The sign of an eigenvector is arbitrary: the commonest level's side comes first.
    return [levels[i] for i in (order if axis[0] <= axis.mean() else order[::-1])]


def _distributions(values: pd.Series, masks: Sequence[np.ndarray]) -> Floats:
    """One row per level: cumulative shares of a number's bins, or shares of a category's levels."""
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        known = numbers[~np.isnan(numbers)]
        edges = np.unique(np.quantile(known, np.linspace(0, 1, 21))) if len(known) else np.zeros(1)
        return np.array(
            [
                np.searchsorted(np.sort(part), edges, side="right") / max(len(part), 1)
                for part in (numbers[m][~np.isnan(numbers[m])] for m in masks)
            ]
        )
    codes, _ = pd.factorize(values, use_na_sentinel=False)
    n = int(codes.max()) + 1 if len(codes) else 1
    return np.array([np.bincount(codes[m], minlength=n) / max(m.sum(), 1) for m in masks])


def put(frame: pd.DataFrame, column: str, values: Sequence[object]) -> pd.DataFrame:
    """Some rows with other values in one column, in the column's own type."""
    dtype: Any = frame[column].dtype
    if pd.api.types.is_integer_dtype(dtype) and any(
        isinstance(v, float) and not v.is_integer() for v in values
    ):
        return frame.assign(**{column: np.asarray(values, dtype=np.float64)})
    made = pd.Series(list(values), dtype=dtype, index=frame.index)
    changed = frame.copy(deep=False)
    changed[column] = made
    return changed


def single_rows(answer: Answer, frame: pd.DataFrame, grid: Grid) -> Floats:
    """The prediction of each row with each value of the column.

    Shape (n_rows, n_values, n_outputs). Their mean over the rows is the partial dependence.
    """
    n, k = len(frame), len(grid.values)
    many = frame.iloc[np.repeat(np.arange(n), k)].reset_index(drop=True)
    found = answer(put(many, grid.column, list(grid.values) * n))
    return found.reshape(n, k, -1)


def accumulated(answer: Answer, frame: pd.DataFrame, grid: Grid) -> tuple[Floats, Floats]:
    """Accumulated local effects: each row's prediction at both ends of the interval it lies in.

    Args:
        answer: Predicts rows as they were read.
        frame: The rows.
        grid: The interval's ends.

    Returns:
        The effect at each value of the grid, not centred, starting from 0, shape
        (n_values, n_outputs), and the rows of each value or interval end, shape (n_values,): for
        numbers those of the interval up to it, for categories those of the level.
    """
    k = len(grid.values)
    if grid.is_number:
        where = _numbers(frame[grid.column])
        known = ~np.isnan(where)
        # Rows at the least value belong to the first interval.
        place = np.clip(np.searchsorted(grid.at, where[known], side="left"), 1, k - 1)
        rows = frame[known]
        low = [grid.values[i - 1] for i in place]
        high = [grid.values[i] for i in place]
        step, weight = _steps(answer, rows, grid.column, low, high, place, k)
        return np.cumsum(step, axis=0), weight
    level = {value: i for i, value in enumerate(grid.values)}
    codes = np.array([level.get(v, -1) for v in frame[grid.column].tolist()], dtype=np.intp)
    # A row tells of the step to the next level and of that from the one before.
    up, down = np.flatnonzero((codes >= 0) & (codes < k - 1)), np.flatnonzero(codes > 0)
    rows = frame.iloc[np.concatenate([up, down])]
    place = np.concatenate([codes[up] + 1, codes[down]])
    low = [grid.values[i - 1] for i in place]
    high = [grid.values[i] for i in place]
    step, _ = _steps(answer, rows, grid.column, low, high, place, k)
    return np.cumsum(step, axis=0), np.bincount(codes[codes >= 0], minlength=k).astype(np.float64)


def _numbers(values: pd.Series) -> Floats:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        moments = pd.DatetimeIndex(values).as_unit("ns")
        found = moments.asi8.astype(np.float64)
        found[np.asarray(moments.isna())] = np.nan
        return found
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _steps(
    answer: Answer, rows: pd.DataFrame, column: str, low: list[object], high: list[object],
    place: np.ndarray, k: int,
) -> tuple[Floats, Floats]:  # fmt: skip
    """The mean difference between both ends of each interval, and its rows."""
    if not len(rows):
        return np.zeros((k, 1)), np.zeros(k)
    rows = rows.reset_index(drop=True)
    gap = answer(put(rows, column, high)) - answer(put(rows, column, low))
    weight = np.bincount(place, minlength=k).astype(np.float64)
    total = np.zeros((k, gap.shape[1]))
    np.add.at(total, place, gap)
    return total / np.maximum(weight, 1)[:, None], weight


def centred(effect: Floats, weight: Floats, is_number: bool) -> Floats:
    """Accumulated effects moved so that their mean over the rows is 0.

    A row within an interval counts with the mean of the effects at its ends.

    Args:
        effect: Shape (n_values, n_outputs).
        weight: Rows, as ``accumulated`` returns them.
        is_number: Whether values are ends of intervals.
    """
    if not weight.sum():
        return effect
    if not is_number:
        return effect - np.average(effect, axis=0, weights=weight)
    middle = (effect[1:] + effect[:-1]) / 2
    return effect - np.average(middle, axis=0, weights=weight[1:])
