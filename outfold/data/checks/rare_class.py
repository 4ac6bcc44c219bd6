"""Classes with fewer rows than there are folds."""

from __future__ import annotations

import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.fix import Fix
from outfold.data.levels import holds_classes, level_counts
from outfold.data.schema import Schema
from outfold.data.words import count, quoted

FOLDS = 5
"""A study's folds unless others are chosen."""


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """One finding per class with fewer than five rows (three or more classes).

    Of two classes none can be left out, so then there is no fix.
    """
    if target is None or not holds_classes(schema, target):
        return []
    counts = level_counts(frame[target])
    if len(counts) < 2:
        return []
    return [
        Finding(
            CHECK.code,
            "serious",
            target,
            (target,),
            f"Only {count(int(rows), 'row')} {'is' if rows == 1 else 'are'} of class "
            f"{quoted(level)} in {quoted(target)}.",
            f"In {FOLDS} folds some have no such row to test, so metrics that average over classes "
            f"are undefined or rest on a single row. {_advice(len(counts), int(rows))}",
            {"rows": float(rows), "folds": float(FOLDS)},
            Fix("drop_rows_with_value", (target,), (("value", str(level)),))
            if len(counts) > 2
            else None,
        )
        for level, rows in counts.items()
        if rows < FOLDS
    ]


def _advice(classes: int, rows: int) -> str:
    """What can be done, in the order of what it costs in honesty."""
    gather = "What helps: more rows of the class"
    if rows > 1:
        gather += ", or no more folds than it has rows (Folds on the page Train)"
    if classes > 2:
        return f"{gather}, or leaving it out."
    return f"{gather}. Of two classes none can be left out."


CHECK = Check(
    code="OF304",
    key="rare_class",
    label="Classes with too few rows",
    summary="Classes with fewer rows than there are folds.",
    run=run,
    order=8,
    many="{n} classes of {names} have fewer rows than there are folds.",
)
