"""Columns in which numbers and words stand together."""

from __future__ import annotations

import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.fix import Fix
from outfold.data.levels import level_counts, some_levels
from outfold.data.numbers_in_text import decimal_of, number_in
from outfold.data.schema import Schema
from outfold.data.wording import percent
from outfold.data.words import count, listed, quoted


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """One finding per text or categorical column with both numbers and words.

    At least half of the rows and five different values are numbers, and at least one row is not:
    a few codes such as ``1``, ``2`` and ``unknown`` are levels and no finding.
    """
    found = []
    for c in schema.columns:
        if c.type not in ("categorical", "text") or c.name == target or c.unique < 6:
            continue
        decimal, share = decimal_of(some_levels(frame[c.name]))
        if share < 0.2:
            continue
        counts = level_counts(frame[c.name])
        words = [text for text in counts.index if number_in(text, decimal) is None]
        if not words or len(counts) - len(words) < 5:
            continue
        known = int(counts.sum())
        worded = int(counts[words].sum())
        if worded * 2 > known:
            continue
        mostly = worded / known <= 0.2
        found.append(
            Finding(
                CHECK.code,
                "warning",
                c.name,
                (c.name,),
                f"{quoted(c.name)} holds numbers in {count(known - worded, 'row')} and words in "
                f"{worded:,} ({percent(worded / known)}): {listed(words)}.",
                "As long as words stand among them, the numbers are taken for names without order.",
                {"numbers": float(known - worded), "words": float(worded)},
                Fix("parse_numbers", (c.name,), (("decimal", decimal),)) if mostly else None,
            )
        )
    return found


CHECK = Check(
    code="OF109",
    key="mixed_types",
    label="Numbers and words mixed",
    summary="Columns in which numbers and words stand together.",
    run=run,
    order=42,
    many="{n} columns hold numbers and words: {names}.",
)
