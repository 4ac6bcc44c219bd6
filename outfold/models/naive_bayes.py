"""Naive Bayes: each feature speaks for itself."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(task: Task, seed: int, smoothing: float = 1.0, var_smoothing: float = 1e-9) -> Any:
    """The classifier with these parameters, over numbers and categories together."""
    from outfold.models.bayes import MixedNaiveBayes
    from outfold.models.encoding import EncodedClassifier

    return EncodedClassifier(
        MixedNaiveBayes(smoothing=smoothing, var_smoothing=var_smoothing), encoding="native"
    )


STRATEGY = Strategy(
    kind="model",
    key="naive_bayes",
    label="Naive Bayes",
    summary=(
        "Weighs each feature as if it were independent of the others: very fast and often good at "
        "ranking, but too sure of itself."
    ),
    build=build,
    tasks=CLASSIFICATION,
    order=42,
    family="bayes",
    source="Domingos & Pazzani 1997, On the optimality of the simple Bayesian classifier",
    params=(
        Param(
            "smoothing",
            "Rows added to each level",
            "float",
            1.0,
            low=0.01,
            high=100.0,
            scale="log",
            help="Keeps a level that never met a class from ruling it out.",
            source="Laplace: 1",
            search=(0.01, 100.0),
            search_source="Feurer et al. 2015, auto-sklearn",
        ),
        Param(
            "var_smoothing",
            "Variance added",
            "float",
            1e-09,
            low=1e-12,
            high=1.0,
            scale="log",
            help="Widens the normal distributions, as a share of the largest variance.",
            source="scikit-learn's default",
        ),
    ),
)
