"""How many rows and splits the leakage meter takes, from what smaller samples took."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEAST_ROWS = 200
"""Rows that are taken however slow the steps are."""
ENOUGH = 5
"""Splits for which rows are given up; more are done only where all rows fit."""
FILLED = 0.7
"""Share of what is left of the time that is planned for, since forecasts err."""
RISE = 1.2
"""How steps are taken to rise with rows, as a power, until it is measured."""


@dataclass(frozen=True, slots=True)
class Timed:
    """What a sample took.

    Attributes:
        rows: Its rows.
        before: Seconds of what is done on all rows.
        split: Seconds of one split, on one worker.
    """

    rows: int
    before: float
    split: float


def rise_of(seen: Sequence[Timed]) -> float:
    """The power by which the time rises with the rows, from the two largest samples."""
    if len(seen) < 2:
        return RISE
    a, b = seen[-2], seen[-1]
    # A constant part would make a power look small, and the forecast too hopeful.
    times = math.log(max(1e-9, b.before + b.split) / max(1e-9, a.before + a.split))
    return float(np.clip(times / math.log(b.rows / a.rows), 1.0, 3.0))


def seconds_on(timed: Timed, rows: int, rise: float, rounds: float) -> float:
    """What so many rows take, with so many splits on each worker."""
    return (timed.before + rounds * timed.split) * (rows / timed.rows) ** rise


def rows_and_splits(
    seen: Sequence[Timed], n_rows: int, n_splits: int, left: float, workers: int
) -> tuple[int, int]:
    """How many rows and splits are taken.

    Args:
        seen: What samples took, smallest first; at least one.
        n_rows: Rows of the table.
        n_splits: Splits of the study.
        left: Seconds that are left.
        workers: How many calls run side by side.
    """
    last, rise = seen[-1], rise_of(seen)
    time_left = FILLED * left
    least = min(ENOUGH, n_splits)
    # The ways through a split are calls of their own, so no worker waits for a whole one.
    rounds = least / workers
    if seconds_on(last, n_rows, rise, rounds) <= time_left:
        grown = (n_rows / last.rows) ** rise
        each = max(1e-9, last.split * grown)
        fit = int((time_left - last.before * grown) / each * workers)
        return n_rows, max(least, min(n_splits, fit))
    base = last.before + rounds * last.split
    fitting = last.rows * (max(time_left, 0.0) / max(base, 1e-9)) ** (1 / rise)
    return min(n_rows, max(LEAST_ROWS, int(fitting))), least
