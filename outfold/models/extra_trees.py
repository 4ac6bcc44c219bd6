"""Extremely randomised trees."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import Task, is_classification


def build(
    task: Task,
    seed: int,
    n_estimators: int = 200,
    max_features: float | None = None,
    min_samples_leaf: int = 2,
    max_depth: int | None = None,
) -> Any:
    """The forest with these parameters; Poisson deviance is its criterion for counts."""
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

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
        inner = ExtraTreesClassifier(max_features=features, **settings)
        return EncodedClassifier(inner, single_precision=True)
    criterion = "poisson" if task == "count" else "squared_error"
    share = max_features if max_features is not None else 1 / 3
    inner = ExtraTreesRegressor(criterion=criterion, max_features=share, **settings)
    return EncodedRegressor(inner, single_precision=True)


STRATEGY = Strategy(
    kind="model",
    key="extra_trees",
    label="Extra trees",
    summary=(
        "Like a random forest, with split points drawn at random: faster to train and smoother, at "
        "times a little less sharp."
    ),
    build=build,
    order=24,
    family="ensemble",
    source="Geurts, Ernst & Wehenkel 2006, Extremely randomized trees",
    params=(
        Param(
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
        ),
        Param(
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
        ),
    ),
)
