"""Categorical columns with very many levels."""

from __future__ import annotations

import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.fix import Fix
from outfold.data.schema import Schema
from outfold.data.words import quoted

MANY_LEVELS = 50
FEW_ROWS = 5
"""Rows per level below which a level's own effect is mostly noise."""


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """One finding per categorical column with more than 50 levels, or few rows for each of them.

    Few rows: under 5 a level on average, in a column of more than 20 levels.
    """
    found = []
    for c in schema.columns:
        if c.type != "categorical" or c.name == target or c.unique <= 20:
            continue
        each = (len(frame) - c.missing) / c.unique
        thin = each < FEW_ROWS
        if c.unique <= MANY_LEVELS and not thin:
            continue
        found.append(
            Finding(
                CHECK.code,
                "warning" if thin else "info",
                c.name,
                (c.name,),
                f"{quoted(c.name)} has {c.unique:,} levels with {each:,.1f} rows each on average.",
                "Levels with few rows are learnt by heart rather than understood, and many are "
                "missing from some folds."
                if thin
                else "Each level becomes a column of its own for most models; rare ones are "
                "merged inside the folds.",
                {"levels": float(c.unique), "rows_per_level": each},
                Fix("drop_column", (c.name,)) if thin else None,
            )
        )
    return found


CHECK = Check(
    code="OF108",
    key="high_cardinality",
    label="Many levels",
    summary="Categorical columns with so many levels that each has few rows.",
    run=run,
    order=80,
    many="{n} categorical columns have very many levels: {names}.",
)
