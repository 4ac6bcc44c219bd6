"""One decision tree, small enough to be read."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import Task, is_classification


def build(
    task: Task,
    seed: int,
    max_depth: int | None = 6,
    min_samples_leaf: int = 10,
    ccp_alpha: float = 0.0,
) -> Any:
    """The tree with these parameters; Poisson deviance is its criterion for counts."""
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    from outfold.models.encoding import EncodedClassifier, EncodedRegressor

    settings: dict[str, Any] = {
        "max_depth": max_depth,
        "min_samples_leaf": min_samples_leaf,
        "ccp_alpha": ccp_alpha,
        "random_state": seed,
    }
    if is_classification(task):
        return EncodedClassifier(DecisionTreeClassifier(**settings), single_precision=True)
    criterion = "poisson" if task == "count" else "squared_error"
    inner = DecisionTreeRegressor(criterion=criterion, **settings)
    return EncodedRegressor(inner, single_precision=True)


STRATEGY = Strategy(
    kind="model",
    key="decision_tree",
    label="Decision tree",
    summary=(
        "A chain of yes-or-no questions that can be drawn and read aloud; usually beaten by many "
        "trees together."
    ),
    build=build,
    order=20,
    family="tree",
    source="Breiman, Friedman, Olshen & Stone 1984, Classification and Regression Trees",
    params=(
        Param(
            "max_depth",
            "Most questions in a row",
            "int",
            6,
            low=1,
            high=50,
            none_label="no limit",
            help="A deeper tree can describe more, and is sooner wrong about new rows.",
            search=(1, 30),
            search_source="Probst, Boulesteix & Bischl 2019, Tunability (rpart)",
        ),
        Param(
            "min_samples_leaf",
            "Least rows of a leaf",
            "int",
            10,
            low=1,
            high=1000,
            scale="log",
            help="Larger leaves give steadier shares.",
            search=(1, 60),
            search_source="Probst, Boulesteix & Bischl 2019, Tunability (rpart)",
        ),
        Param(
            "ccp_alpha",
            "Pruning",
            "float",
            0.0,
            low=0.0,
            high=0.1,
            help="Cuts branches that lower the impurity by less than this.",
            source="scikit-learn's default",
            search=(),
            search_source="Depth and leaf size bound the tree already",
        ),
    ),
)
