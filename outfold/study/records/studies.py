"""The table of studies, and which of them was changed into which."""

from __future__ import annotations

import time

from outfold.errors import UnknownNameError
from outfold.study.records.database import Database

TABLE = """
CREATE TABLE IF NOT EXISTS studies (
    key TEXT PRIMARY KEY, body TEXT NOT NULL, created REAL NOT NULL);
"""
LATER = {"studies": {"before": "TEXT NOT NULL DEFAULT ''"}}
"""Columns that came after the table was first released."""


class Studies(Database):
    """The studies of one workspace."""

    def save_study(self, key: str, body: str, before: str | None = None) -> None:
        """Keep a study; one that is kept already stays as it is.

        Args:
            key: The study's key.
            body: Its JSON.
            before: Key of the study that was changed into it just now; empty for one to begin
                with. None leaves what is written down.
        """
        with self._open() as db:
            db.execute(
                "INSERT OR IGNORE INTO studies (key, body, created) VALUES (?, ?, ?)",
                (key, body, time.time()),
            )
            if before is not None:
                db.execute("UPDATE studies SET before = ? WHERE key = ?", (before, key))

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

    def studies_before(self, key: str, limit: int) -> list[str]:
        """The JSON of the studies that became this one, the first of them first, no one twice."""
        seen = {key}
        found: list[str] = []
        with self._open() as db:
            while len(found) < limit:
                row = db.execute(
                    "SELECT s.key, s.body FROM studies t JOIN studies s ON s.key = t.before "
                    "WHERE t.key = ?",
                    (key,),
                ).fetchone()
                if row is None or row[0] in seen:
                    break
                key = row[0]
                seen.add(key)
                found.append(str(row[1]))
        return found[::-1]
