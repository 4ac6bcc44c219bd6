"""LightGBM: gradient boosting that grows trees leaf by leaf."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import Task, is_classification


def build(
    task: Task,
    seed: int,
    learning_rate: float = 0.05,
    n_estimators: int = 200,
    num_leaves: int = 31,
    min_child_samples: int = 20,
    reg_lambda: float = 0.0,
    subsample: float = 1.0,
    colsample_bytree: float = 1.0,
) -> Any:
    """The boosting model with these parameters; Poisson deviance is its loss for counts."""
    from lightgbm import LGBMClassifier, LGBMRegressor

    from outfold.models.encoding import EncodedClassifier, EncodedRegressor

    settings: dict[str, Any] = {
        "learning_rate": learning_rate,
        "n_estimators": n_estimators,
        "num_leaves": num_leaves,
        "min_child_samples": min_child_samples,
        "reg_lambda": reg_lambda,
        "subsample": subsample,
        "subsample_freq": 1 if subsample < 1 else 0,
        "colsample_bytree": colsample_bytree,
        "random_state": seed,
        "deterministic": True,
        "force_col_wise": True,
        "n_jobs": 1,
        "verbosity": -1,
    }
    if is_classification(task):
        return EncodedClassifier(LGBMClassifier(**settings), encoding="native")
    objective = "poisson" if task == "count" else "regression"
    return EncodedRegressor(LGBMRegressor(objective=objective, **settings), encoding="native")


STRATEGY = Strategy(
    kind="model",
    key="lightgbm",
    label="LightGBM",
    summary=(
        "Gradient boosting that always splits the most promising leaf; fast on large tables, and "
        "takes categories as they are."
    ),
    build=build,
    order=32,
    family="ensemble",
    libraries=("lightgbm", "scikit-learn"),
    source="Ke et al. 2017, LightGBM: A highly efficient gradient boosting decision tree",
    params=(
        Param(
            "learning_rate",
            "Learning rate",
            "float",
            0.05,
            low=0.005,
            high=1.0,
            scale="log",
            help="How much each tree adds; a smaller rate wants more trees.",
            search=(0.005, 1.0),
            search_source="Wang et al. 2021, FLAML, from this parameter’s limit on",
        ),
        Param(
            "n_estimators",
            "Trees",
            "int",
            200,
            low=5,
            high=2000,
            scale="log",
            help="Boosting rounds; with more than two classes, as many trees per class.",
            search=(32, 512),
            search_source="Wang et al. 2021, FLAML has up to as many as rows; 512 for the time",
        ),
        Param(
            "num_leaves",
            "Most leaves of a tree",
            "int",
            31,
            low=2,
            high=255,
            scale="log",
            help="More leaves let a tree describe deeper interactions.",
            source="LightGBM's default",
            search=(4, 255),
            search_source="Wang et al. 2021, FLAML, up to this parameter’s limit",
        ),
        Param(
            "min_child_samples",
            "Least rows of a leaf",
            "int",
            20,
            low=1,
            high=500,
            scale="log",
            help="Larger leaves are less sure of small groups.",
            source="LightGBM's default",
            search=(2, 128),
            search_source="Wang et al. 2021, FLAML",
        ),
        Param(
            "reg_lambda",
            "L2 penalty",
            "float",
            0.0,
            low=0.0,
            high=100.0,
            help="Shrinks what each leaf adds.",
            source="LightGBM's default",
            search=(0.001, 100.0),
            search_scale="log",
            search_source="Wang et al. 2021, FLAML, up to this parameter’s limit",
        ),
        Param(
            "subsample",
            "Share of rows per tree",
            "float",
            1.0,
            low=0.1,
            high=1.0,
            help="Below 1 each tree sees a random part of the rows.",
            source="LightGBM's default",
            search=(),
            search_source="Wang et al. 2021, FLAML: all rows",
        ),
        Param(
            "colsample_bytree",
            "Share of features per tree",
            "float",
            1.0,
            low=0.1,
            high=1.0,
            help="Below 1 each tree sees a random part of the features.",
            source="LightGBM's default",
            search=(0.1, 1.0),
            search_source="Wang et al. 2021, FLAML, from this parameter’s limit on",
        ),
    ),
)
