"""Keep exactly the columns that somebody named."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from outfold.errors import NotApplicableError
from outfold.registry import Param, Strategy
from outfold.select.columns import Target, groups
from outfold.select.selection import Selection
from outfold.task import Task

NAMED = 5
"""Columns that a note spells out."""


def choose(
    X: pd.DataFrame, y: Target, *, task: Task, seed: int, columns: Sequence[str] | None
) -> Selection:
    """Keep the named columns in the order given; nothing is learnt from the rows.

    Raises:
        NotApplicableError: None of the named columns is there.
    """
    known = tuple(groups(X))
    scores = dict.fromkeys(known, math.nan)
    if columns is None:
        note = "No column was named, so every column is kept."
        return Selection(selected=known, scores=scores, score_name="none", notes=(note,))
    there = set(known)
    kept = tuple(name for name in columns if name in there)
    gone = [name for name in columns if name not in there]
    if not kept:
        raise NotApplicableError(
            f"None of the {len(gone)} columns chosen by hand is among the features.",
            "Choose columns that the table has and that vary in the training rows.",
        )
    notes: tuple[str, ...] = ()
    if gone:
        more = f" and {len(gone) - NAMED} more" if len(gone) > NAMED else ""
        notes = (f"Chosen by hand but not among the features: {', '.join(gone[:NAMED])}{more}.",)
    return Selection(selected=kept, scores=scores, score_name="none", notes=notes)


def build(task: Task, seed: int, columns: Sequence[str] | None = None) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(choose, task, seed, {"columns": columns})


STRATEGY = Strategy(
    kind="selector",
    key="pinned",
    label="Chosen by hand",
    summary="Keeps exactly the columns that you name, the same ones in every fold.",
    build=build,
    params=(
        Param(
            key="columns",
            label="Columns",
            kind="columns",
            default=None,
            help="The columns that are kept; those that the training rows lack are left out.",
            none_label="every column",
        ),
    ),
    source="Ambroise & McLachlan (2002), Selection bias in gene extraction: why scores of columns "
    "chosen on all rows are too good",
    family="by hand",
    order=5,
    libraries=("numpy",),
)
