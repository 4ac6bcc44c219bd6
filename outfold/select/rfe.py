"""Recursive feature elimination: fit, drop the columns that weigh least, and repeat."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import Param, Strategy
from outfold.select.columns import Target, outcome
from outfold.select.elimination import MOST_ROWS, WEIGHING, eliminated, judged_sizes
from outfold.select.encode import encode
from outfold.select.inner_score import FOLDS
from outfold.select.sampling import enough_rows, said, sampled
from outfold.select.selection import Selection
from outfold.task import Task


def choose(
    X: pd.DataFrame, y: Target, *, task: Task, seed: int, model: str, k: int | None
) -> Selection:
    """Eliminate down to ``k`` columns, or to the number that inner folds advise.

    A column's score is the share of columns that went before it or with it, 1 for the last one.
    """
    target = outcome(y, task)
    rows = sampled(target, task, MOST_ROWS, np.random.default_rng(seed))
    notes = said(len(rows), len(X), "Models were fitted on")
    encoded, target = encode(X.iloc[rows]), target[rows]
    merit: float | None = None
    if k is None:
        k, merit = judged_sizes(encoded, target, task, model, seed, FOLDS).best("one_se")
    final, reached = eliminated(encoded, target, task, model, seed, k)
    return Selection(
        selected=tuple(encoded.sources[i] for i in final),
        scores={name: float(reached[i]) for i, name in enumerate(encoded.sources)},
        score_name="share of the columns that it outlasted",
        merit=merit,
        merit_name="R² of this number of columns in inner folds" if merit is not None else "",
        notes=notes,
    )


def build(task: Task, seed: int, model: str = "linear", k: int | None = None) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(choose, task, seed, {"model": model, "k": k})


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
    order=110,
)
