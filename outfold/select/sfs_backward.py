"""Take away the column that a model misses least, one after another."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from outfold.registry import Strategy
from outfold.select.columns import Target
from outfold.select.inner_score import MODEL
from outfold.select.keep import K_LIMIT
from outfold.select.sampling import enough_rows
from outfold.select.selection import Selection
from outfold.select.sequence_search import LEAST_GAIN, POOL, start
from outfold.task import Task


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
    """Take columns away while each costs less R² of the inner folds than the least gain.

    A column's score is the R² that is lost without it: from the final set, or when it was taken
    away. With ``k``, columns are taken away until that many are left, whatever they cost.
    """
    begin = start(X, y, task=task, seed=seed, pool=pool, model=model)
    kept = sorted(begin.pool)
    lost = dict.fromkeys(begin.pool, math.nan)
    while len(kept) > 1:
        whole = begin.score(kept)
        lost |= {i: whole - begin.score([j for j in kept if j != i]) for i in kept}
        least = min(kept, key=lambda i: (lost[i], -begin.pool.index(i)))
        if lost[least] >= least_gain and (k is None or len(kept) <= k):
            break
        kept.remove(least)
    if len(kept) == 1:
        lost[kept[0]] = begin.score(kept)
    kept.sort(key=lambda i: (-lost[i], i))
    return Selection(
        selected=tuple(begin.sources[i] for i in kept),
        scores={name: lost.get(i, math.nan) for i, name in enumerate(begin.sources)},
        score_name="R² lost in inner folds without it",
        merit=begin.score(kept),
        merit_name="R² of the set in the inner folds that chose it",
        notes=begin.notes,
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
    key="sfs_backward",
    label="Backward search",
    summary="Takes away the column that a quick model misses least, until each is missed.",
    build=build,
    params=(MODEL, LEAST_GAIN, POOL, K_LIMIT),
    source="Marill & Green (1963); Kohavi & John (1997), Wrappers for feature subset selection",
    requires=enough_rows,
    family="wrapper",
    order=130,
)
