"""The embedded store's records: studies, runs, events and the steps already computed (SQLite)."""

from __future__ import annotations

import contextlib
import json
import math
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from outfold.errors import UnknownNameError
from outfold.study import timing_table, value
from outfold.study.computed import Computed
from outfold.study.results import RunState
from outfold.study.timings import Timing

_TABLES = """
CREATE TABLE IF NOT EXISTS studies (
    key TEXT PRIMARY KEY, body TEXT NOT NULL, created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, study TEXT NOT NULL REFERENCES studies(key), scheduler TEXT NOT NULL,
    state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', created REAL NOT NULL, started REAL,
    finished REAL, total INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0,
    reused INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
    plan TEXT NOT NULL DEFAULT '', cancel INTEGER NOT NULL DEFAULT 0,
    owner TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS runs_by_age ON runs (created);
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, at REAL NOT NULL,
    kind TEXT NOT NULL, step TEXT NOT NULL, label TEXT NOT NULL, seconds REAL,
    reason TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS events_by_run ON events (run, number);
CREATE TABLE IF NOT EXISTS failures (
    run TEXT NOT NULL, step TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (run, step));
CREATE TABLE IF NOT EXISTS steps (
    key TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, bytes INTEGER NOT NULL,
    seconds REAL NOT NULL, created REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS scores (
    step TEXT NOT NULL, scheme TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (step, scheme));
CREATE TABLE IF NOT EXISTS clients (process TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

_LATER_COLUMNS = {
    "runs": {"predicted_seconds": "REAL", "workers": "INTEGER"},
    "steps": {"priority": "REAL"},
}
"""Columns that came after a table was first released; older workspaces get them when opened."""


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


COUNTED = ("fit ", "explain ")
"""How the labels of the steps begin whose results a run is for."""

_RUN_FIELDS = ", ".join(RunRecord.__dataclass_fields__)


class Records:
    """The tables of one workspace; any number of processes may have them open."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(_TABLES + timing_table.TABLE)
            _add_later_columns(db)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # A connection per call: threads and forked processes never share one.
        db = sqlite3.connect(self._path, timeout=30)
        try:
            db.execute("PRAGMA synchronous=NORMAL")
            with db:
                yield db
        finally:
            db.close()

    @contextlib.contextmanager
    def kept_open(self) -> Iterator[None]:
        """Holds the tables open: closing the last connection writes them out, each time anew."""
        with self._open() as db:
            db.execute("SELECT 1 FROM runs LIMIT 1").fetchone()
            yield

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[sqlite3.Connection]:
        """The tables for one who reads and then writes: nobody else writes in between."""
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            yield db

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The tables for one who only reads; nobody has to wait."""
        with self._open() as db:
            yield db

    def setting(self, name: str) -> str | None:
        """A setting of this workspace, or None."""
        with self._open() as db:
            row = db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def set_setting(self, name: str, value: str) -> None:
        """Keep a setting of this workspace."""
        with self._open() as db:
            db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    def save_study(self, key: str, body: str) -> None:
        """Keep a study; one that is kept already stays as it is."""
        with self._open() as db:
            db.execute("INSERT OR IGNORE INTO studies VALUES (?, ?, ?)", (key, body, time.time()))

    def study(self, key: str) -> str:
        """The JSON of a study.

        Raises:
            UnknownNameError: This workspace does not know it.
        """
        with self._open() as db:
            row = db.execute("SELECT body FROM studies WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise UnknownNameError(
                f"The study {key!r} is not known here.", "Open one from the start page."
            )
        return str(row[0])

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
            row = db.execute(f"SELECT {_RUN_FIELDS} FROM runs WHERE id = ?", (run,)).fetchone()
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
                f"SELECT {_RUN_FIELDS} FROM runs {where} ORDER BY created DESC LIMIT ?",
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

    def add_step(
        self,
        key: str,
        kind: str,
        body: Mapping[str, Any],
        size: int,
        seconds: float,
        timings: Sequence[Timing] = (),
    ) -> None:
        """Write down a computed step: its small results here, its arrays in a file beside.

        With it goes what it and the steps before it took. ``seconds`` counts where that is not
        known.
        """
        self.add_steps([Computed(key, kind, body, size, seconds, tuple(timings))])

    def add_steps(self, steps: Sequence[Computed], scheme: str = "") -> None:
        """Write down computed steps, all or none; scores of fits under a scheme of scoring."""
        with self._open() as db:
            for s in steps:
                # These are kept for themselves, so they are not computed again with what follows.
                own = ("rank", "select", "tune")
                again = sum(t.seconds for t in s.timings if t.kind not in own) or s.seconds
                db.execute(
                    "INSERT OR REPLACE INTO steps (key, kind, body, bytes, seconds, created) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    (s.key, s.kind, json.dumps(s.body), s.size, again, time.time()),
                )
                timing_table.add(db, s.timings)
                if s.scores is not None:
                    plain = {k: None if math.isnan(v) else v for k, v in s.scores.items()}
                    db.execute(
                        "INSERT OR REPLACE INTO scores VALUES (?, ?, ?)",
                        (s.key, scheme, json.dumps(plain)),
                    )
            value.rank(db, [s.key for s in steps])

    def latest_timings(
        self, pairs: Sequence[tuple[str, str]]
    ) -> dict[tuple[str, str], list[Timing]]:
        """For each kind of step and strategy what the latest ones took, newest first."""
        with self._open() as db:
            return timing_table.latest(db, pairs)

    def timings(self, keys: Sequence[str]) -> dict[str, Timing]:
        """What those of the steps that were ever computed took, by step."""
        with self._open() as db:
            return timing_table.of_steps(db, keys)

    def used_steps(self, keys: Sequence[str]) -> None:
        """Say that these steps were of use just now, so that they are kept longer."""
        with self._open() as db:
            value.rank(db, keys)

    def steps(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The small results of those of the steps that were computed before."""
        found: dict[str, dict[str, Any]] = {}
        with self._open() as db:
            for start in range(0, len(keys), 500):
                some = keys[start : start + 500]
                marks = ", ".join("?" * len(some))
                rows = db.execute(f"SELECT key, body FROM steps WHERE key IN ({marks})", some)
                found |= {key: json.loads(body) for key, body in rows}
        return found

    def known_steps(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of the steps that were computed before."""
        return frozenset(self.step_bytes(keys))

    def step_bytes(self, keys: Sequence[str]) -> dict[str, int]:
        """For those of the steps that were computed before, the size of their arrays' file."""
        found: dict[str, int] = {}
        with self._open() as db:
            for start in range(0, len(keys), 500):
                some = keys[start : start + 500]
                marks = ", ".join("?" * len(some))
                found |= dict(
                    db.execute(f"SELECT key, bytes FROM steps WHERE key IN ({marks})", some)
                )
        return found

    def forget_steps(self, keys: Sequence[str]) -> None:
        """Remove steps, so that they are computed anew."""
        with self._open() as db:
            db.executemany("DELETE FROM steps WHERE key = ?", [(k,) for k in keys])

    def add_scores(self, step: str, scheme: str, body: Mapping[str, float | None]) -> None:
        """Keep the scores of one fit under one scheme of scoring."""
        with self._open() as db:
            db.execute(
                "INSERT OR REPLACE INTO scores VALUES (?, ?, ?)", (step, scheme, json.dumps(body))
            )

    def scores(self, keys: Sequence[str], scheme: str) -> dict[str, dict[str, float | None]]:
        """The scores kept under a scheme, by fit."""
        found: dict[str, dict[str, float | None]] = {}
        with self._open() as db:
            for start in range(0, len(keys), 500):
                some = keys[start : start + 500]
                marks = ", ".join("?" * len(some))
                rows = db.execute(
                    f"SELECT step, body FROM scores WHERE scheme = ? AND step IN ({marks})",
                    (scheme, *some),
                )
                found |= {key: json.loads(body) for key, body in rows}
        return found

    def add_client(self) -> None:
        """Write down that this process wants the run service to stay."""
        with self._open() as db:
            db.execute("INSERT OR IGNORE INTO clients VALUES (?)", (process_mark(),))

    def has_living_client(self) -> bool:
        """Whether a process that wants the run service is still there; dead ones are forgotten."""
        with self._open() as db:
            marks = [row[0] for row in db.execute("SELECT process FROM clients")]
            if dead := [mark for mark in marks if not is_living(mark)]:
                db.executemany("DELETE FROM clients WHERE process = ?", [(mark,) for mark in dead])
        return len(dead) < len(marks)


def _add_later_columns(db: sqlite3.Connection) -> None:
    """Bring a workspace made by an earlier version up to date."""
    for table, columns in _LATER_COLUMNS.items():
        there = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
        for name, kind in columns.items():
            if name not in there:
                # Another process may have been quicker, and then there is nothing left to add.
                with contextlib.suppress(sqlite3.OperationalError):
                    db.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")


def process_mark(pid: int | None = None) -> str:
    """A process's identifier with its start, since identifiers are given out again."""
    process = psutil.Process(pid)
    return f"{process.pid}:{process.create_time():.2f}"


def is_living(mark: str) -> bool:
    """Whether the process of a mark is still there."""
    pid = int(mark.partition(":")[0])
    try:
        return process_mark(pid) == mark and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
