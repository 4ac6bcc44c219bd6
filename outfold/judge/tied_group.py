"""Which of the candidates tied with the best to take: the cheapest to fit, and the simplest."""

from __future__ import annotations

import math
from dataclasses import dataclass

from outfold.judge.leaderboard import Leaderboard, Row


@dataclass(frozen=True, slots=True)
class TiedGroup:
    """The candidates not told apart from the best.

    Attributes:
        names: Of the group, in rank order, the best first.
        quickest: Whose fit takes the fewest seconds; empty where no time was measured.
        quickest_seconds: Of one fit.
        best_seconds: Of one fit of the best.
        simplest: Whose fitted pipeline takes the fewest bytes as a file: the length in which what
            was learnt can be written down; empty where no size was measured.
        simplest_bytes: Of its file.
        best_bytes: Of the best's file.
    """

    names: tuple[str, ...]
    quickest: str
    quickest_seconds: float
    best_seconds: float
    simplest: str
    simplest_bytes: float
    best_bytes: float


def tied_group(board: Leaderboard) -> TiedGroup | None:
    """The group tied with the best and its cheapest and simplest members.

    The baseline is never proposed: where it is in the group, nothing was learnt.

    Args:
        board: The leaderboard.

    Returns:
        None where nothing is tied with the best, or the baseline is.
    """
    rows = [row for row in board.rows if row.tied]
    best = board.best
    if best is None or len(rows) < 2 or any(row.baseline for row in rows):
        return None
    if math.isnan(best.figures[board.metric].low):
        return None
    quick, small = _least(rows, "fit_seconds"), _least(rows, "size_bytes")
    return TiedGroup(
        tuple(row.name for row in rows),
        quick.name if quick else "", quick.result.costs.fit_seconds if quick else math.nan,
        best.result.costs.fit_seconds,
        small.name if small else "", small.result.costs.size_bytes if small else math.nan,
        best.result.costs.size_bytes,
    )  # fmt: skip


def _least(rows: list[Row], cost: str) -> Row | None:
    known = [r for r in rows if not math.isnan(getattr(r.result.costs, cost))]
    return min(known, key=lambda r: getattr(r.result.costs, cost)) if known else None
