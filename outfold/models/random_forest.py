"""Random forest: many trees on resampled rows."""

from __future__ import annotations

from typing import Any

from outfold.models.forest import MAX_DEPTH, MAX_FEATURES, MIN_SAMPLES_LEAF, TREES, forest
from outfold.registry import Strategy
from outfold.task import Task


def build(
    task: Task,
    seed: int,
    n_estimators: int = 200,
    max_features: float | None = None,
    min_samples_leaf: int = 2,
    max_depth: int | None = None,
) -> Any:
    """The forest with these parameters; Poisson deviance is its criterion for counts."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    return forest(
        task,
        seed,
        RandomForestClassifier,
        RandomForestRegressor,
        n_estimators=n_estimators,
        max_features=max_features,
        min_samples_leaf=min_samples_leaf,
        max_depth=max_depth,
    )


STRATEGY = Strategy(
    kind="model",
    key="random_forest",
    label="Random forest",
    summary=(
        "The average of many deep trees, each on a random sample of rows and features: strong with "
        "hardly any tuning, large as a file."
    ),
    build=build,
    order=22,
    family="ensemble",
    source="Breiman 2001, Random forests",
    default=True,
    params=(
        TREES,
        MAX_FEATURES,
        MIN_SAMPLES_LEAF,
        MAX_DEPTH,
    ),
)
