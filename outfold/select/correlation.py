"""Drop columns that say little about the target or repeat a better one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import Param, Ranks, Strategy
from outfold.select.association import Associations, measured_target
from outfold.select.columns import Target, best_part, named, owners
from outfold.select.keep import K_LIMIT, MOST_BY_DEFAULT, ranking
from outfold.select.ranking import ByRank, Ranking
from outfold.select.selection import Selection
from outfold.task import Task


def rank(
    X: pd.DataFrame,
    y: Target,
    *,
    task: Task,
    seed: int,
    relevance: float,
    redundancy: float,
    depth: int | None,
) -> Ranking:
    """Walk the columns from most to least relevant; take each that no taken one repeats.

    The walk ends after ``depth`` columns, or with those that are relevant.

    Relevance and redundancy are |Pearson r|, the correlation ratio η or Cramér's V, by the types of
    the two columns. Between columns with several prepared parts the strongest pair of parts counts.
    """
    sources, owner = owners(X)
    links = Associations(X)
    relevances = links.strengths(measured_target(y, task))
    scores = named(sources, best_part(relevances, owner, len(sources)))
    place = {name: i for i, name in enumerate(sources)}
    taken: list[str] = []
    dropped: dict[str, str] = {}
    order = ranking(scores)
    for name in order:
        if depth is not None and len(taken) >= depth:
            break
        if name in dropped or scores[name] < relevance:
            continue
        taken.append(name)
        for part in np.flatnonzero(owner == place[name]):
            repeats = best_part(links.strengths_with(int(part)), owner, len(sources))
            for other in np.flatnonzero(repeats > redundancy):
                if sources[other] not in taken:
                    dropped.setdefault(sources[other], name)
    notes: tuple[str, ...] = ()
    if not taken:
        taken = [order[0]]
        notes = (f"No column reaches the relevance asked for; the best, {order[0]}, is kept.",)
    return Ranking(
        scores,
        "association with the target, 0 to 1",
        tuple(taken),
        dropped_because=dropped,
        notes=notes,
    )


def cut(ranking: Ranking, *, k: int | None) -> Selection:
    """Keep the k columns taken first, and say what these made redundant."""
    return ranking.selection(ranking.order[:k])


def deepest(asked: Sequence[int | None]) -> int | None:
    """The whole walk where one asks for it, else the largest number of columns asked for."""
    return None if None in asked else max(MOST_BY_DEFAULT, *(k or 0 for k in asked))


RANKS = Ranks(deepest=deepest)
BY_RANK = ByRank(rank, cut, RANKS)


def build(
    task: Task,
    seed: int,
    relevance: float = 0.02,
    redundancy: float = 0.9,
    k: int | None = None,
) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(BY_RANK, task, seed, {"relevance": relevance, "redundancy": redundancy, "k": k})


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
    ranks=RANKS,
    order=20,
)
