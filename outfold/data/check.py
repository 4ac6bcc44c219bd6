"""What a check of a table is; the checks themselves are in ``outfold.data.checks``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from outfold.data.finding import Finding
from outfold.data.schema import Schema

Run = Callable[[pd.DataFrame, Schema, str | None], list[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """One question asked of every table.

    Attributes:
        code: The code of its findings, never used for anything else again.
        key: Its name in code and files.
        label: Its name for people.
        summary: One sentence: what it looks for.
        run: From a typed frame, its schema and the target (or None) to findings. Must not change
            the frame.
        order: The order of checks, small first.
        many: What is said where more columns have it than anyone would read one by one; ``{n}``
            stands for their number, ``{names}`` for the first names.
    """

    code: str
    key: str
    label: str
    summary: str
    run: Run
    order: int
    many: str = ""
