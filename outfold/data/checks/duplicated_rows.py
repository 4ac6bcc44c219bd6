"""Rows that stand in the table more than once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding, Severity
from outfold.data.fix import Fix
from outfold.data.row_hash import must_repeat, row_hashes
from outfold.data.schema import Schema
from outfold.data.wording import percent
from outfold.data.words import count, listed


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """At most one finding: rows equal in every column except identifiers.

    Rows without any value are left to the check for those. Where the columns have so few different
    values that rows must repeat, it is told for information only.
    """
    set_aside = tuple(c.name for c in schema.columns if c.type == "identifier")
    compared = [c for c in schema.columns if c.type != "identifier"]
    n = len(frame)
    if n < 2 or not compared:
        return []
    names = [c.name for c in compared]
    filled = np.flatnonzero(frame[names].notna().any(axis=1).to_numpy())
    hashes = row_hashes(frame, names)[filled]
    copies = len(hashes) - len(np.unique(hashes))
    if not copies:
        return []
    natural = must_repeat([c.unique for c in compared], n)
    share = copies / n
    severity: Severity = "info" if natural else "serious" if share >= 0.1 else "warning"
    aside = f" (without {listed(set_aside)})" if set_aside else ""
    return [
        Finding(
            CHECK.code,
            severity,
            None,
            (),
            f"{count(copies, 'row')} of {n:,} ({percent(share)}) "
            f"{'repeats' if copies == 1 else 'repeat'} an earlier row in every column{aside}.",
            "The columns have so few different values that equal rows are to be expected."
            if natural
            else "A copy on either side of a split lets a model score by memory: the score is then "
            "better than it will be on new rows.",
            {"copies": float(copies), "rows": float(n), "share": share},
            Fix("drop_duplicate_rows", set_aside),
        )
    ]


CHECK = Check(
    code="OF201",
    key="duplicated_rows",
    label="Repeated rows",
    summary="Rows that repeat an earlier row in every column except identifiers.",
    run=run,
    order=32,
)
