"""The file that the tables lie in (SQLite): opened for one call, for reading, or alone."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

AT_ONCE = 500
"""Values in one query; SQLite limits them."""


class Database:
    """The tables of one workspace; any number of processes may have them open."""

    def __init__(self, path: Path) -> None:
        self._path = path

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


def add_later_columns(db: sqlite3.Connection, later: Mapping[str, Mapping[str, str]]) -> None:
    """Bring a workspace made by an earlier version up to date."""
    for table, columns in later.items():
        there = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
        for name, kind in columns.items():
            if name not in there:
                # Another process may have been quicker, and then there is nothing left to add.
                with contextlib.suppress(sqlite3.OperationalError):
                    db.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
