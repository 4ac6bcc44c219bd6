"""Levels that differ in capitals or blanks only."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.fix import Fix
from outfold.data.levels import level_counts
from outfold.data.schema import Schema
from outfold.data.words import count, listed, quoted

MOST_LEVELS = 5000


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """One finding per categorical column, the target included, with such levels."""
    found = []
    for c in schema.columns:
        if c.type != "categorical" or not 2 <= c.unique <= MOST_LEVELS:
            continue
        counts = level_counts(frame[c.name])
        same: defaultdict[str, list[str]] = defaultdict(list)
        for level in counts.index:
            same[" ".join(level.split()).casefold()].append(level)
        twice = [levels for levels in same.values() if len(levels) > 1]
        if not twice:
            continue
        rows = int(sum(counts[levels[1:]].sum() for levels in twice))
        found.append(
            Finding(
                CHECK.code,
                "warning",
                c.name,
                (c.name,),
                f"{quoted(c.name)} spells {count(len(twice), 'level')} in more than one way, "
                f"such as {listed(twice[0])}; {count(rows, 'row')} have a rarer spelling.",
                "To a model, two spellings are two different things.",
                {"levels": float(len(twice)), "rows": float(rows)},
                Fix("tidy_levels", (c.name,)),
            )
        )
    return found


CHECK = Check(
    code="OF114",
    key="spelling",
    label="Levels spelt in several ways",
    summary="Levels of a category that differ in capitals or blanks only.",
    run=run,
    order=49,
    many="{n} columns spell levels in more than one way: {names}.",
)
