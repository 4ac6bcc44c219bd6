"""How many rows and splits the leakage meter takes, from what smaller samples took."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEAST_ROWS = 200
"""Rows that are taken however slow the steps are."""
ENOUGH = 5
"""Splits for which rows are given up; more are done only where all rows fit."""
FILLED = 0.8
"""Share of what is left of the time that is planned for, since forecasts err."""
RISE = 1.0
"""How time is taken to rise with rows, as a power, until it is measured."""
STEEPEST = 3.0
"""The largest power that is believed."""
FARTHEST = 20.0
"""How many times more rows than the largest sample are taken on a forecast."""


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

    @property
    def seconds(self) -> float:
        """Seconds of both."""
        return max(1e-9, self.before + self.split)


class Pace:
    """How the time rises with the rows, from the two largest samples.

    It is a power of the rows where that is at least 1, else a constant and a share of each row: a
    small power means that much does not depend on the rows, and then it would soon promise too
    much.

    Args:
        seen: What samples took, smallest first; at least one.
    """

    def __init__(self, seen: Sequence[Timed]) -> None:
        self.last, self._power, self._slope = seen[-1], RISE, math.nan
        if len(seen) < 2:
            return
        a, b = seen[-2], seen[-1]
        power = math.log(b.seconds / a.seconds) / math.log(b.rows / a.rows)
        self._power = min(STEEPEST, power)
        if power < 1:
            # As a share of the last sample's time for each of its rows; never quite nothing.
            steps = (b.rows - a.rows) / b.rows
            self._slope = max(0.1, (1 - a.seconds / b.seconds) / steps)

    def times(self, rows: float) -> float:
        """How many times as long as the last sample so many rows take."""
        ratio = rows / self.last.rows
        return ratio**self._power if math.isnan(self._slope) else 1 + self._slope * (ratio - 1)

    def rows(self, times: float) -> float:
        """The rows that take so many times as long as the last sample."""
        if math.isnan(self._slope):
            ratio = max(0.0, times) ** (1 / self._power)
        else:
            ratio = max(0.0, 1 + (times - 1) / self._slope)
        return self.last.rows * min(FARTHEST, ratio)


def seconds_of_one(seen: Sequence[Timed], rows: int, workers: int) -> float:
    """What a first split on so many rows takes, the ways through it side by side."""
    pace = Pace(seen)
    return (pace.last.before + pace.last.split / workers) * pace.times(rows)


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
    pace = Pace(seen)
    before, split = pace.last.before, max(1e-9, pace.last.split)
    planned = max(0.0, FILLED * left)
    least = min(ENOUGH, n_splits)
    # The ways through a split are calls of their own, so no worker waits for a whole one.
    fitting = pace.rows(planned / max(1e-9, before + least / workers * split))
    if fitting < n_rows:
        return max(LEAST_ROWS, int(fitting)), least
    fit = (planned / pace.times(n_rows) - before) / split * workers
    return n_rows, max(least, min(n_splits, int(fit)))
