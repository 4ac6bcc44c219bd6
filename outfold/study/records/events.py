"""The table of events: what happened in each run, and why its steps failed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from outfold.study.records.database import Database

TABLE = """
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, at REAL NOT NULL,
    kind TEXT NOT NULL, step TEXT NOT NULL, label TEXT NOT NULL, seconds REAL,
    reason TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS events_by_run ON events (run, number);
CREATE TABLE IF NOT EXISTS failures (
    run TEXT NOT NULL, step TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (run, step));
"""
COUNTED = ("fit ", "explain ")
"""How the labels of the steps begin whose results a run is for."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a run: a step started, finished, failed or was reused."""

    number: int
    at: float
    kind: str
    step: str
    label: str
    seconds: float | None
    reason: str


class Events(Database):
    """What happened in the runs of one workspace."""

    def add_events(
        self, run: str, events: Sequence[tuple[str, str, str, float | None, str]]
    ) -> None:
        """Write down what happened: (kind, step key, label, seconds, reason) each, and count it."""
        if not events:
            return
        with self._open() as db:
            now = time.time()
            db.executemany(
                "INSERT INTO events (run, at, kind, step, label, seconds, reason) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(run, now, *event) for event in events],
            )
            fits = [kind for kind, _, label, _, _ in events if label.startswith(COUNTED)]
            ended = sum(kind in ("finished", "failed", "reused", "stopped") for kind in fits)
            db.execute(
                "UPDATE runs SET done = done + ?, reused = reused + ?, failed = failed + ? "
                "WHERE id = ?",
                (ended, fits.count("reused"), fits.count("failed"), run),
            )
            db.executemany(
                "INSERT OR REPLACE INTO failures VALUES (?, ?, ?)",
                [(run, step, reason) for kind, step, _, _, reason in events if kind == "failed"],
            )

    def events(self, run: str, after: int = 0, limit: int = 1000) -> list[Event]:
        """What happened in a run since an event number, oldest first."""
        with self._open() as db:
            rows = db.execute(
                "SELECT number, at, kind, step, label, seconds, reason FROM events "
                "WHERE run = ? AND number > ? ORDER BY number LIMIT ?",
                (run, after, limit),
            ).fetchall()
        return [Event(*row) for row in rows]

    def latest_events(self, run: str, limit: int) -> list[Event]:
        """The last events of a run, newest first."""
        with self._open() as db:
            rows = db.execute(
                "SELECT number, at, kind, step, label, seconds, reason FROM events "
                "WHERE run = ? ORDER BY number DESC LIMIT ?",
                (run, limit),
            ).fetchall()
        return [Event(*row) for row in rows]

    def reused_steps(self, run: str) -> frozenset[str]:
        """The steps of a run that the store could answer."""
        return self.steps_with(run, "reused")

    def count_fits(self, run: str, kind: str) -> int:
        """How many fits of a run have an event of some kind."""
        with self._open() as db:
            (n,) = db.execute(
                "SELECT count(DISTINCT step) FROM events "
                "WHERE run = ? AND kind = ? AND label LIKE 'fit %'",
                (run, kind),
            ).fetchone()
        return int(n)

    def steps_with(self, run: str, kind: str) -> frozenset[str]:
        """The steps of a run of which an event of some kind was told."""
        with self._open() as db:
            rows = db.execute(
                "SELECT step FROM events WHERE run = ? AND kind = ?", (run, kind)
            ).fetchall()
        return frozenset(row[0] for row in rows)

    def failures(self, run: str) -> dict[str, str]:
        """The reason for each step of a run that failed."""
        with self._open() as db:
            rows = db.execute("SELECT step, reason FROM failures WHERE run = ?", (run,)).fetchall()
        return dict(rows)
