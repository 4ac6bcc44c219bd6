"""Columns that name rows instead of describing them."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.fix import Fix
from outfold.data.floats import finite
from outfold.data.schema import Column, Schema
from outfold.data.wording import percent
from outfold.data.words import count, quoted

LEAST_ROWS = 30
NAMED = re.compile(
    r"(^|[_\W])(id|ids|uuid|guid|key|no|nr|number|num|index|idx|rownum)$|[a-z](ID|Id|No|Nr|Key)$"
    r"|^unnamed",
)


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """One finding per identifier-like column.

    A column of type identifier is set aside already and is told for information. A column of whole
    numbers that would be used counts the rows (all different, without gaps), or is named like an
    identifier and has a different value in at least 95 % of the rows.
    """
    n = len(frame)
    found = []
    for c in schema.columns:
        known = n - c.missing
        if c.name == target or known < LEAST_ROWS:
            continue
        share = c.unique / known
        evidence = {"unique": float(c.unique), "rows": float(n), "share": share}
        if c.type == "identifier":
            found.append(
                Finding(
                    CHECK.code,
                    "info",
                    c.name,
                    (c.name,),
                    f"{quoted(c.name)} has {c.unique:,} different values in "
                    f"{count(known, 'row')}; it names rows and is not used as a feature.",
                    "A name carries no signal for rows not seen before.",
                    evidence,
                )
            )
        elif c.type == "numeric" and share >= 0.95 and (what := _kind(frame[c.name], c)):
            found.append(
                Finding(
                    CHECK.code,
                    "warning",
                    c.name,
                    (c.name,),
                    f"{quoted(c.name)} {what}: {c.unique:,} different whole numbers in "
                    f"{count(known, 'row')} ({percent(share)}).",
                    "A model can learn from it only the order in which the rows were collected, "
                    "which new rows do not share.",
                    evidence,
                    Fix("drop_column", (c.name,)),
                )
            )
    return found


def _kind(column: pd.Series, found: Column) -> str:
    values = finite(column)
    if not len(values) or not np.all(values == np.floor(values)):
        return ""
    if found.unique == len(values) and values.max() - values.min() == len(values) - 1:
        return "counts the rows"
    named = NAMED.search(found.name) or NAMED.search(found.name.lower())
    return "looks like a row's number" if named else ""


CHECK = Check(
    code="OF107",
    key="identifier",
    label="Identifiers",
    summary="Columns that name or count the rows.",
    run=run,
    order=40,
    many="{n} columns name rows: {names}.",
)
