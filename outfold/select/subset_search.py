"""Hall's merit of a subset of columns, and the best-first search for a subset of high merit."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from outfold.select.columns import Floats

IMPROVEMENT = 1e-5
"""A merit counts as better only by more than this, as in Weka's BestFirst."""


def merit(
    relevance: Floats,
    redundancy: Floats,
    subset: Collection[int],
    spread: Floats | None = None,
) -> float:
    """Hall's merit: sum of r_cf over sqrt(k + 2 times the sum of r_ff over pairs).

    Args:
        relevance: Correlation of each column with the target, ``(n_columns,)``.
        redundancy: Correlation of each pair of columns, ``(n_columns, n_columns)``.
        subset: Positions of the columns.
        spread: Weka 3.6 weighs each column of a numeric-target problem by its standard deviation,
            which makes the merit depend on units. Given here, it is reproduced; Outfold leaves it
            out, which is the textbook merit (Hall 1999, eq. 4.1).
    """
    chosen = np.fromiter(sorted(subset), dtype=np.int64, count=len(subset))
    if len(chosen) == 0:
        return 0.0
    w = np.ones(len(relevance)) if spread is None else spread
    inside = redundancy[np.ix_(chosen, chosen)] * np.outer(w[chosen], w[chosen])
    np.fill_diagonal(inside, w[chosen] ** 2)
    below = float(inside.sum())
    return float(abs(w[chosen] @ relevance[chosen])) / below**0.5 if below > 0 else 0.0


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes:
        subset: Positions of the columns, rising.
        merit: The subset's merit.
        expansions: Subsets whose one-larger neighbours were all looked at.
    """

    subset: tuple[int, ...]
    merit: float
    expansions: int


def best_first(
    relevance: Floats, redundancy_with: Callable[[int], Floats], patience: int = 5
) -> Found:
    """Best-first forward search from the empty subset.

    Args:
        relevance: Correlation of each column with the target, ``(n_columns,)``.
        redundancy_with: Gives a column's correlation with every column. Called once for a column,
            and only for those that the search takes up, so that wide tables stay cheap.
        patience: The search ends after this many expansions in a row without a better subset.
    """
    known: dict[int, Floats] = {}

    def links(position: int) -> Floats:
        if position not in known:
            known[position] = redundancy_with(position)
        return known[position]

    empty: frozenset[int] = frozenset()
    best, best_merit = empty, 0.0
    waiting: list[tuple[float, int, frozenset[int]]] = [(0.0, 0, empty)]
    seen = {empty}
    pushed = stale = expansions = 0
    while waiting and stale < patience:
        _, _, subset = heapq.heappop(waiting)
        expansions += 1
        members = sorted(subset)
        inside = sum(float(links(a)[b]) for i, a in enumerate(members) for b in members[i + 1 :])
        towards = sum((links(a) for a in members), np.zeros(len(relevance)))
        above = relevance[members].sum() + relevance
        below = len(members) + 1.0 + 2.0 * (inside + towards)
        merits = above / np.sqrt(below)
        improved = False
        for position in range(len(relevance)):
            if position in subset:
                continue
            larger = subset | {position}
            if larger in seen:
                continue
            seen.add(larger)
            pushed += 1
            value = float(merits[position])
            heapq.heappush(waiting, (-value, pushed, larger))
            if value > best_merit + IMPROVEMENT:
                best, best_merit, improved = larger, value, True
        stale = 0 if improved else stale + 1
    return Found(tuple(sorted(best)), best_merit, expansions)
