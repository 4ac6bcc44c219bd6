"""EasyEnsemble: boosted trees on balanced draws of the rows, averaged."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(
    task: Task,
    seed: int,
    n_estimators: int = 10,
    rounds: int = 50,
    learning_rate: float = 1.0,
    ratio: float = 1.0,
) -> Any:
    """The ensemble with these parameters."""
    from imblearn.ensemble import EasyEnsembleClassifier
    from sklearn.ensemble import AdaBoostClassifier

    from outfold.models.balanced import Balanced

    inner = EasyEnsembleClassifier(
        n_estimators=n_estimators,
        estimator=AdaBoostClassifier(n_estimators=rounds, learning_rate=learning_rate),
        random_state=seed,
        n_jobs=1,
    )
    return Balanced(inner, single_precision=True, weighs=False, ratio=ratio)


STRATEGY = Strategy(
    kind="model",
    key="easy_ensemble",
    label="EasyEnsemble",
    summary=(
        "AdaBoost on several balanced draws of the rows, averaged: strong for rare classes; its "
        "probabilities stay close to one half."
    ),
    build=build,
    tasks=CLASSIFICATION,
    order=74,
    family="ensemble",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Liu, Wu & Zhou 2009, Exploratory undersampling for class-imbalance learning",
    weightable=False,
    params=(
        Param(
            "n_estimators",
            "Draws",
            "int",
            10,
            low=5,
            high=1000,
            scale="log",
            help="More are steadier and cost time and memory in proportion.",
            search=(),
            search_source="Probst & Boulesteix 2018: hardly worse with more, so not tuned",
        ),
        Param(
            "rounds",
            "Boosting rounds",
            "int",
            50,
            low=5,
            high=500,
            scale="log",
            help="Trees of one question that are boosted on each draw.",
            search=(10, 200),
            search_source="Feurer et al. 2015, auto-sklearn (AdaBoost)",
        ),
        Param(
            "learning_rate",
            "Learning rate",
            "float",
            1.0,
            low=0.01,
            high=2.0,
            scale="log",
            help="How much each tree corrects the ones before it.",
            search=(0.1, 1.5),
            search_source="Feurer et al. 2015, auto-sklearn (AdaBoost)",
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
