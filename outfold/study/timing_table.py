"""The table of measured steps in a workspace's records (SQLite); it outlives what it measured."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence

from outfold.study.timings import Timing

TABLE = """
CREATE TABLE IF NOT EXISTS timings (
    step TEXT PRIMARY KEY, kind TEXT NOT NULL, strategy TEXT NOT NULL, params TEXT NOT NULL,
    rows INTEGER NOT NULL, columns INTEGER NOT NULL, width INTEGER NOT NULL,
    classes INTEGER NOT NULL, seconds REAL NOT NULL, rows_out INTEGER NOT NULL,
    columns_out INTEGER NOT NULL, width_out INTEGER NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS timings_by_strategy ON timings (kind, strategy, at);
"""
_FIELDS = ", ".join(Timing.__dataclass_fields__)
_MARKS = ", ".join("?" * len(Timing.__dataclass_fields__))
SAME = 40
"""Timings of one strategy that a forecast looks at, the latest ones."""
AT_ONCE = 500
"""Values in one query; SQLite limits them."""


def add(db: sqlite3.Connection, timings: Iterable[Timing]) -> None:
    """Write down what was measured; a step measured again has its latest timing."""
    now = time.time()
    db.executemany(
        f"INSERT INTO timings ({_FIELDS}, at) VALUES ({_MARKS}, ?) ON CONFLICT (step) DO UPDATE "
        "SET seconds = excluded.seconds, rows_out = excluded.rows_out, "
        "columns_out = excluded.columns_out, width_out = excluded.width_out, at = excluded.at "
        "WHERE seconds <> excluded.seconds OR rows_out <> excluded.rows_out",
        [(*(getattr(t, f) for f in Timing.__dataclass_fields__), now) for t in timings],
    )


def latest(
    db: sqlite3.Connection, pairs: Iterable[tuple[str, str]], limit: int = SAME
) -> dict[tuple[str, str], list[Timing]]:
    """For each kind and strategy the latest timings, newest first."""
    query = (
        f"SELECT {_FIELDS} FROM timings WHERE kind = ? AND strategy = ? ORDER BY at DESC LIMIT ?"
    )
    return {
        pair: [Timing(*row) for row in db.execute(query, (*pair, limit))]
        for pair in dict.fromkeys(pairs)
    }


def of_steps(db: sqlite3.Connection, keys: Sequence[str]) -> dict[str, Timing]:
    """The timings of those of the steps that were ever computed, by step."""
    found: dict[str, Timing] = {}
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        marks = ", ".join("?" * len(some))
        rows = db.execute(f"SELECT {_FIELDS} FROM timings WHERE step IN ({marks})", some)
        found |= {row[0]: Timing(*row) for row in rows}
    return found
