"""Balanced random forest: every tree on as many rows of each class."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from outfold.models.balanced_params import MEMBERS, RATIO
from outfold.models.forest import MAX_FEATURES, MIN_SAMPLES_LEAF
from outfold.registry import Strategy
from outfold.task import CLASSIFICATION, Task


def build(
    task: Task,
    seed: int,
    n_estimators: int = 200,
    max_features: float | None = None,
    min_samples_leaf: int = 2,
    ratio: float = 1.0,
) -> Any:
    """The ensemble with these parameters."""
    from imblearn.ensemble import BalancedRandomForestClassifier

    from outfold.models.balanced import Balanced

    inner = BalancedRandomForestClassifier(
        n_estimators=n_estimators,
        max_features=max_features if max_features is not None else "sqrt",
        min_samples_leaf=min_samples_leaf,
        sampling_strategy="all",
        replacement=True,
        bootstrap=False,
        random_state=seed,
        n_jobs=1,
    )
    return Balanced(inner, single_precision=True, ratio=ratio)


STRATEGY = Strategy(
    kind="model",
    key="balanced_random_forest",
    label="Balanced random forest",
    summary=(
        "A random forest whose every tree is grown on as many rows of each class, drawn anew: all "
        "rows take part, and rare classes count the same."
    ),
    build=build,
    tasks=CLASSIFICATION,
    order=70,
    family="ensemble",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Chen, Liaw & Breiman 2004, Using random forest to learn imbalanced data",
    params=(
        replace(MEMBERS, default=200),
        replace(MAX_FEATURES, none_label="square root"),
        MIN_SAMPLES_LEAF,
        RATIO,
    ),
)
