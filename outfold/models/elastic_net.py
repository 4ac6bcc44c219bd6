"""Elastic net: a weighted sum of few features."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import Task


def build(task: Task, seed: int, alpha: float = 0.01, l1_ratio: float = 0.5) -> Any:
    """The regressor with these parameters, fitted to the standardised target."""
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.linear_model import ElasticNet
    from sklearn.preprocessing import StandardScaler

    from outfold.models.encoding import EncodedRegressor

    inner = ElasticNet(alpha=alpha, l1_ratio=l1_ratio, max_iter=10_000, tol=1e-3)
    return EncodedRegressor(TransformedTargetRegressor(inner, transformer=StandardScaler()))


STRATEGY = Strategy(
    kind="model",
    key="elastic_net",
    label="Elastic net",
    summary=(
        "A weighted sum of the features that leaves some out altogether: readable where there are "
        "many features."
    ),
    build=build,
    tasks=("regression",),
    order=14,
    family="linear",
    source="Zou & Hastie 2005, Regularization and variable selection via the elastic net",
    params=(
        Param(
            "alpha",
            "Penalty",
            "float",
            0.01,
            low=0.0001,
            high=10.0,
            scale="log",
            help="Larger values shrink more; in units of the target’s standard deviation.",
            search=(0.0001, 1.0),
            search_source="Friedman, Hastie & Tibshirani 2010: decades below where nothing is left",
        ),
        Param(
            "l1_ratio",
            "Share of L1 penalty",
            "float",
            0.5,
            low=0.01,
            high=1.0,
            help="1 is the lasso, which leaves most out; near 0 it is ridge regression.",
            source="scikit-learn's default",
            search=(0.1, 1.0),
            search_source="scikit-learn's ElasticNetCV",
        ),
    ),
)
