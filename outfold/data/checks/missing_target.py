"""Rows whose answer is not known."""

from __future__ import annotations

import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.fix import Fix
from outfold.data.schema import Schema
from outfold.data.wording import percent
from outfold.data.words import count, quoted


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """At most one finding: rows in which the target is missing."""
    if target is None:
        return []
    n = len(frame)
    missing = int(frame[target].isna().sum())
    if not missing:
        return []
    everywhere = missing == n
    where = "every row" if everywhere else f"{missing:,} of {count(n, 'row')}"
    share = "" if everywhere else f" ({percent(missing / n)})"
    return [
        Finding(
            CHECK.code,
            "serious",
            target,
            (target,),
            f"The target {quoted(target)} is missing in {where}{share}.",
            "There is nothing to learn from; choose another target."
            if everywhere
            else "A row without an answer can neither teach a model nor test it.",
            {"missing": float(missing), "rows": float(n)},
            None if everywhere else Fix("drop_rows_missing_target", (target,)),
        )
    ]


CHECK = Check(
    code="OF301",
    key="missing_target",
    label="Missing target",
    summary="Rows in which the column to predict has no value.",
    run=run,
    order=5,
)
