"""The embedded store's records: studies, runs, events and the steps already computed (SQLite)."""

from __future__ import annotations

from pathlib import Path

from outfold.study import timing_table
from outfold.study.records import events, runs, steps, studies
from outfold.study.records.database import add_later_columns
from outfold.study.records.events import COUNTED, Event
from outfold.study.records.processes import is_living, process_mark
from outfold.study.records.runs import RunRecord

__all__ = ["COUNTED", "Event", "Records", "RunRecord", "is_living", "process_mark"]

_TABLES = """
CREATE TABLE IF NOT EXISTS clients (process TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Records(studies.Studies, runs.Runs, events.Events, steps.Steps):
    """The tables of one workspace; any number of processes may have them open."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        with self._open() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(
                _TABLES + studies.TABLE + runs.TABLE + events.TABLE + steps.TABLE
                + timing_table.TABLE
            )  # fmt: skip
            add_later_columns(db, studies.LATER | runs.LATER | steps.LATER)

    def setting(self, name: str) -> str | None:
        """A setting of this workspace, or None."""
        with self._open() as db:
            row = db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def set_setting(self, name: str, value: str) -> None:
        """Keep a setting of this workspace."""
        with self._open() as db:
            db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

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
