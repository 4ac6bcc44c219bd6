"""The tables of computed steps and of the scores of fits; what they took is measured beside."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

from outfold.study import timing_table, value
from outfold.study.computed import Computed
from outfold.study.records.database import AT_ONCE, Database
from outfold.study.timings import Timing

TABLE = """
CREATE TABLE IF NOT EXISTS steps (
    key TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, bytes INTEGER NOT NULL,
    seconds REAL NOT NULL, created REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS scores (
    step TEXT NOT NULL, scheme TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (step, scheme));
"""
LATER = {"steps": {"priority": "REAL"}}
"""Columns that came after the table was first released."""


class Steps(Database):
    """The steps that were computed in one workspace."""

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
            for start in range(0, len(keys), AT_ONCE):
                some = keys[start : start + AT_ONCE]
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
            for start in range(0, len(keys), AT_ONCE):
                some = keys[start : start + AT_ONCE]
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
            for start in range(0, len(keys), AT_ONCE):
                some = keys[start : start + AT_ONCE]
                marks = ", ".join("?" * len(some))
                rows = db.execute(
                    f"SELECT step, body FROM scores WHERE scheme = ? AND step IN ({marks})",
                    (scheme, *some),
                )
                found |= {key: json.loads(body) for key, body in rows}
        return found
