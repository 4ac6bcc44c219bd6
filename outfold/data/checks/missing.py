"""Columns in which values are missing."""

from __future__ import annotations

import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding, Severity
from outfold.data.fix import Fix
from outfold.data.schema import Schema
from outfold.data.wording import percent
from outfold.data.words import count, quoted

MOST = 0.5
"""From this share on, more is guessed than known."""
MUCH = 0.2


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """One finding per column with missing cells; the target has a check of its own."""
    n = len(frame)
    found = []
    for c in schema.columns:
        if not 0 < c.missing < n or c.name == target:
            continue
        share = c.missing / n
        severity: Severity = "warning" if share >= MUCH else "info"
        fix = Fix("drop_column", (c.name,)) if share >= MOST else None
        found.append(
            Finding(
                CHECK.code,
                severity,
                c.name,
                (c.name,),
                f"{quoted(c.name)} is missing in {c.missing:,} of {count(n, 'row')} "
                f"({percent(share)}).",
                "Missing values are filled in from the training rows of each fold, so the more are "
                "missing, the more the column holds guesses."
                if share < MOST
                else "More of this column would be filled in than was observed.",
                {"missing": float(c.missing), "rows": float(n), "share": share},
                fix,
            )
        )
    return found


CHECK = Check(
    code="OF102",
    key="missing",
    label="Missing values",
    summary="Columns in which some rows have no value.",
    run=run,
    order=50,
    many="{n} columns have missing values: {names}.",
)
