"""Balanced bagging: many full trees, each on as many rows of each class."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from outfold.models.balanced_params import MEMBERS, RATIO
from outfold.models.forest import MIN_SAMPLES_LEAF
from outfold.registry import Strategy
from outfold.task import CLASSIFICATION, Task


def build(
    task: Task,
    seed: int,
    n_estimators: int = 50,
    min_samples_leaf: int = 2,
    ratio: float = 1.0,
) -> Any:
    """The ensemble with these parameters."""
    from imblearn.ensemble import BalancedBaggingClassifier
    from sklearn.tree import DecisionTreeClassifier

    from outfold.models.balanced import Balanced

    inner = BalancedBaggingClassifier(
        DecisionTreeClassifier(min_samples_leaf=min_samples_leaf),
        n_estimators=n_estimators,
        bootstrap=False,  # a bootstrap can miss a rare class altogether
        random_state=seed,
        n_jobs=1,
    )
    return Balanced(inner, single_precision=True, weighs=False, ratio=ratio)


STRATEGY = Strategy(
    kind="model",
    key="balanced_bagging",
    label="Balanced bagging",
    summary=(
        "The average of trees that see every feature, each grown on all rows of the rarest "
        "class and as many of each other, drawn anew."
    ),
    build=build,
    tasks=CLASSIFICATION,
    order=72,
    family="ensemble",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Barandela, Valdovinos & Sánchez 2003, New applications of ensembles of classifiers",
    weightable=False,
    params=(
        replace(MEMBERS, default=50),
        MIN_SAMPLES_LEAF,
        RATIO,
    ),
)
