"""Columns of numbers that are stored as text."""

from __future__ import annotations

import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.fix import Fix
from outfold.data.levels import level_counts, some_levels
from outfold.data.numbers_in_text import decimal_of
from outfold.data.schema import Schema
from outfold.data.words import count, quoted

MANY = 20
"""More different plain numbers than this are a quantity; fewer may well be codes."""


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """One finding per text or categorical column in which every known value is a number.

    A column of few plain digits is taken for codes, as the person may have meant it.
    """
    found = []
    for c in schema.columns:
        if c.type not in ("categorical", "text") or c.name == target or c.unique < 2:
            continue
        if decimal_of(some_levels(frame[c.name], 100))[1] < 1:
            continue
        counts = level_counts(frame[c.name])
        decimal, share = decimal_of(counts.index)
        plain = all(text.strip().lstrip("+-").isdigit() for text in counts.index)
        if share < 1 or (plain and c.unique <= MANY):
            continue
        example = counts.index[0]
        found.append(
            Finding(
                CHECK.code,
                "warning",
                c.name,
                (c.name,),
                f"{quoted(c.name)} holds numbers written as text in "
                f"{count(int(counts.sum()), 'row')}, such as {quoted(example)}.",
                "As text, 9 is not less than 10: each number is a name of its own.",
                {"rows": float(counts.sum()), "values": float(c.unique)},
                Fix("parse_numbers", (c.name,), (("decimal", decimal),)),
            )
        )
    return found


CHECK = Check(
    code="OF110",
    key="numbers_as_text",
    label="Numbers stored as text",
    summary="Columns of numbers that were read as text, such as amounts with a currency sign.",
    run=run,
    order=44,
    many="{n} columns hold numbers written as text: {names}.",
)
