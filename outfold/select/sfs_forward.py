"""Add the column that helps a model most, one after another."""

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
from outfold.select.sequence_search import LEAST_GAIN, MOST_STEPS, POOL, start
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
    """Add columns while each raises the R² of the inner folds by the least gain.

    A column's score is what it added when it was taken, or would have added in the last round.
    """
    begin = start(X, y, task=task, seed=seed, pool=pool, model=model)
    notes = begin.notes
    taken: list[int] = []
    gains = dict.fromkeys(begin.pool, math.nan)
    reached = 0.0
    while len(taken) < (MOST_STEPS if k is None else k):
        open_ = [i for i in begin.pool if i not in taken]
        if not open_:
            break
        gains |= {i: begin.score([*taken, i]) - reached for i in open_}
        best = max(open_, key=lambda i: gains[i])
        if gains[best] < least_gain:
            if not taken:
                taken.append(best)
                notes += (f"No column reaches the least gain; {begin.sources[best]} is kept.",)
            break
        taken.append(best)
        reached += gains[best]
    return Selection(
        selected=tuple(begin.sources[i] for i in taken),
        scores={name: gains.get(i, math.nan) for i, name in enumerate(begin.sources)},
        score_name="R² gained in inner folds",
        merit=begin.score(taken),
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
    key="sfs_forward",
    label="Forward search",
    summary="Adds the column that helps a quick model most, until none helps enough.",
    build=build,
    params=(MODEL, LEAST_GAIN, POOL, K_LIMIT),
    source="Whitney (1971); Kohavi & John (1997), Wrappers for feature subset selection",
    requires=enough_rows,
    family="wrapper",
    order=120,
)
