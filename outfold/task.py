"""What a study predicts: the four tasks and what follows from each."""

from __future__ import annotations

from typing import Literal, get_args

Task = Literal["binary", "multiclass", "regression", "count"]

TASKS: tuple[Task, ...] = get_args(Task)
CLASSIFICATION: tuple[Task, ...] = ("binary", "multiclass")
NUMERIC: tuple[Task, ...] = ("regression", "count")

TASK_LABELS: dict[Task, str] = {
    "binary": "Binary classification",
    "multiclass": "Multi-class classification",
    "regression": "Regression",
    "count": "Count",
}


def is_classification(task: Task) -> bool:
    """Whether the target is a class rather than a number."""
    return task in CLASSIFICATION
