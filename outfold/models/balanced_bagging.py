"""Balanced bagging: many full trees, each on as many rows of each class."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
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
        Param(
            "n_estimators",
            "Trees",
            "int",
            50,
            low=5,
            high=1000,
            scale="log",
            help="More are steadier and cost time and memory in proportion.",
            search=(),
            search_source="Probst & Boulesteix 2018: hardly worse with more, so not tuned",
        ),
        Param(
            "min_samples_leaf",
            "Least rows of a leaf",
            "int",
            2,
            low=1,
            high=500,
            scale="log",
            help="Larger leaves give smaller files and steadier probabilities.",
            search=(1, 20),
            search_source="Feurer et al. 2015, auto-sklearn",
        ),
        Param(
            "ratio",
            "Rare rows per common row",
            "float",
            1.0,
            low=0.05,
            high=1.0,
            help="Rows of the rarest class over those of each commoner one in every member.",
            search=(0.2, 1.0),
            search_source="from five common rows a rare one to balance",
        ),
    ),
)
