"""Ordinary least squares."""

from __future__ import annotations

from typing import Any

from outfold.registry import Strategy
from outfold.task import Task


def build(task: Task, seed: int) -> Any:
    """The regressor; among equally good fits it takes the one with the smallest coefficients."""
    from sklearn.linear_model import LinearRegression

    from outfold.models.encoding import EncodedRegressor

    return EncodedRegressor(LinearRegression())


STRATEGY = Strategy(
    kind="model",
    key="linear",
    label="Linear regression",
    summary=(
        "Ordinary least squares: a weighted sum of the features without any penalty; unsteady "
        "where there are many features for the rows."
    ),
    build=build,
    tasks=("regression",),
    order=12,
    family="linear",
    source="Gauss 1809; Legendre 1805, least squares",
)
