"""ReliefF: columns that differ between near rows of different classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import Param, Ranks, Strategy
from outfold.select.columns import Target, best_part, named, outcome, owners
from outfold.select.keep import K_HALF, half
from outfold.select.neighbour_weights import class_weights, number_weights, rows_of
from outfold.select.ranking import ByRank, Ranking
from outfold.select.sampling import said, sampled
from outfold.select.selection import Selection
from outfold.task import Task, is_classification

MOST_ROWS = 5_000
"""Above this, neighbours are looked for among a random sample of the rows."""

MOST_WORK = 1_000_000_000
"""Most differences (probes × rows × columns) that distances may take; about two seconds."""


def rank(X: pd.DataFrame, y: Target, *, task: Task, seed: int, neighbors: int) -> Ranking:
    """Rank the columns by their weight.

    Numbers differ by their share of the range, levels by being unequal. Every row is a probe until
    that becomes slow; then a random part of them is, and the notes say so.
    """
    sources, owner = owners(X)
    target = outcome(y, task)
    draw = np.random.default_rng(seed)
    chosen = sampled(target, task, MOST_ROWS, draw)
    notes = said(len(chosen), len(X), "Weights are from")
    X, target = X.iloc[chosen], target[chosen]
    rows = rows_of(X)
    probes = np.arange(len(X))
    affordable = max(100, MOST_WORK // (len(X) * rows.distance.shape[1]))
    if affordable < len(X):
        probes = np.sort(draw.choice(len(X), affordable, replace=False))
        notes += (f"Neighbours were looked up for a random {affordable:,} rows.",)
    weights = (
        class_weights(rows, target.astype(np.int64), probes, neighbors)
        if is_classification(task)
        else number_weights(rows, target.astype(np.float64), probes, neighbors)
    )
    scores = named(sources, best_part(weights, owner, len(sources)))
    return Ranking(scores, "ReliefF weight, -1 to 1", notes=notes)


def cut(ranking: Ranking, *, k: int | None) -> Selection:
    """Keep the best columns with a weight above zero."""
    return ranking.cut(
        half(ranking.n_columns) if k is None else k,
        {n for n, s in ranking.scores.items() if s > 0},
    )


RANKS = Ranks()
BY_RANK = ByRank(rank, cut, RANKS)


def build(task: Task, seed: int, neighbors: int = 10, k: int | None = None) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(BY_RANK, task, seed, {"neighbors": neighbors, "k": k})


STRATEGY = Strategy(
    kind="selector",
    key="relieff",
    label="ReliefF",
    summary="Weighs columns by how near rows of different classes differ; sees interactions.",
    build=build,
    params=(
        Param(
            key="neighbors",
            label="Neighbours",
            kind="int",
            default=10,
            low=1,
            high=100,
            help="Nearest rows looked at in each class; fewer see finer structure and more noise.",
            source="Kononenko (1994)",
        ),
        K_HALF,
    ),
    source="Kononenko (1994), Estimating attributes; Robnik-Šikonja & Kononenko (1997), RReliefF",
    family="filter",
    ranks=RANKS,
    order=80,
    libraries=("scipy",),
)
