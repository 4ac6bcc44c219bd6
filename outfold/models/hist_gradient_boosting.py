"""Gradient boosting over binned features: scikit-learn's histogram boosting."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import Task, is_classification


def build(
    task: Task,
    seed: int,
    learning_rate: float = 0.1,
    max_iter: int = 100,
    max_leaf_nodes: int = 31,
    min_samples_leaf: int = 20,
    l2_regularization: float = 0.0,
) -> Any:
    """The boosting model with these parameters; Poisson deviance is its loss for counts."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    from outfold.models.encoding import EncodedClassifier, EncodedRegressor

    # No early stopping: it would hold out training rows at random, blind to groups and time.
    settings: dict[str, Any] = {
        "learning_rate": learning_rate,
        "max_iter": max_iter,
        "max_leaf_nodes": max_leaf_nodes,
        "min_samples_leaf": min_samples_leaf,
        "l2_regularization": l2_regularization,
        "categorical_features": "from_dtype",
        "early_stopping": False,
        "random_state": seed,
    }
    if is_classification(task):
        return EncodedClassifier(HistGradientBoostingClassifier(**settings), encoding="native")
    loss = "poisson" if task == "count" else "squared_error"
    return EncodedRegressor(HistGradientBoostingRegressor(loss=loss, **settings), encoding="native")


STRATEGY = Strategy(
    kind="model",
    key="hist_gradient_boosting",
    label="Gradient boosting",
    summary=(
        "Many small trees, each mending what the ones before got wrong; strong on tables with "
        "interactions, and takes categories as they are."
    ),
    build=build,
    order=30,
    default=True,
    family="ensemble",
    source="Friedman 2001, Greedy function approximation; binned as in Ke et al. 2017, LightGBM",
    params=(
        Param(
            "learning_rate",
            "Learning rate",
            "float",
            0.1,
            low=0.005,
            high=1.0,
            scale="log",
            help="How much each tree adds; a smaller rate wants more trees.",
            source="scikit-learn's default",
            search=(0.01, 1.0),
            search_source="Feurer et al. 2015, auto-sklearn",
        ),
        Param(
            "max_iter",
            "Trees",
            "int",
            100,
            low=5,
            high=2000,
            scale="log",
            help="Boosting rounds; with more than two classes, as many trees per class.",
            source="scikit-learn's default",
            search=(32, 512),
            search_source="Feurer et al. 2015, auto-sklearn: at most 512",
        ),
        Param(
            "max_leaf_nodes",
            "Most leaves of a tree",
            "int",
            31,
            low=2,
            high=255,
            scale="log",
            help="More leaves let a tree describe deeper interactions.",
            source="scikit-learn's default",
            search=(3, 255),
            search_source="Feurer et al. 2015, auto-sklearn, up to this parameter’s limit",
        ),
        Param(
            "min_samples_leaf",
            "Least rows of a leaf",
            "int",
            20,
            low=1,
            high=500,
            scale="log",
            help="Larger leaves are less sure of small groups.",
            source="scikit-learn's default",
            search=(1, 200),
            search_source="Feurer et al. 2015, auto-sklearn",
        ),
        Param(
            "l2_regularization",
            "L2 penalty",
            "float",
            0.0,
            low=0.0,
            high=100.0,
            help="Shrinks what each leaf adds.",
            source="scikit-learn's default",
            search=(1e-10, 1.0),
            search_scale="log",
            search_source="Feurer et al. 2015, auto-sklearn",
        ),
    ),
)
