"""What the forests of deep trees have in common: their parameters, and how they are built."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param
from outfold.task import Task, is_classification

TREES = Param(
    "n_estimators",
    "Trees",
    "int",
    200,
    low=5,
    high=2000,
    scale="log",
    help="More trees are steadier and cost time and memory in proportion.",
    search=(),
    search_source="Probst & Boulesteix 2018: hardly worse with more, so not tuned",
)
MAX_FEATURES = Param(
    "max_features",
    "Share of features per split",
    "float",
    None,
    low=0.01,
    high=1.0,
    none_label="square root for classes, a third for numbers",
    help="Fewer features make the trees differ more.",
    source="Breiman 2001; Hastie, Tibshirani & Friedman 2009, §15.3",
    search=(0.1, 1.0),
    search_source="Probst, Boulesteix & Bischl 2019, Tunability (mtry)",
)
MIN_SAMPLES_LEAF = Param(
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
)
MAX_DEPTH = Param(
    "max_depth",
    "Most questions in a row",
    "int",
    None,
    low=1,
    high=50,
    none_label="no limit",
    help="A limit makes the forest smaller and faster.",
    search=(),
    search_source="Feurer et al. 2015, auto-sklearn: no limit",
)


def forest(
    task: Task,
    seed: int,
    classifier: type[Any],
    regressor: type[Any],
    *,
    n_estimators: int,
    max_features: float | None,
    min_samples_leaf: int,
    max_depth: int | None,
) -> Any:
    """A forest of one kind for a task; Poisson deviance is its criterion for counts.

    Args:
        task: What is predicted.
        seed: Draws rows and features.
        classifier: scikit-learn's forest for classes.
        regressor: Its forest for numbers.
        n_estimators: Trees.
        max_features: Share of the features that a split chooses from; None takes the square root
            of their number for classes, a third of them for numbers.
        min_samples_leaf: Least rows of a leaf.
        max_depth: Most questions in a row; None sets no limit.
    """
    from outfold.models.encoding import EncodedClassifier, EncodedRegressor

    settings: dict[str, Any] = {
        "n_estimators": n_estimators,
        "min_samples_leaf": min_samples_leaf,
        "max_depth": max_depth,
        "random_state": seed,
        "n_jobs": 1,
    }
    if is_classification(task):
        features: float | str = max_features if max_features is not None else "sqrt"
        inner = classifier(max_features=features, **settings)
        return EncodedClassifier(inner, single_precision=True)
    criterion = "poisson" if task == "count" else "squared_error"
    share = max_features if max_features is not None else 1 / 3
    inner = regressor(criterion=criterion, max_features=share, **settings)
    return EncodedRegressor(inner, single_precision=True)
