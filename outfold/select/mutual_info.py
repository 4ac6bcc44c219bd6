"""Keep the columns that share most information with the target."""

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
from outfold.select.entropy import contingency, information_gain
from outfold.select.keep import K_HALF, half
from outfold.select.neighbour_information import scaled, with_classes, with_number
from outfold.select.ranking import ByRank, Ranking
from outfold.select.sampling import said, sampled
from outfold.select.selection import Selection
from outfold.task import Task, is_classification

MOST_ROWS = 20_000
"""Above this, neighbours are looked for among a sample of the rows."""
FEW_VALUES = 10
"""Up to so many different values a number is counted like levels."""


def informations(X: pd.DataFrame, y: Target, *, task: Task, seed: int, neighbors: int) -> Floats:
    """Mutual information of each prepared column with the target, nats, ``(n_columns,)``."""
    target = outcome(y, task)
    jitter = np.random.default_rng(seed)
    k = max(1, min(neighbors, len(X) - 2))
    by_class = is_classification(task)
    number = np.empty(0) if by_class else scaled(target.astype(np.float64), jitter)
    found = np.zeros(X.shape[1])
    for i, name in enumerate(X.columns):
        column = X[name]
        level = codes(column) if is_discrete(column) else _few(numbers(column))
        if level is not None:
            if by_class:
                table = contingency(level, target.astype(np.int64))
                found[i] = information_gain(table) * np.log(2.0)
            else:
                found[i] = with_classes(number, np.where(level < 0, level.max() + 1, level), k)
        elif by_class:
            found[i] = with_classes(scaled(numbers(column), jitter), target.astype(np.int64), k)
        else:
            found[i] = with_number(scaled(numbers(column), jitter), number, k)
    return found


def _few(values: Floats) -> Ints | None:
    """Codes of a number that has few values, such as the mark of a gap; None of any other.

    Their information is then exact, where neighbours among rows that are all alike are noise.
    """
    some = values[: 4 * FEW_VALUES]
    if len(np.unique(some)) > FEW_VALUES:
        return None
    found, level = np.unique(values, return_inverse=True)
    return level.astype(np.int64) if len(found) <= FEW_VALUES else None


def rank(X: pd.DataFrame, y: Target, *, task: Task, seed: int, neighbors: int) -> Ranking:
    """Mutual information in nats.

    Categorical columns, and numbers with at most ten values, against classes: the exact plug-in
    value (scikit-learn takes any number for continuous unless told). Other numbers:
    nearest-neighbour estimates (Kraskov et al. 2004 against a number, Ross 2014 against classes) as
    scikit-learn's, with a tiny random jitter that the seed decides; an estimate below zero is shown
    as zero.
    """
    sources, owner = owners(X)
    target = outcome(y, task)
    rows = sampled(target, task, MOST_ROWS, np.random.default_rng(seed))
    notes = said(len(rows), len(X), "Information was estimated from")
    values = informations(X.iloc[rows], target[rows], task=task, seed=seed, neighbors=neighbors)
    scores = named(sources, best_part(values, owner, len(sources)))
    return Ranking(scores, "mutual information, nats", notes=notes)


def cut(ranking: Ranking, *, k: int | None) -> Selection:
    """Keep the k best columns, or half of them."""
    return ranking.cut(half(ranking.n_columns) if k is None else k)


RANKS = Ranks()
BY_RANK = ByRank(rank, cut, RANKS)


def build(task: Task, seed: int, neighbors: int = 3, k: int | None = None) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(BY_RANK, task, seed, {"neighbors": neighbors, "k": k})


STRATEGY = Strategy(
    kind="selector",
    key="mutual_info",
    label="Mutual information",
    summary="Ranks columns by what they tell about the target, curved relations included.",
    build=build,
    params=(
        Param(
            key="neighbors",
            label="Neighbours",
            kind="int",
            default=3,
            low=1,
            high=50,
            help="For numbers: more neighbours give a steadier but more biased estimate.",
            source="Kraskov et al. (2004)",
        ),
        K_HALF,
    ),
    source="Kraskov, Stögbauer & Grassberger (2004); Ross (2014)",
    family="filter",
    ranks=RANKS,
    order=30,
    libraries=("scipy",),
)
