"""Keep columns whose F test against the target is significant."""

from __future__ import annotations

from typing import Any

import pandas as pd

from outfold.registry import Ranks, Strategy
from outfold.select.columns import Target, best_part, named, owners
from outfold.select.evidence import ALPHA, discoveries, neg_log10_p_of_f
from outfold.select.keep import K_LIMIT
from outfold.select.pillai import f_statistics
from outfold.select.ranking import ByRank, Ranking
from outfold.select.selection import Selection
from outfold.task import Task


def rank(X: pd.DataFrame, y: Target, *, task: Task, seed: int) -> Ranking:
    """Rank the columns by the p-value of their F test."""
    sources, owner = owners(X)
    evidence = neg_log10_p_of_f(*f_statistics(X, y, task))
    scores = named(sources, best_part(evidence, owner, len(sources)))
    return Ranking(scores, "-log10 of the p-value")


def cut(ranking: Ranking, *, alpha: float, k: int | None) -> Selection:
    """Keep the columns that pass Benjamini and Hochberg's rule."""
    return ranking.cut(k, discoveries(ranking.scores, alpha))


RANKS = Ranks(("alpha", "k"))
BY_RANK = ByRank(rank, cut, RANKS)


def build(task: Task, seed: int, alpha: float = 0.05, k: int | None = None) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(BY_RANK, task, seed, {"alpha": alpha, "k": k})


STRATEGY = Strategy(
    kind="selector",
    key="anova_f",
    label="F test",
    summary="Keeps columns whose mean differs between classes, or whose slope differs from zero.",
    build=build,
    params=(ALPHA, K_LIMIT),
    source="Fisher (1925); Pillai (1955) for categorical columns; Benjamini & Hochberg (1995)",
    family="filter",
    ranks=RANKS,
    order=40,
    libraries=("scipy",),
)
