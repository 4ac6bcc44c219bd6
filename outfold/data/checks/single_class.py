"""A target that never changes."""

from __future__ import annotations

import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.schema import Schema
from outfold.data.words import count, quoted


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """At most one finding: the target has one distinct value."""
    if target is None or schema[target].unique != 1:
        return []
    known = frame[target].dropna()
    return [
        Finding(
            CHECK.code,
            "serious",
            target,
            (target,),
            f"The target {quoted(target)} is {quoted(known.iloc[0])} in all "
            f"{count(len(known), 'row')} that have one.",
            "With a single answer there is nothing to tell apart; choose another target.",
            {"rows": float(len(known))},
        )
    ]


CHECK = Check(
    code="OF302",
    key="single_class",
    label="Target of one value",
    summary="A target that is the same in every row.",
    run=run,
    order=6,
)
