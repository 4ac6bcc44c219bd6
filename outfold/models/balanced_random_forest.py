"""Balanced random forest: every tree on as many rows of each class."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
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
        Param(
            "n_estimators",
            "Trees",
            "int",
            200,
            low=5,
            high=1000,
            scale="log",
            help="More are steadier and cost time and memory in proportion.",
            search=(),
            search_source="Probst & Boulesteix 2018: hardly worse with more, so not tuned",
        ),
        Param(
            "max_features",
            "Share of features per split",
            "float",
            None,
            low=0.01,
            high=1.0,
            none_label="square root",
            help="Fewer features make the trees differ more.",
            search=(0.1, 1.0),
            search_source="Probst, Boulesteix & Bischl 2019, Tunability (mtry)",
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
