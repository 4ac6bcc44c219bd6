"""Keep every column."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from outfold.registry import Strategy
from outfold.select.columns import Target, groups
from outfold.select.selection import Selection
from outfold.task import Task


def choose(X: pd.DataFrame, y: Target, *, task: Task, seed: int) -> Selection:
    """Keep every column, in the table's order; there is no score."""
    sources = tuple(groups(X))
    return Selection(selected=sources, scores=dict.fromkeys(sources, math.nan), score_name="none")


def build(task: Task, seed: int) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(choose, task, seed)


STRATEGY = Strategy(
    kind="selector",
    key="none",
    label="All columns",
    summary="Keeps every column: the yardstick for the other selectors.",
    build=build,
    family="none",
    order=0,
    default=True,
)
