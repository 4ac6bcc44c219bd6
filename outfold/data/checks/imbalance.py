"""Classes of very different size."""

from __future__ import annotations

import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.levels import holds_classes, level_counts
from outfold.data.schema import Schema
from outfold.data.wording import percent
from outfold.data.words import count, quoted

RATIO = 4.0
"""Rows of the largest class for one of the smallest, from which on it is told."""
HIGH_RATIO = 20.0


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """At most one finding: the largest class has at least four times the rows of the smallest."""
    if target is None or not holds_classes(schema, target):
        return []
    counts = level_counts(frame[target])
    if len(counts) < 2:
        return []
    n, most, least = int(counts.sum()), int(counts.iloc[0]), int(counts.iloc[-1])
    ratio = most / least
    if ratio < RATIO:
        return []
    return [
        Finding(
            CHECK.code,
            "warning" if ratio >= HIGH_RATIO else "info",
            target,
            (target,),
            f"{quoted(counts.index[-1])} is {percent(least / n)} of {quoted(target)} "
            f"({count(least, 'row')}), {quoted(counts.index[0])} {percent(most / n)}.",
            f"Always answering {quoted(counts.index[0])} is right in {percent(most / n)} of the "
            f"rows, so accuracy says little; compare class weights or resampling by a metric that "
            f"sees rare classes.",
            {
                "smallest": float(least),
                "largest": float(most),
                "classes": float(len(counts)),
                "ratio": ratio,
            },
        )
    ]


CHECK = Check(
    code="OF303",
    key="imbalance",
    label="Unequal classes",
    summary="A target whose classes differ very much in size.",
    run=run,
    order=52,
)
