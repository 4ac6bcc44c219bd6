"""Columns that hold one value only."""

from __future__ import annotations

import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.fix import Fix
from outfold.data.levels import shown_value
from outfold.data.schema import Schema
from outfold.data.words import count, quoted


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """One finding per column with a single distinct value; needs two rows or more.

    Where the other cells are missing the column is left in peace if that is a sizeable share (5 to
    95 %): then whether the value is there at all may tell something.
    """
    n = len(frame)
    found = []
    for c in schema.columns:
        if c.unique != 1 or n < 2 or c.name == target or 0.05 < c.missing / n < 0.95:
            continue
        value = frame[c.name].dropna().iloc[0]
        known = n - c.missing
        rest = f"; the other {count(c.missing, 'cell')} are missing" if c.missing else ""
        found.append(
            Finding(
                CHECK.code,
                "warning",
                c.name,
                (c.name,),
                f"{quoted(c.name)} is {shown_value(value)} in {'all ' if not c.missing else ''}"
                f"{count(known, 'row')}{rest}.",
                "A column that never changes cannot tell one row from another.",
                {"rows": float(n), "known": float(known)},
                Fix("drop_column", (c.name,)),
            )
        )
    return found


CHECK = Check(
    code="OF103",
    key="constant",
    label="Constant columns",
    summary="Columns in which every known value is the same.",
    run=run,
    order=20,
    many="{n} columns hold one value only: {names}.",
)
