"""How many columns a ranking keeps, and what is said about it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from outfold.registry import Param

MOST_BY_DEFAULT = 50
"""A ranking without a natural limit keeps half of the columns, but no more than this."""

K_HALF = Param(
    key="k",
    label="Columns kept",
    kind="int",
    default=None,
    low=1,
    high=10_000,
    help="How many of the best columns are kept.",
    none_label=f"half of the columns, at most {MOST_BY_DEFAULT}",
)
"""For rankings without a natural limit."""

K_LIMIT = Param(
    key="k",
    label="At most",
    kind="int",
    default=None,
    low=1,
    high=10_000,
    help="Keeps no more than this many of the columns that pass.",
    none_label="no limit",
)
"""For methods that have a threshold of their own."""


def half(n_columns: int) -> int:
    """Half of the columns, at least 1 and at most ``MOST_BY_DEFAULT``."""
    return max(1, min(math.ceil(n_columns / 2), MOST_BY_DEFAULT))


def ranking(scores: Mapping[str, float]) -> list[str]:
    """The columns from best to worst; ties stay in the table's order, undefined scores are last."""
    return sorted(scores, key=lambda n: -scores[n] if not math.isnan(scores[n]) else math.inf)


def keep(
    scores: Mapping[str, float],
    *,
    k: int | None = None,
    passing: Collection[str] | None = None,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns kept, best first, and notes.

    Args:
        scores: A score for each column, higher is better.
        k: The most that are kept; None is no limit.
        passing: The columns that pass the method's own threshold; None is all.
    """
    return kept(ranking(scores), k=k, passing=passing)


def kept(
    order: Sequence[str], *, k: int | None = None, passing: Collection[str] | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """As ``keep``, of columns that stand in their order, best first."""
    passed = order if passing is None else [n for n in order if n in passing]
    if passed:
        return tuple(passed[:k]), ()
    return (order[0],), (f"No column passed, so the best one, {order[0]}, is kept.",)
