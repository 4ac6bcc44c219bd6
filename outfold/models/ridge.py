"""Ridge regression: a weighted sum of the features with shrunken coefficients."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import Task


def build(task: Task, seed: int, alpha: float = 1.0) -> Any:
    """The regressor with these parameters."""
    from sklearn.linear_model import Ridge

    from outfold.models.encoding import EncodedRegressor

    return EncodedRegressor(Ridge(alpha=alpha))


STRATEGY = Strategy(
    kind="model",
    key="ridge",
    label="Ridge regression",
    summary=(
        "A weighted sum of the features with coefficients shrunk towards zero: fast, and steady "
        "where features resemble each other."
    ),
    build=build,
    tasks=("regression",),
    order=10,
    default=True,
    family="linear",
    source="Hoerl & Kennard 1970, Ridge regression",
    params=(
        Param(
            "alpha",
            "Penalty",
            "float",
            1.0,
            low=0.0001,
            high=100000.0,
            scale="log",
            help="Larger values shrink the coefficients more.",
            source="scikit-learn's default",
            search=(0.001, 1000.0),
            search_source="Probst, Boulesteix & Bischl 2019, Tunability (glmnet)",
        ),
    ),
)
