"""EasyEnsemble: boosted trees on balanced draws of the rows, averaged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from outfold.models.balanced_params import LEARNING_RATE, MEMBERS, RATIO
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
        replace(MEMBERS, label="Draws", default=10),
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
        LEARNING_RATE,
        RATIO,
    ),
)
