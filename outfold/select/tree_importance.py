"""Keep the columns that tree ensembles lean on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import Param, Ranks, Strategy
from outfold.select.columns import Target, named, outcome
from outfold.select.encode import encode_for_trees
from outfold.select.forest import importances
from outfold.select.keep import K_LIMIT
from outfold.select.linear_model import as_response
from outfold.select.ranking import ByRank, Ranking
from outfold.select.selection import Selection
from outfold.task import Task


def rank(X: pd.DataFrame, y: Target, *, task: Task, seed: int, trees: int) -> Ranking:
    """Rank the columns by the impurity that extremely randomised trees remove with them."""
    encoded = encode_for_trees(X)
    found = importances(encoded, as_response(outcome(y, task), task), task, seed, trees=trees)
    return Ranking(named(encoded.sources, found), "share of impurity removed")


def cut(ranking: Ranking, *, share: float, k: int | None) -> Selection:
    """Keep the columns whose importance exceeds a share of the mean importance."""
    mean = float(np.mean(list(ranking.scores.values())))
    return ranking.cut(k, {n for n, s in ranking.scores.items() if s > 0 and s >= share * mean})


RANKS = Ranks(("share", "k"))
BY_RANK = ByRank(rank, cut, RANKS)


def build(task: Task, seed: int, trees: int = 200, share: float = 1.0, k: int | None = None) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(BY_RANK, task, seed, {"trees": trees, "share": share, "k": k})


STRATEGY = Strategy(
    kind="selector",
    key="tree_importance",
    label="Tree importance",
    summary="Keeps the columns that random trees split on; sees curves and interactions.",
    build=build,
    params=(
        Param(
            key="trees",
            label="Trees",
            kind="int",
            default=200,
            low=10,
            high=1_000,
            help="More trees give steadier importances and take longer.",
            scale="log",
        ),
        Param(
            key="share",
            label="Least share of the mean",
            kind="float",
            default=1.0,
            low=0.0,
            high=10.0,
            help="A column stays when its importance is this many times the mean importance.",
        ),
        K_LIMIT,
    ),
    source="Breiman et al. (1984); Geurts, Ernst & Wehenkel (2006), Extremely randomized trees",
    family="embedded",
    ranks=RANKS,
    order=160,
)
