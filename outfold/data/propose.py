"""First guesses: what could be predicted, what task that is, what each column is for."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from outfold.data.schema import Column, ColumnType, Role, Schema
from outfold.task import Task

_EXACT = re.compile(
    r"^(target|class|class variable|label|labels|y|outcome|response|survived|churn|default|deposit|"
    r"diagnosis|species|result|event|died|dead|fraud|spam|quality|approved|converted|attrition)$"
)
_PART = re.compile(
    r"(^|[^a-z])(target|class|label|outcome|response|churn|default|diagnosis|survived|fraud|"
    r"price|charges|strength|tumou?r|score|rate|cnt|count|income|grade|status)([^a-z]|$)"
)
FEW = 10
"""Whole numbers with at most this many different values are taken for classes."""


def propose_target(frame: pd.DataFrame, schema: Schema) -> str | None:
    """The column that most looks like what one would predict, or None.

    Names such as ``target`` or ``churn`` count most, then the last place and the first one.
    """
    best: tuple[float, str] | None = None
    last = len(schema.columns) - 1
    for position, column in enumerate(schema.columns):
        if not can_be_target(column, len(frame)):
            continue
        name = column.name.strip().lower().replace("_", " ")
        spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", column.name).lower().replace("_", " ")
        score = 0.0
        if _EXACT.match(name):
            score += 6
        elif _PART.search(spaced):
            score += 2.5
        if position == last:
            score += 3
        elif position == 0:
            score += 2 if column.type in ("categorical", "boolean") else 0.5
        if column.missing > 0.1 * len(frame):
            score -= 2
        if column.type == "categorical" and column.unique > FEW:
            score -= 2 if column.unique > 30 else 0.5
        if best is None or score > best[0]:
            best = (score, column.name)
    return best[1] if best else None


def can_be_target(column: Column, n_rows: int) -> bool:
    """Whether a column can be predicted: it varies, and is neither text, name nor date."""
    if column.type in ("text", "identifier", "datetime") or column.unique < 2:
        return False
    if column.type == "categorical" and column.unique > 0.5 * (n_rows - column.missing):
        return False
    return column.missing < n_rows - 1


def propose_task(series: pd.Series, column_type: ColumnType) -> Task:
    """The task that a target of these values calls for.

    Two values are classes, and so are words. Whole numbers from 0 or above with a few values up to
    20 are classes too; counts are whole numbers that start near 0 and leave few gaps up to their
    middle; all other numbers are a regression.
    """
    known = series.dropna()
    unique = known.nunique()
    if column_type != "numeric":
        return "binary" if unique <= 2 else "multiclass"
    if unique <= 2:
        return "binary"
    values = known.to_numpy(dtype=np.float64)
    if (values != np.floor(values)).any() or values.min() < 0:
        few = unique <= 5 and (values == np.floor(values)).all()
        return "multiclass" if few else "regression"
    if unique <= FEW and values.max() <= 20:
        return "multiclass"
    return "count" if _like_counts(values) else "regression"


def _like_counts(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
    low = values.min()
    if low > 2:
        return False
    middle = np.quantile(values, 0.5)
    lower = np.unique(values[values <= middle])
    return bool(len(lower) >= 0.5 * (middle - low + 1))


def default_role(column: Column) -> Role:
    """What a column is for until somebody says otherwise."""
    if column.type == "identifier":
        return "id"
    return "ignore" if column.type == "text" else "feature"
