"""Columns without a single value."""

from __future__ import annotations

import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.fix import Fix
from outfold.data.schema import Schema
from outfold.data.words import count, quoted


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """One finding per wholly missing column."""
    n = len(frame)
    return [
        Finding(
            CHECK.code,
            "serious",
            c.name,
            (c.name,),
            f"{quoted(c.name)} has no value in any of the {count(n, 'row')}.",
            "An empty column tells a model nothing, and some models refuse it.",
            {"missing": float(n), "rows": float(n)},
            Fix("drop_column", (c.name,)),
        )
        for c in schema.columns
        if c.missing == n and c.name != target
    ]


CHECK = Check(
    code="OF101",
    key="empty_column",
    label="Empty columns",
    summary="Columns that have no value in any row.",
    run=run,
    order=10,
    many="{n} columns have no value in any row: {names}.",
)
