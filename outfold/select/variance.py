"""Drop columns in which nearly all rows are alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import Param, Ranks, Strategy
from outfold.select.columns import (
    Floats,
    Target,
    best_part,
    codes,
    is_discrete,
    named,
    numbers,
    owners,
)
from outfold.select.keep import K_LIMIT
from outfold.select.ranking import ByRank, Ranking
from outfold.select.selection import Selection
from outfold.task import Task


def diversity(values: Floats | Any) -> float:
    """The probability that two rows drawn with replacement differ: 1 - sum of squared shares.

    For a 0/1 column it is twice its variance; for categories it is Gini's index. It does not
    depend on units, while the ordinary variance of a prepared column is 1 by construction.
    """
    _, counts = np.unique(values, return_counts=True)
    shares = counts / counts.sum()
    return float(1.0 - shares @ shares)


def rank(X: pd.DataFrame, y: Target, *, task: Task, seed: int) -> Ranking:
    """Rank the columns by diversity; the target is not looked at."""
    sources, owner = owners(X)
    values = [diversity(codes(X[c]) if is_discrete(X[c]) else numbers(X[c])) for c in X.columns]
    scores = named(sources, best_part(values, owner, len(sources)))
    return Ranking(scores, "probability that two rows differ")


def cut(ranking: Ranking, *, threshold: float, k: int | None) -> Selection:
    """Keep the columns whose diversity exceeds the threshold."""
    return ranking.cut(k, {n for n, s in ranking.scores.items() if s > threshold})


RANKS = Ranks(("threshold", "k"))
BY_RANK = ByRank(rank, cut, RANKS)


def build(task: Task, seed: int, threshold: float = 0.02, k: int | None = None) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(BY_RANK, task, seed, {"threshold": threshold, "k": k})


STRATEGY = Strategy(
    kind="selector",
    key="variance",
    label="Variance",
    summary="Drops columns in which nearly all rows have the same value; looks at no target.",
    build=build,
    params=(
        Param(
            key="threshold",
            label="Least diversity",
            kind="float",
            default=0.02,
            low=0.0,
            high=0.99,
            help="The probability that two random rows differ must exceed this; "
            "0.02 is a column in which 99 % of the rows are alike.",
        ),
        K_LIMIT,
    ),
    source="Gini (1912), Variabilità e mutabilità; near-zero variance as in Kuhn (2008), caret",
    family="filter",
    ranks=RANKS,
    order=10,
)
