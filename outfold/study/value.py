"""What a stored step is worth keeping for: the GreedyDual-Size rank (Cao & Irani 1997).

A step's rank is the clock at its last use plus what computing it again costs for each byte that it
takes. The step of the lowest rank goes first, and the clock is set to its rank: so what was not
used for long falls behind, and what is dear for its size stays longer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

CLOCK = "clock of the store"
"""The setting that holds the clock, in seconds per megabyte."""
MEGABYTE = 1e6


def clock(db: sqlite3.Connection) -> float:
    """The rank of what was removed last; 0 at first."""
    row = db.execute("SELECT value FROM settings WHERE name = ?", (CLOCK,)).fetchone()
    return float(row[0]) if row else 0.0


def set_clock(db: sqlite3.Connection, now: float) -> None:
    """Let the clock stand at a rank."""
    db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (CLOCK, repr(now)))


def rank(db: sqlite3.Connection, keys: Sequence[str]) -> None:
    """Rank steps as used just now.

    What computing a step again costs are its own seconds and those of the steps before it.
    """
    now = clock(db)
    db.executemany(
        "UPDATE steps SET priority = ? + seconds / (MAX(bytes, 1) / ?) WHERE key = ? AND bytes > 0",
        [(now, MEGABYTE, key) for key in keys],
    )
