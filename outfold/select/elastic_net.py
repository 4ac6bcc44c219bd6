"""Keep the columns that an elastic-net penalty leaves in a linear or logistic model."""

from __future__ import annotations

from typing import Any

import pandas as pd

from outfold.registry import Param, Strategy
from outfold.select.columns import Target
from outfold.select.keep import K_LIMIT
from outfold.select.ranking import ByRank, Ranking
from outfold.select.sampling import enough_rows
from outfold.select.shrinkage import RANKS, STRENGTH, cut, shrunk
from outfold.task import Task


def rank(
    X: pd.DataFrame,
    y: Target,
    *,
    task: Task,
    seed: int,
    l1_ratio: float,
    strength: float | None,
) -> Ranking:
    """The elastic net for numbers, multinomial logistic regression with its penalty for classes."""
    return shrunk(X, y, task=task, seed=seed, ratio=l1_ratio, strength=strength)


BY_RANK = ByRank(rank, cut, RANKS)


def build(
    task: Task,
    seed: int,
    l1_ratio: float = 0.5,
    strength: float | None = None,
    k: int | None = None,
) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    params = {"l1_ratio": l1_ratio, "strength": strength, "k": k}
    return Selector(BY_RANK, task, seed, params)


STRATEGY = Strategy(
    kind="selector",
    key="elastic_net",
    label="Elastic net",
    summary="As the lasso, but keeps correlated columns together instead of one of them.",
    build=build,
    params=(
        Param(
            key="l1_ratio",
            label="L1 share",
            kind="float",
            default=0.5,
            low=0.05,
            high=1.0,
            help="1 is the lasso; smaller keeps more of a group of correlated columns.",
        ),
        STRENGTH,
        K_LIMIT,
    ),
    source="Zou & Hastie (2005), Regularization and variable selection via the elastic net",
    requires=enough_rows,
    family="embedded",
    ranks=RANKS,
    order=150,
    libraries=("numpy", "scikit-learn"),
)
