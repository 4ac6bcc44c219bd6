"""A small tree that says nearly what the model says, and how nearly, on rows neither has seen.

Source: Craven & Shavlik 1996, Extracting tree-structured representations of trained networks;
Molnar 2022, Interpretable Machine Learning, section 8.6 (fidelity as R²).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from outfold.metrics.metric import Floats

DEPTH = 4
LEAST_SHARE = 0.01
"""Share of the training rows in a leaf, at least."""
MOST_LEVELS = 30
"""Levels of a category that the tree may ask for, the commonest."""

Question = tuple[str, str, object]
"""A column, how it is asked for (``number``, ``moment``, ``truth``, ``level``), and which level."""


class Readable:
    """Columns as a person knows them, as a matrix whose thresholds can be read."""

    def __init__(self, frame: pd.DataFrame, columns: Sequence[str]) -> None:
        self.questions: list[Question] = []
        self.gaps = {column for column in columns if frame[column].isna().any()}
        for column in columns:
            values = frame[column]
            if pd.api.types.is_datetime64_any_dtype(values.dtype):
                self.questions.append((column, "moment", None))
            elif pd.api.types.is_bool_dtype(values.dtype):
                self.questions.append((column, "truth", None))
            elif pd.api.types.is_numeric_dtype(values.dtype):
                self.questions.append((column, "number", None))
            else:
                common = values.value_counts().index[:MOST_LEVELS]
                self.questions += [(column, "level", level) for level in common]

    def __call__(self, frame: pd.DataFrame) -> Floats:
        """The matrix, shape (n_rows, n_questions); missing numbers and moments are NaN."""
        found = np.empty((len(frame), len(self.questions)))
        for i, (column, kind, level) in enumerate(self.questions):
            values = frame[column]
            if kind == "level":
                found[:, i] = (values == level).to_numpy(dtype=bool, na_value=False)
            elif kind == "moment":
                moments = pd.DatetimeIndex(values).as_unit("s")
                found[:, i] = np.where(moments.isna(), np.nan, moments.asi8.astype(np.float64))
            else:
                found[:, i] = values.to_numpy(dtype=np.float64, na_value=np.nan)
        found[np.isinf(found)] = np.nan
        return found

    def answers(self, question: int, threshold: float, missing_left: bool) -> tuple[str, str]:
        """What goes left and what goes right at a split, in words.

        Args:
            question: The question that the split asks.
            threshold: Up to it a row goes left.
            missing_left: Whether a missing value goes left.
        """
        column, kind, level = self.questions[question]
        if kind == "level":
            return f"{column} is not {level}", f"{column} is {level}"
        if not np.isfinite(threshold):  # the split asks for nothing but whether it is known
            return f"{column} is known", f"{column} is missing"
        if kind == "truth":
            left, right = f"{column} is false", f"{column} is true"
        elif kind == "moment":
            moment = f"{pd.Timestamp(threshold, unit='s'):%Y-%m-%d}"
            left, right = f"{column} ≤ {moment}", f"{column} > {moment}"
        else:
            left, right = f"{column} ≤ {threshold:.4g}", f"{column} > {threshold:.4g}"
        if column not in self.gaps:
            return left, right
        return (f"{left} or missing", right) if missing_left else (left, f"{right} or missing")


def surrogate(
    train: pd.DataFrame, of_train: Floats, test: pd.DataFrame, of_test: Floats,
    columns: Sequence[str],
) -> list[dict[str, Any]]:  # fmt: skip
    """A tree for each output of a model, fitted to what the model says of its training rows.

    Args:
        train: Training rows as they were read.
        of_train: What the model says of them, shape (n_rows, n_outputs).
        test: Validation rows as they were read.
        of_test: What the model says of them.
        columns: The columns that the tree may ask for.

    Returns:
        For each output its ``fidelity`` (R² on the validation rows, None where the model says the
        same of all) and its ``nodes``, the root first: each with ``column``, ``rule`` (what goes
        left), ``other`` (what goes right), ``left``, ``right``, ``share`` (of the training rows)
        and ``value`` (the mean of what the model says there).
    """
    from sklearn.tree import DecisionTreeRegressor

    readable = Readable(train, columns)
    if not readable.questions:
        return []
    x, x_test = readable(train), readable(test)
    found = []
    for output in range(of_train.shape[1]):
        tree = DecisionTreeRegressor(
            max_depth=DEPTH, min_samples_leaf=max(5, int(LEAST_SHARE * len(train))), random_state=0
        ).fit(x, of_train[:, output])
        truth = of_test[:, output]
        spread = float(((truth - truth.mean()) ** 2).sum())
        left = float(((truth - tree.predict(x_test)) ** 2).sum())
        found.append(
            {
                "fidelity": 1 - left / spread if spread > 1e-12 else None,
                "nodes": _nodes(tree.tree_, readable),
            }
        )
    return found


def _nodes(tree: Any, readable: Readable) -> list[dict[str, Any]]:
    found = []
    for i in range(tree.node_count):
        question = int(tree.feature[i])
        column, rule, other = "", "", ""
        if question >= 0:
            column = readable.questions[question][0]
            rule, other = readable.answers(
                question, float(tree.threshold[i]), bool(tree.missing_go_to_left[i])
            )
        found.append(
            {
                "left": int(tree.children_left[i]),
                "right": int(tree.children_right[i]),
                "share": float(tree.n_node_samples[i] / tree.n_node_samples[0]),
                "value": float(tree.value[i].ravel()[0]),
                "column": column,
                "rule": rule,
                "other": other,
            }
        )
    return found
