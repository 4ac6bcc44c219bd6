"""Recursive feature elimination down to the number of columns that predicts held-out rows best."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

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
from outfold.select.ranking import ByRank, Ranking
from outfold.select.sampling import enough_rows, said, sampled
from outfold.select.selection import Selection
from outfold.task import Task


def rank(X: pd.DataFrame, y: Target, *, task: Task, seed: int, model: str, folds: int) -> Ranking:
    """Judge every number of columns by inner folds, and rank the columns by how long they last.

    A column's score is the share of columns that went before it or with it, 1 for the last one.
    """
    target = outcome(y, task)
    rows = sampled(target, task, MOST_ROWS, np.random.default_rng(seed))
    notes = said(len(rows), len(X), "Models were fitted on")
    encoded, target = encoded_for(model, X.iloc[rows]), target[rows]
    sizes = judged_sizes(encoded, target, task, model, seed, min(folds, len(rows) // 2))
    return outlasting(encoded, target, task, model, seed, sizes=sizes, notes=notes)


def cut(ranking: Ranking, *, rule: Literal["best", "one_se"], least: int) -> Selection:
    """Keep as many of the columns that last longest as inner folds advise.

    The merit is optimistic by the choice among sizes, though not by that among columns.
    """
    k, merit = Sizes.from_plain(ranking.sizes).best(rule, least)
    name = "R² of this number of columns in inner folds"
    return replace(ranking, merit=merit, merit_name=name).cut(k)


RANKS = Ranks(("rule", "least"))
BY_RANK = ByRank(rank, cut, RANKS)


def build(
    task: Task,
    seed: int,
    model: str = "linear",
    rule: str = "best",
    folds: int = 5,
    least: int = 1,
) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(
        BY_RANK, task, seed, {"model": model, "rule": rule, "folds": folds, "least": least}
    )


STRATEGY = Strategy(
    kind="selector",
    key="rfecv",
    label="RFECV",
    summary="As RFE, but inner folds find the number of columns that predicts best.",
    build=build,
    params=(
        WEIGHING,
        Param(
            key="rule",
            label="Number of columns",
            kind="choice",
            default="best",
            choices=("best", "one_se"),
            help="best: the number of highest mean R²; one_se: the fewest within one standard "
            "error of it.",
            source="Hastie, Tibshirani & Friedman (2009), one-standard-error rule",
        ),
        Param(
            key="folds",
            label="Inner folds",
            kind="int",
            default=5,
            low=2,
            high=10,
            help="Folds within the training rows that judge each number of columns.",
        ),
        Param(
            key="least",
            label="At least",
            kind="int",
            default=1,
            low=1,
            high=10_000,
            help="Fewer columns than this are not considered.",
        ),
    ),
    source="Guyon et al. (2002); Ambroise & McLachlan (2002) for judging in folds of their own",
    requires=enough_rows,
    family="wrapper",
    ranks=RANKS,
    order=115,
)
