"""Columns of dates that are stored as text or as numbers such as 20240131."""

from __future__ import annotations

import numpy as np
import pandas as pd

from outfold.data.check import Check
from outfold.data.dates_in_text import date_formats
from outfold.data.finding import Finding
from outfold.data.fix import Fix
from outfold.data.floats import finite
from outfold.data.levels import some_levels
from outfold.data.schema import Column, Schema
from outfold.data.words import count, listed, quoted


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """One finding per column that one date format reads in at least 95 % of its known cells."""
    found = []
    for c in schema.columns:
        if c.name == target or c.unique < 2 or c.type in ("datetime", "boolean"):
            continue
        if c.type != "numeric" and not date_formats(some_levels(frame[c.name], 100)):
            continue
        values = _texts(frame[c.name], c)
        formats = date_formats(values) if values else []
        if not formats:
            continue
        known = len(frame) - c.missing
        unsure = (
            f" Both {quoted(formats[0])} and {quoted(formats[1])} fit." if len(formats) > 1 else ""
        )
        found.append(
            Finding(
                CHECK.code,
                "warning",
                c.name,
                (c.name,),
                f"{quoted(c.name)} holds dates in {count(known, 'row')}, stored as "
                f"{'numbers' if c.type == 'numeric' else 'text'}: {listed(values[:2])}.{unsure}",
                "As dates they give the order of time, the month and the day of the week; as they "
                "stand each is a value of its own.",
                {"rows": float(known), "formats": float(len(formats))},
                Fix("parse_dates", (c.name,), (("format", formats[0]),)),
            )
        )
    return found


def _texts(column: pd.Series, found: Column) -> list[str]:
    """The distinct values as text; nothing for numbers that cannot be dates like 20240131."""
    if found.type != "numeric":
        return [str(v) for v in column.dropna().unique()]
    values = finite(column)
    if found.unique < 5 or not len(values) or values.min() < 19000101 or values.max() > 21001231:
        return []
    if not np.all(values == np.floor(values)):
        return []
    return [str(v) for v in np.unique(values.astype(np.int64))]


CHECK = Check(
    code="OF111",
    key="dates_as_text",
    label="Dates stored as text",
    summary="Columns of dates that were read as text or as numbers.",
    run=run,
    order=46,
    many="{n} columns hold dates written as text: {names}.",
)
