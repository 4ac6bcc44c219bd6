"""RUSBoost: boosting that leaves out common rows in every round."""

from __future__ import annotations

from typing import Any

from outfold.models.balanced_params import LEARNING_RATE, MEMBERS, RATIO
from outfold.registry import Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(
    task: Task,
    seed: int,
    n_estimators: int = 100,
    learning_rate: float = 1.0,
    max_depth: int = 2,
    ratio: float = 1.0,
) -> Any:
    """The ensemble with these parameters."""
    from imblearn.ensemble import RUSBoostClassifier
    from sklearn.tree import DecisionTreeClassifier

    from outfold.models.balanced import Balanced

    inner = RUSBoostClassifier(
        estimator=DecisionTreeClassifier(max_depth=max_depth),
        n_estimators=n_estimators,
        learning_rate=learning_rate,
        random_state=seed,
    )
    return Balanced(inner, single_precision=True, ratio=ratio)


STRATEGY = Strategy(
    kind="model",
    key="rus_boost",
    label="RUSBoost",
    summary=(
        "AdaBoost that draws as many rows of each class in every round: quick, and it attends to "
        "the rows that are hard."
    ),
    build=build,
    tasks=CLASSIFICATION,
    order=76,
    family="ensemble",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Seiffert, Khoshgoftaar, Van Hulse & Napolitano 2010, RUSBoost",
    params=(
        MEMBERS,
        LEARNING_RATE,
        Param(
            "max_depth",
            "Most questions in a row",
            "int",
            2,
            low=1,
            high=20,
            help="Deeper trees see more features together.",
            search=(1, 10),
            search_source="Feurer et al. 2015, auto-sklearn (AdaBoost)",
        ),
        RATIO,
    ),
)
