"""What a column does to the prediction, over all splits: partial dependence, single rows, ALE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from outfold.errors import UnknownNameError
from outfold.judge.explanation import Explanation, View
from outfold.metrics.metric import Floats
from outfold.study.explain.effects import centred

MOST_LINES = 60


@dataclass(frozen=True, slots=True, eq=False)
class ColumnEffect:
    """One column's effect on the prediction of one class, or on the number.

    Attributes:
        feature: The column.
        is_number: Whether its values have a distance.
        at: Their places on an axis: numbers as they are, moments as time stamps in nanoseconds,
            categories 0, 1, …; shape (n_values,).
        shown: The values as text.
        is_moment: Whether they are points in time.
        partial: Mean prediction at each value, over rows and splits, shape (n_values,).
        partial_splits: The same for each split's model, shape (n_splits, n_values).
        lines: Predictions of single rows, shape (n_lines, n_values).
        ale: Accumulated local effects, centred, shape (n_values,).
        ale_splits: The same for each split's model.
        rows: Rows at each value (of categories) or in the interval up to it, shape (n_values,).
        values: Values that rows have, for a rug, shape (n,); codes for categories.
        outcome: What is predicted, in words.
    """

    feature: str
    is_number: bool
    at: Floats
    shown: tuple[str, ...]
    is_moment: bool
    partial: Floats
    partial_splits: Floats
    lines: Floats
    ale: Floats
    ale_splits: Floats
    rows: Floats
    values: Floats
    outcome: str


def effect_columns(found: Explanation) -> tuple[str, ...]:
    """The columns whose effects were measured, those that matter most first."""
    return tuple(
        dict.fromkeys(c["column"] for body in found.bodies for c in body["effects"]["columns"])
    )


def column_effect(
    found: Explanation, view: View, table: pd.DataFrame, feature: str
) -> ColumnEffect:
    """Average a column's effects over the splits that measured them.

    Args:
        found: The explanation.
        view: Which class.
        table: The study's feature columns.
        feature: The column.

    Raises:
        UnknownNameError: Its effect was not measured.
    """
    parts: list[tuple[Any, dict[str, Any]]] = [
        (arrays, c)
        for body, arrays in zip(found.bodies, found.arrays, strict=True)
        for c in body["effects"]["columns"]
        if c["column"] == feature
    ]
    if not parts:
        known = ", ".join(effect_columns(found)[:20])
        raise UnknownNameError(f"The effect of {feature!r} was not measured.", f"Known: {known}.")
    place = view.place
    first, said = parts[0]
    sign, turn = (-1.0, 1.0 if found.has_probability else 0.0) if view.mirrored else (1.0, 0.0)

    def stacked(name: str) -> Floats:
        return np.stack([a[f"{name}_{c['number']}"] for a, c in parts])

    partial = turn + sign * stacked("pdp")[:, :, place]
    steps, weights = sign * stacked("ale")[:, :, place], stacked("ale_rows")
    ale = np.stack(
        [centred(s[:, None], w, said["is_number"])[:, 0]
         for s, w in zip(steps, weights, strict=True)]
    )  # fmt: skip
    each = max(1, MOST_LINES // len(parts))
    lines = np.concatenate(
        [turn + sign * a[f"ice_{c['number']}"][:each, :, place] for a, c in parts]
    )
    rows = np.concatenate([a["effect_rows"] for a, _ in parts])
    is_moment = bool(pd.api.types.is_datetime64_any_dtype(table[feature].dtype))
    return ColumnEffect(
        feature, said["is_number"], first[f"at_{said['number']}"], tuple(said["shown"]), is_moment,
        partial.mean(axis=0), partial, lines, ale.mean(axis=0), ale, weights.sum(axis=0),
        _rug(table[feature].iloc[rows], said), outcome_of(found, view),
    )  # fmt: skip


def outcome_of(found: Explanation, view: View) -> str:
    """What is predicted, in words."""
    if not found.classes:
        return f"{found.target} per unit of exposure" if found.exposed else found.target
    word = "probability" if found.has_probability else "score"
    return f"{word} of {view.name}"


def _rug(values: pd.Series, said: dict[str, Any]) -> Floats:
    if not said["is_number"]:
        return np.zeros(0)
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return pd.DatetimeIndex(values.dropna()).as_unit("ns").asi8.astype(np.float64)
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return numbers[~np.isnan(numbers)]
