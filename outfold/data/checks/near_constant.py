"""Columns that are constant but for a handful of rows."""

from __future__ import annotations

import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.fix import Fix
from outfold.data.levels import shown_value
from outfold.data.schema import Schema
from outfold.data.words import count, quoted

LEAST_ROWS = 50
FEW = 0.001
"""At most this share of the known values differs (and always one row may)."""


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """One finding per column in which at most one row, or one in a thousand, differs."""
    n = len(frame)
    found = []
    for c in schema.columns:
        known = n - c.missing
        few = max(1, int(known * FEW))
        if known < LEAST_ROWS or not 2 <= c.unique <= few + 1 or c.name == target:
            continue
        counts = frame[c.name].value_counts(dropna=True)
        others = known - int(counts.iloc[0])
        if others > few:
            continue
        found.append(
            Finding(
                CHECK.code,
                "info",
                c.name,
                (c.name,),
                f"{quoted(c.name)} is {shown_value(counts.index[0])} in all but "
                f"{count(others, 'row')} of {known:,}.",
                "Most folds see no other value, so whatever a model learns from it rests on those "
                "few rows.",
                {"rows": float(known), "others": float(others)},
                Fix("drop_column", (c.name,)),
            )
        )
    return found


CHECK = Check(
    code="OF104",
    key="near_constant",
    label="Nearly constant columns",
    summary="Columns in which all but a handful of rows have the same value.",
    run=run,
    order=60,
    many="{n} columns are constant but for a handful of rows: {names}.",
)
