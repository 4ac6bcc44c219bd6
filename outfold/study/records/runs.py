"""The table of runs: asked for, carried out, ended."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from outfold.errors import UnknownNameError
from outfold.study.records.database import Database
from outfold.study.records.processes import process_mark
from outfold.study.results import RunState

TABLE = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, study TEXT NOT NULL REFERENCES studies(key), scheduler TEXT NOT NULL,
    state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', created REAL NOT NULL, started REAL,
    finished REAL, total INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0,
    reused INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
    plan TEXT NOT NULL DEFAULT '', cancel INTEGER NOT NULL DEFAULT 0,
    owner TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS runs_by_age ON runs (created);
"""
LATER = {"runs": {"predicted_seconds": "REAL", "workers": "INTEGER"}}
"""Columns that came after the table was first released."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What is written down of a run.

    Attributes:
        id: The identifier in the run's URL.
        study: The study's key.
        scheduler: Address of the Dask scheduler; empty for the embedded cluster.
        state: How far it is.
        reason: Why it ended early.
        created: When it was asked for, seconds since 1970.
        started: When its first step was sent out, or None.
        finished: When it ended, or None.
        total: Fits planned.
        done: Fits finished, reused and failed ones included.
        reused: Fits that the store could answer.
        failed: Fits that failed.
        owner: The process that carries it out, as ``process_mark`` names it; empty while queued.
        predicted_seconds: Wall seconds that the forecast gave it when it began, or None.
        workers: Workers that it had then, or None.
    """

    id: str
    study: str
    scheduler: str
    state: RunState
    reason: str
    created: float
    started: float | None
    finished: float | None
    total: int
    done: int
    reused: int
    failed: int
    owner: str
    predicted_seconds: float | None = None
    workers: int | None = None

    @property
    def seconds(self) -> float | None:
        """Wall seconds from its first step to its end; None before it ended."""
        if self.started is None or self.finished is None:
            return None
        return max(0.0, self.finished - self.started)


_FIELDS = ", ".join(RunRecord.__dataclass_fields__)


class Runs(Database):
    """The runs of one workspace."""

    def add_run(self, run: str, study: str, scheduler: str, *, claimed: bool = False) -> None:
        """Queue a run, or, claimed, write it down as being carried out by the caller."""
        now = time.time()
        with self._open() as db:
            db.execute(
                "INSERT INTO runs (id, study, scheduler, state, created, started, owner) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (run, study, scheduler, "running" if claimed else "queued", now,
                 now if claimed else None, process_mark() if claimed else ""),
            )  # fmt: skip

    def run(self, run: str) -> RunRecord:
        """One run.

        Raises:
            UnknownNameError: This workspace does not know it.
        """
        with self._open() as db:
            row = db.execute(f"SELECT {_FIELDS} FROM runs WHERE id = ?", (run,)).fetchone()
        if row is None:
            raise UnknownNameError(
                f"The run {run!r} is not known here.", "It may have been made in another workspace."
            )
        return RunRecord(*row)

    def runs(self, limit: int = 50, states: Sequence[RunState] = ()) -> list[RunRecord]:
        """The newest runs, newest first."""
        where = f"WHERE state IN ({', '.join('?' * len(states))})" if states else ""
        with self._open() as db:
            rows = db.execute(
                f"SELECT {_FIELDS} FROM runs {where} ORDER BY created DESC LIMIT ?",
                (*states, limit),
            ).fetchall()
        return [RunRecord(*row) for row in rows]

    def take_queued(self) -> str | None:
        """Claim the oldest queued run, or None. Two callers never get the same one."""
        with self._open() as db:
            # Reading first keeps the many looks that find nothing free of writing.
            if db.execute("SELECT 1 FROM runs WHERE state = 'queued' LIMIT 1").fetchone() is None:
                return None
            row = db.execute(
                "UPDATE runs SET state = 'running', started = ?, owner = ? WHERE id = (SELECT id "
                "FROM runs WHERE state = 'queued' ORDER BY created LIMIT 1) RETURNING id",
                (time.time(), process_mark()),
            ).fetchone()
        return str(row[0]) if row else None

    def set_plan(self, run: str, total: int, plan: str) -> None:
        """Write down what the run will do."""
        with self._open() as db:
            db.execute("UPDATE runs SET total = ?, plan = ? WHERE id = ?", (total, plan, run))

    def plan(self, run: str) -> str:
        """The plan as JSON; empty before it is made."""
        with self._open() as db:
            row = db.execute("SELECT plan FROM runs WHERE id = ?", (run,)).fetchone()
        return str(row[0]) if row else ""

    def set_forecast(self, run: str, seconds: float, workers: int) -> None:
        """Write down how long the run is expected to take, and on how many workers."""
        with self._open() as db:
            db.execute(
                "UPDATE runs SET predicted_seconds = ?, workers = ? WHERE id = ?",
                (seconds, workers, run),
            )

    def finish(self, run: str, state: RunState, reason: str = "") -> None:
        """Write down how a run ended."""
        with self._open() as db:
            db.execute(
                "UPDATE runs SET state = ?, reason = ?, finished = ? WHERE id = ?",
                (state, reason, time.time(), run),
            )

    def requeue(self, run: str) -> None:
        """Queue an ended run again; what it computed stays."""
        with self._open() as db:
            db.execute(
                "UPDATE runs SET state = 'queued', reason = '', created = ?, finished = NULL, "
                "cancel = 0, done = 0, reused = 0, failed = 0 WHERE id = ?",
                (time.time(), run),
            )
            db.execute("DELETE FROM failures WHERE run = ?", (run,))

    def ask_cancel(self, run: str) -> None:
        """Ask for a run to be stopped; a queued one is cancelled at once."""
        with self._open() as db:
            db.execute("UPDATE runs SET cancel = 1 WHERE id = ?", (run,))
            db.execute(
                "UPDATE runs SET state = 'cancelled', finished = ? "
                "WHERE id = ? AND state = 'queued'",
                (time.time(), run),
            )

    def cancel_asked(self, run: str) -> bool:
        """Whether somebody asked for the run to be stopped."""
        with self._open() as db:
            row = db.execute("SELECT cancel FROM runs WHERE id = ?", (run,)).fetchone()
        return bool(row and row[0])
