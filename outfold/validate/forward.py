"""What time-ordered schemes share: validation blocks that lie after everything trained on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from outfold.errors import StudyError
from outfold.validate.scheme import Cut, Ints, Rows
from outfold.validate.validation import Validation


def order_of(rows: Rows) -> Ints:
    """Positions in time.

    Raises:
        StudyError: There is no time column.
    """
    if rows.order is None:
        raise StudyError(
            "An order in time needs a column with the role time.", "Set it on the data page."
        )
    return rows.order


def block_starts(rows: Rows, folds: int) -> list[int]:
    """The moment at which each of some blocks of equal size begins; the rows before train first.

    Raises:
        StudyError: There are too few distinct moments.
    """
    order = order_of(rows)
    moments, n = np.sort(order), len(order)
    size = n // (folds + 1)
    first = n - folds * size
    starts = [int(moments[first + i * size]) for i in range(folds)]
    if len(set(starts)) < folds:
        raise StudyError(
            "The time column has too few distinct moments for these folds.", "Take fewer folds."
        )
    return starts


def forward(
    validation: Validation, rows: Rows, starts: Sequence[int], window: int | None = None
) -> Iterator[Cut]:
    """A split for each moment at which validation starts; equal moments stay together.

    Args:
        validation: Its gaps are left out.
        rows: The rows, with their order.
        starts: Moments, ascending; each block ends where the next begins.
        window: How many of the latest rows to train on; all by default.

    Raises:
        StudyError: A gap in time is asked for, and the time column measures none.
    """
    order, groups = order_of(rows), rows.groups
    if validation.gap_time and rows.moments is None:
        raise StudyError(
            "A gap in time is asked for, and the time column holds neither dates nor numbers.",
            "Give the gap in rows, or read the column as a date.",
        )
    by_time = np.argsort(order, kind="stable")
    for start, stop in itertools.pairwise([*starts, None]):
        assert start is not None
        test = (order >= start) if stop is None else (order >= start) & (order < stop)
        before = by_time[: int((order < start).sum())]
        train = before[: max(0, len(before) - validation.gap)]
        if validation.gap_time and rows.moments is not None:
            edge = rows.moments[test].min() - validation.gap_time
            train = train[rows.moments[train] < edge]
        if window is not None:
            train = train[-window:]
        if groups is not None:
            # A group that is validated on must not have been trained on earlier either.
            train = train[~np.isin(groups[train], np.unique(groups[test]))]
        yield train, np.flatnonzero(test)
