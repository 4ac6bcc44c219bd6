"""Rows without a single value."""

from __future__ import annotations

import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.fix import Fix
from outfold.data.schema import Schema
from outfold.data.words import count


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """At most one finding: rows in which every column is missing."""
    empty = int(frame.isna().all(axis=1).sum())
    if not empty:
        return []
    one = empty == 1
    return [
        Finding(
            CHECK.code,
            "warning",
            None,
            (),
            f"{count(empty, 'row')} of {len(frame):,} {'has' if one else 'have'} no value at all.",
            "Such rows come from empty lines in a file; they count as cases but hold none.",
            {"empty": float(empty), "rows": float(len(frame))},
            Fix("drop_empty_rows"),
        )
    ]


CHECK = Check(
    code="OF203",
    key="empty_rows",
    label="Empty rows",
    summary="Rows that have no value in any column.",
    run=run,
    order=12,
)
