"""Nearest neighbours: predict what the most similar training rows had."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import Task, is_classification


def build(task: Task, seed: int, n_neighbors: int = 15, weights: str = "uniform") -> Any:
    """The model with these parameters; fewer neighbours where there are fewer training rows."""
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

    from outfold.models.encoding import EncodedClassifier, EncodedRegressor

    settings: dict[str, Any] = {"n_neighbors": n_neighbors, "weights": weights, "n_jobs": 1}
    if is_classification(task):
        return EncodedClassifier(KNeighborsClassifier(**settings), weighs=False)
    return EncodedRegressor(KNeighborsRegressor(**settings), weighs=False)


STRATEGY = Strategy(
    kind="model",
    key="knn",
    label="Nearest neighbours",
    summary=(
        "Predicts what the most similar training rows had: no training to speak of, slow and large "
        "in use, weak with many features."
    ),
    build=build,
    order=40,
    family="neighbours",
    weightable=False,
    source="Cover & Hart 1967, Nearest neighbor pattern classification",
    params=(
        Param(
            "n_neighbors",
            "Neighbours",
            "int",
            15,
            low=1,
            high=500,
            scale="log",
            help="More neighbours give smoother predictions and steadier probabilities.",
            search=(1, 100),
            search_source="Feurer et al. 2015, auto-sklearn",
        ),
        Param(
            "weights",
            "Weight of a neighbour",
            "choice",
            "uniform",
            choices=("uniform", "distance"),
            help="Uniform: each counts the same. Distance: nearer ones count more.",
            source="scikit-learn's default",
            search=("uniform", "distance"),
            search_source="Feurer et al. 2015, auto-sklearn",
        ),
    ),
)
