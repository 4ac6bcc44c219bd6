"""Keep columns whose contingency table with the classes is far from independence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import Param, Ranks, Strategy
from outfold.select.columns import Target, best_part, classes, codes, is_discrete, named, numbers
from outfold.select.columns import owners as owners_of
from outfold.select.discretise import equal_bins
from outfold.select.entropy import chi_squared, contingency
from outfold.select.evidence import ALPHA, discoveries, neg_log10_p_of_chi2
from outfold.select.keep import K_LIMIT
from outfold.select.ranking import ByRank, Ranking
from outfold.select.selection import Selection
from outfold.task import CLASSIFICATION, Task


def rank(X: pd.DataFrame, y: Target, *, task: Task, seed: int, bins: int) -> Ranking:
    """Pearson's chi-square of each column, cut into equally filled bins where it is a number.

    This is the contingency test, not scikit-learn's ``chi2``: that one sums a non-negative
    column's values per class, so it depends on units and has no meaning for centred columns. The
    bins do not look at the classes, so that the p-value holds.
    """
    sources, owner = owners_of(X)
    target = classes(y)
    tests = [
        chi_squared(
            contingency(
                codes(X[c]) if is_discrete(X[c]) else equal_bins(numbers(X[c]), bins), target
            )
        )
        for c in X.columns
    ]
    evidence = neg_log10_p_of_chi2(np.array([t[0] for t in tests]), np.array([t[1] for t in tests]))
    scores = named(sources, best_part(evidence, owner, len(sources)))
    return Ranking(scores, "-log10 of the p-value")


def cut(ranking: Ranking, *, alpha: float, k: int | None) -> Selection:
    """Keep the columns that pass Benjamini and Hochberg's rule."""
    return ranking.cut(k, discoveries(ranking.scores, alpha))


RANKS = Ranks(("alpha", "k"))
BY_RANK = ByRank(rank, cut, RANKS)


def build(task: Task, seed: int, bins: int = 5, alpha: float = 0.05, k: int | None = None) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(BY_RANK, task, seed, {"bins": bins, "alpha": alpha, "k": k})


STRATEGY = Strategy(
    kind="selector",
    key="chi2",
    label="Chi-square",
    summary="Keeps columns whose levels or ranges are spread unequally over the classes.",
    build=build,
    tasks=CLASSIFICATION,
    params=(
        Param(
            key="bins",
            label="Bins for numbers",
            kind="int",
            default=5,
            low=2,
            high=50,
            help="Numeric columns are cut into this many equally filled bins.",
        ),
        ALPHA,
        K_LIMIT,
    ),
    source="Pearson (1900); Benjamini & Hochberg (1995)",
    family="filter",
    ranks=RANKS,
    order=50,
    libraries=("scipy",),
)
