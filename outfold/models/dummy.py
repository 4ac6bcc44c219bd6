"""The baseline: what one predicts without looking at any feature."""

from __future__ import annotations

from typing import Any

from outfold.registry import Strategy
from outfold.task import Task, is_classification


def build(task: Task, seed: int) -> Any:
    """The class shares or the mean of the training rows, whatever the features."""
    from sklearn.dummy import DummyClassifier, DummyRegressor

    if is_classification(task):
        return DummyClassifier(strategy="prior")
    return DummyRegressor(strategy="mean")


STRATEGY = Strategy(
    kind="model",
    key="dummy",
    label="Baseline",
    summary=(
        "Predicts the class shares or the mean of the training rows and ignores the features; a "
        "model that does not beat it has learnt nothing."
    ),
    build=build,
    order=0,
    default=True,
    family="baseline",
    source="scikit-learn, DummyClassifier and DummyRegressor",
)
