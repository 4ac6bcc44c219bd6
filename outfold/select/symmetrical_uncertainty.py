"""Keep the columns that tell something about the target, measured by symmetrical uncertainty."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import Param, Ranks, Strategy
from outfold.select.columns import (
    Floats,
    Ints,
    Target,
    best_part,
    codes,
    is_discrete,
    named,
    numbers,
    outcome,
    owners,
)
from outfold.select.discretise import binned, equal_bins, mdl_cuts, number_of_bins
from outfold.select.entropy import contingency, symmetrical_uncertainty
from outfold.select.keep import K_LIMIT
from outfold.select.ranking import ByRank, Ranking
from outfold.select.selection import Selection
from outfold.task import Task, is_classification


def uncertainties(X: pd.DataFrame, level: Ints) -> Floats:
    """Symmetrical uncertainty of each prepared column with coded classes, 0 to 1.

    Numbers are first cut by the classes (Fayyad & Irani 1993); one left in a single piece has 0.
    A missing value is shared out among the known ones, as Weka does.
    """
    found = np.zeros(X.shape[1])
    for i, name in enumerate(X.columns):
        column = X[name]
        if is_discrete(column):
            own = codes(column)
        else:
            own = binned(numbers(column), mdl_cuts(numbers(column), level))
        found[i] = symmetrical_uncertainty(contingency(own, level))
    return found


def rank(X: pd.DataFrame, y: Target, *, task: Task, seed: int) -> Ranking:
    """Rank the columns by symmetrical uncertainty with the target.

    For classes it equals Weka's SymmetricalUncertAttributeEval. A numeric target is first cut into
    equally filled ranges, which then stand for classes.
    """
    sources, owner = owners(X)
    target = outcome(y, task)
    level = (
        target.astype(np.int64)
        if is_classification(task)
        else equal_bins(target.astype(np.float64), number_of_bins(len(X)))
    )
    scores = named(sources, best_part(uncertainties(X, level), owner, len(sources)))
    return Ranking(scores, "symmetrical uncertainty with the target, 0 to 1")


def cut(ranking: Ranking, *, threshold: float, k: int | None) -> Selection:
    """Keep the columns whose symmetrical uncertainty exceeds the threshold."""
    return ranking.cut(k, {n for n, s in ranking.scores.items() if s > threshold})


RANKS = Ranks(("threshold", "k"))
BY_RANK = ByRank(rank, cut, RANKS)


def build(task: Task, seed: int, threshold: float = 0.01, k: int | None = None) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(BY_RANK, task, seed, {"threshold": threshold, "k": k})


STRATEGY = Strategy(
    kind="selector",
    key="symmetrical_uncertainty",
    label="Symmetrical uncertainty",
    summary="Keeps columns that share information with the target, on a scale from 0 to 1.",
    build=build,
    params=(
        Param(
            key="threshold",
            label="Least uncertainty",
            kind="float",
            default=0.01,
            low=0.0,
            high=1.0,
            help="Share of information, 0 to 1, that a column must exceed; 0 keeps all that "
            "tell anything.",
        ),
        K_LIMIT,
    ),
    source="Press et al. (1988), Numerical recipes; Hall (1999); Fayyad & Irani (1993) for numbers",
    family="filter",
    ranks=RANKS,
    order=35,
    libraries=("numpy",),
)
