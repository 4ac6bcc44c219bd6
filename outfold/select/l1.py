"""Keep the columns that an L1 penalty leaves in a linear or logistic model."""

from __future__ import annotations

from typing import Any

import pandas as pd

from outfold.registry import Strategy
from outfold.select.columns import Target
from outfold.select.keep import K_LIMIT
from outfold.select.ranking import ByRank, Ranking
from outfold.select.sampling import enough_rows
from outfold.select.shrinkage import RANKS, STRENGTH, cut, shrunk
from outfold.task import Task


def rank(X: pd.DataFrame, y: Target, *, task: Task, seed: int, strength: float | None) -> Ranking:
    """The lasso for numbers, multinomial logistic regression with an L1 penalty for classes."""
    return shrunk(X, y, task=task, seed=seed, ratio=1.0, strength=strength)


BY_RANK = ByRank(rank, cut, RANKS)


def build(task: Task, seed: int, strength: float | None = None, k: int | None = None) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(BY_RANK, task, seed, {"strength": strength, "k": k})


STRATEGY = Strategy(
    kind="selector",
    key="l1",
    label="L1 (lasso)",
    summary="Keeps the columns that a lasso or L1-penalised logistic regression does not set to 0.",
    build=build,
    params=(STRENGTH, K_LIMIT),
    source="Tibshirani (1996), Regression shrinkage and selection via the lasso",
    requires=enough_rows,
    family="embedded",
    ranks=RANKS,
    order=140,
    libraries=("numpy", "scikit-learn"),
)
