"""Drop columns that say little about the target or repeat a better one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import Param, Strategy
from outfold.select.association import Associations, measured_target
from outfold.select.columns import Target, best_part, named, owners
from outfold.select.keep import K_LIMIT, ranking
from outfold.select.selection import Selection
from outfold.task import Task


def choose(
    X: pd.DataFrame,
    y: Target,
    *,
    task: Task,
    seed: int,
    relevance: float,
    redundancy: float,
    k: int | None,
) -> Selection:
    """Walk the columns from most to least relevant; keep each that no kept one repeats.

    Relevance and redundancy are |Pearson r|, the correlation ratio η or Cramér's V, by the types of
    the two columns. Between columns with several prepared parts the strongest pair of parts counts.
    """
    sources, owner = owners(X)
    links = Associations(X)
    relevances = links.strengths(measured_target(y, task))
    scores = named(sources, best_part(relevances, owner, len(sources)))
    place = {name: i for i, name in enumerate(sources)}
    selected: list[str] = []
    dropped: dict[str, str] = {}
    order = ranking(scores)
    for name in order:
        if name in dropped or scores[name] < relevance or (k is not None and len(selected) >= k):
            continue
        selected.append(name)
        for part in np.flatnonzero(owner == place[name]):
            repeats = best_part(links.strengths_with(int(part)), owner, len(sources))
            for other in np.flatnonzero(repeats > redundancy):
                if sources[other] not in selected:
                    dropped.setdefault(sources[other], name)
    notes: tuple[str, ...] = ()
    if not selected:
        selected = [order[0]]
        notes = (f"No column reaches the relevance asked for; the best, {order[0]}, is kept.",)
    return Selection(
        selected=tuple(selected),
        scores=scores,
        score_name="association with the target, 0 to 1",
        dropped_because=dropped,
        notes=notes,
    )


def build(
    task: Task,
    seed: int,
    relevance: float = 0.02,
    redundancy: float = 0.9,
    k: int | None = None,
) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(choose, task, seed, {"relevance": relevance, "redundancy": redundancy, "k": k})


STRATEGY = Strategy(
    kind="selector",
    key="correlation",
    label="Correlation",
    summary="Keeps columns associated with the target and drops those that repeat a better one.",
    build=build,
    params=(
        Param(
            key="relevance",
            label="Least relevance",
            kind="float",
            default=0.02,
            low=0.0,
            high=1.0,
            help="Association with the target (|r|, η or Cramér's V) that a column must reach.",
        ),
        Param(
            key="redundancy",
            label="Most redundancy",
            kind="float",
            default=0.9,
            low=0.0,
            high=1.0,
            help="A column more strongly associated than this with a kept one is dropped.",
        ),
        K_LIMIT,
    ),
    source="Guyon & Elisseeff (2003), An introduction to variable and feature selection",
    family="filter",
    order=20,
)
