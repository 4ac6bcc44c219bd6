"""Recursive feature elimination: fit, drop the columns that weigh least, and repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import Param, Ranks, Strategy
from outfold.select.columns import Target, outcome
from outfold.select.elimination import (
    MOST_ROWS,
    WEIGHING,
    Sizes,
    encoded_for,
    judged_sizes,
    outlasting,
)
from outfold.select.inner_score import FOLDS
from outfold.select.ranking import ByRank, Ranking
from outfold.select.sampling import enough_rows, said, sampled
from outfold.select.selection import Selection
from outfold.task import Task


def rank(
    X: pd.DataFrame, y: Target, *, task: Task, seed: int, model: str, depth: int | None
) -> Ranking:
    """Rank the columns by how long they last; without a ``depth`` every number is judged as well.

    A column's score is the share of columns that went before it or with it, 1 for the last one.
    """
    target = outcome(y, task)
    rows = sampled(target, task, MOST_ROWS, np.random.default_rng(seed))
    notes = said(len(rows), len(X), "Models were fitted on")
    encoded, target = encoded_for(model, X.iloc[rows]), target[rows]
    sizes = None if depth else judged_sizes(encoded, target, task, model, seed, FOLDS)
    return outlasting(encoded, target, task, model, seed, sizes=sizes, notes=notes)


def cut(ranking: Ranking, *, k: int | None) -> Selection:
    """Keep the ``k`` columns that last longest, or the number that inner folds advise."""
    if k is None:
        k, merit = Sizes.from_plain(ranking.sizes).best("one_se")
        name = "R² of this number of columns in inner folds"
        ranking = replace(ranking, merit=merit, merit_name=name)
    return ranking.cut(k)


def deepest(asked: Sequence[int | None]) -> int | None:
    """Elimination always goes to the end; numbers are judged where no ``k`` is given."""
    return None if None in asked else 1


RANKS = Ranks(deepest=deepest)
BY_RANK = ByRank(rank, cut, RANKS)


def build(task: Task, seed: int, model: str = "linear", k: int | None = None) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(BY_RANK, task, seed, {"model": model, "k": k})


STRATEGY = Strategy(
    kind="selector",
    key="rfe",
    label="RFE",
    summary="Fits a model, drops the columns that weigh least, and repeats.",
    build=build,
    params=(
        WEIGHING,
        Param(
            key="k",
            label="Columns kept",
            kind="int",
            default=None,
            low=1,
            high=10_000,
            help="How many columns are left at the end.",
            none_label="the fewest within one standard error of the best, by inner folds",
        ),
    ),
    source="Guyon et al. (2002), Gene selection for cancer classification using SVMs",
    requires=enough_rows,
    family="wrapper",
    ranks=RANKS,
    order=110,
)
