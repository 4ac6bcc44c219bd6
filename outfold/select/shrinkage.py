"""What the L1 and the elastic-net selectors share: rows, penalty, outcome."""

from __future__ import annotations

import numpy as np
import pandas as pd

from outfold.registry import Param, Ranks
from outfold.select.columns import Target, named, outcome
from outfold.select.encode import encode
from outfold.select.penalised_path import Path, advised, grid, largest_penalty, path
from outfold.select.ranking import Ranking
from outfold.select.sampling import said, sampled
from outfold.select.selection import Selection
from outfold.task import Task

MOST_ROWS = 10_000
"""Above this, models are fitted on a sample of the rows."""

WEIGHT = "size of its largest coefficient at the penalty"

RANKS = Ranks()

STRENGTH = Param(
    key="strength",
    label="Penalty",
    kind="float",
    default=None,
    low=0.001,
    high=1.0,
    help="As a share of the least penalty that keeps every column out: smaller keeps more.",
    scale="log",
    none_label="the largest within one standard error of the best, by inner folds",
    source="Hastie, Tibshirani & Friedman (2009), one-standard-error rule",
)


def shrunk(
    X: pd.DataFrame,
    y: Target,
    *,
    task: Task,
    seed: int,
    ratio: float,
    strength: float | None,
) -> Ranking:
    """Rank the columns by when their coefficients leave zero, down to the penalty given or advised.

    The score is the share of the largest penalty at which a column enters on the way to the chosen
    one, 0 where it does not. One level's or one class's coefficient is enough for a column to be
    in. Counts are fitted as log(1 + y).
    """
    target = outcome(y, task)
    rows = sampled(target, task, MOST_ROWS, np.random.default_rng(seed))
    notes = said(len(rows), len(X), "Models were fitted on")
    encoded, target = encode(X.iloc[rows]), target[rows]
    top = largest_penalty(encoded.matrix, target, task, ratio)
    merit: float | None = None
    if strength is None:
        penalty, merit = advised(encoded, target, task, ratio, seed)
    else:
        penalty = strength * top
    steps = grid(top, task)
    penalties = np.append(steps[steps > penalty * (1 + 1e-9)], penalty)
    found = path(encoded, target, task, ratio=ratio, penalties=penalties)
    weight, entries = found.weights[-1], found.entries() * (penalties[0] / top)
    # Columns that enter at the same step are told apart by the size of their coefficients.
    order = np.lexsort((-weight, -entries))
    return Ranking(
        named(encoded.sources, entries),
        "share of the largest penalty at which it enters",
        tuple(encoded.sources[i] for i in order),
        figures={WEIGHT: named(encoded.sources, weight)},
        merit=merit,
        merit_name="R² at this penalty in inner folds" if merit is not None else "",
        notes=notes,
    )


def cut(ranking: Ranking, *, k: int | None) -> Selection:
    """Keep the columns whose coefficients are not zero at the penalty."""
    weight = ranking.figures[WEIGHT]
    return ranking.cut(k, {name for name in ranking.scores if weight[name] > 0})


def shrinkage_path(X: pd.DataFrame, y: Target, *, task: Task, seed: int, ratio: float) -> Path:
    """The whole path of a prepared frame, for a chart; at most ``MOST_ROWS`` rows are used."""
    target = outcome(y, task)
    rows = sampled(target, task, MOST_ROWS, np.random.default_rng(seed))
    return path(encode(X.iloc[rows]), target[rows], task, ratio=ratio)
