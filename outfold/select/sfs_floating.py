"""Add the column that helps most, then take back those that have become superfluous."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from outfold.registry import Strategy
from outfold.select.columns import Target
from outfold.select.inner_score import MODEL, InnerScore
from outfold.select.keep import K_LIMIT
from outfold.select.sampling import enough_rows
from outfold.select.selection import Selection
from outfold.select.sequence_search import LEAST_GAIN, MOST_STEPS, POOL, start
from outfold.task import Task

BEYOND = 2
"""Columns past the number asked for to which the search grows, since it may shrink again."""

PATIENCE = 3
"""The search ends after this many sizes in a row that are not worth their columns."""

LEAST_BETTER = 1e-9
"""A set counts as better only by more than this, so that rounding errors make no endless turns."""


def floating(
    score: InnerScore, pool: Sequence[int], largest: int, least_gain: float
) -> dict[int, tuple[int, ...]]:
    """The best set of each size that sequential floating forward search meets.

    After each column added, the one that is missed least is taken away as long as what is left
    beats every set of its size that was met before.
    """
    best: dict[int, tuple[int, ...]] = {0: ()}
    worth, stale = 0.0, 0
    current: tuple[int, ...] = ()
    while len(current) < min(largest, len(pool)) and stale < PATIENCE:
        added = max((i for i in pool if i not in current), key=lambda i: score((*current, i)))
        current = (*current, added)
        size = len(current)
        # Where a better set of this size was met before, the search goes on from that one.
        if size in best and score(best[size]) >= score(current) - LEAST_BETTER:
            current = best[size]
        else:
            best[size] = current
        while len(current) > 2:
            smaller = max(
                (tuple(j for j in current if j != i) for i in current), key=lambda s: score(s)
            )
            if score(smaller) <= score(best[len(smaller)]) + LEAST_BETTER:
                break
            best[len(smaller)] = current = smaller
        reached = max(score(s) - least_gain * n for n, s in best.items())
        grew = len(current) == size
        if reached > worth + LEAST_BETTER:
            worth, stale = reached, 0
        elif grew:
            stale += 1
    return best


def choose(
    X: pd.DataFrame,
    y: Target,
    *,
    task: Task,
    seed: int,
    model: str,
    least_gain: float,
    pool: int,
    k: int | None,
) -> Selection:
    """Of the best sets of each size, keep the one whose R² is worth its number of columns.

    Each column more must add the least gain. The score of a kept column is the R² lost without it,
    of another one the R² that it would add.
    """
    begin = start(X, y, task=task, seed=seed, pool=pool, model=model)
    score, notes = begin.score, begin.notes
    most = MOST_STEPS if k is None else k
    found = floating(score, begin.pool, most + BEYOND, least_gain)
    sizes = [n for n in found if 0 < n <= most]
    size = max(sizes, key=lambda n: (score(found[n]) - least_gain * n, -n))
    kept = found[size]
    whole = score(kept)
    if whole < least_gain:
        notes += (f"No column reaches the least gain; {begin.sources[kept[0]]} is kept.",)
        kept = kept[:1]
        whole = score(kept)
    values = {i: whole - score([j for j in kept if j != i]) for i in kept}
    values |= {i: score((*kept, i)) - whole for i in begin.pool if i not in kept}
    ordered = sorted(kept, key=lambda i: (-values[i], begin.pool.index(i)))
    return Selection(
        selected=tuple(begin.sources[i] for i in ordered),
        scores={name: values.get(i, float("nan")) for i, name in enumerate(begin.sources)},
        score_name="R² of inner folds lost without it, or gained with it",
        merit=whole,
        merit_name="R² of the set in the inner folds that chose it",
        notes=notes,
    )


def build(
    task: Task,
    seed: int,
    model: str = "linear",
    least_gain: float = 0.002,
    pool: int = 30,
    k: int | None = None,
) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    params = {"model": model, "least_gain": least_gain, "pool": pool, "k": k}
    return Selector(choose, task, seed, params)


STRATEGY = Strategy(
    kind="selector",
    key="sfs_floating",
    label="Floating search",
    summary="As forward search, but takes back columns that later ones have made superfluous.",
    build=build,
    params=(MODEL, LEAST_GAIN, POOL, K_LIMIT),
    source="Pudil, Novovičová & Kittler (1994), Floating search methods in feature selection",
    requires=enough_rows,
    family="wrapper",
    order=125,
)
