"""Two numbers beside each other with others held fixed: what the others leave of both."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from outfold.data.schema import Column, Schema
from outfold.errors import NotApplicableError
from outfold.explore.associations import Pair
from outfold.explore.columns import sample_rows
from outfold.explore.pair import pair
from outfold.explore.pair_measures import MOST_ROWS, controlled
from outfold.explore.pair_view import PairView
from outfold.explore.partial import partial, remainders
from outfold.explore.rank import ranks

DAY = 86_400.0
"""Seconds; what is left of a time is told in days."""


def held_fixed(
    frame: pd.DataFrame,
    schema: Schema,
    a: str,
    b: str,
    given: Sequence[str],
    *,
    ranked: bool = False,
    by: str | None = None,
    as_levels: Collection[str] = (),
    seed: int = 0,
) -> PairView:
    """Put what the columns held fixed leave of two numbers beside each other.

    Both are regressed on the columns held fixed by least squares (added-variable plot: Cook &
    Weisberg 1982); the correlation of what is left is the partial correlation. Truth values count
    as 0 and 1, what is left of times is in days.

    Args:
        frame: The typed table.
        schema: Its columns' types.
        a: One column.
        b: Another.
        given: What is held fixed; columns that are no numbers are passed over.
        ranked: Replace every column by its ranks first.
        by: A column of levels to split by.
        as_levels: Columns of numbers that stand for classes.
        seed: Of the sample that ranks of very large tables are taken on.

    Raises:
        UnknownNameError: There is no such column.
        NotApplicableError: One of the two is no number, nothing named can be held fixed, or what
            is held fixed leaves nothing of one of the two.
    """
    usable, table = controlled(frame, schema, (a, b), given, as_levels)
    if not usable:
        raise NotApplicableError(
            f"Nothing can be held fixed between {a!r} and {b!r}.",
            "Partial correlation needs two numbers, and numbers or truth values to hold fixed.",
        )
    whole = np.flatnonzero(~np.isnan(table).any(axis=1))
    notes: tuple[str, ...] = ()
    if ranked and len(whole) > (most := MOST_ROWS["partial ranks"]):
        notes = (f"{most:,} of {len(whole):,} rows were drawn by chance.",)
        whole = whole[sample_rows(len(whole), most, seed)]
    table = table[whole]
    found = partial(table[:, 0], table[:, 1], [*table[:, 2:].T], ranked=ranked)
    if np.isnan(found.value):
        raise NotApplicableError(
            f"With {', '.join(usable)} held fixed nothing of {a!r} or {b!r} is left to be compared"
            f" in the {found.n:,} rows that have all of them.",
            "Hold fewer columns fixed.",
        )
    if ranked:
        table = np.column_stack([ranks(column) for column in table.T])
    left = pd.DataFrame(dict(zip((a, b), remainders(table), strict=True)))
    if not ranked:
        for name in (a, b):
            left[name] /= DAY if schema[name].type == "datetime" else 1.0
    columns = [Column(name, "numeric", unique=int(left[name].nunique())) for name in (a, b)]
    if by is not None:
        left[by] = frame[by].iloc[whole].array
        columns.append(schema[by])
    classes = tuple(c for c in as_levels if c not in (a, b))
    view = pair(left, Schema(tuple(columns)), a, b, by=by, as_levels=classes)
    return replace(
        view,
        association=Pair(found.value, found.p_value, found.n, "", a, b, "partial"),
        notes=notes + view.notes,
        given=tuple(usable),
        ranked=ranked,
        n=found.n,
    )
