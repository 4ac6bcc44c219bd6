"""One measurement of the leakage meter: within a time, on a sample where the table is too large.

First a small sample is done, so that it is known what these steps take on this table and this
machine; larger ones follow as long as they cost next to nothing. Then the number of rows is chosen
so that five splits fit into the time, and, where all rows fit, as many splits as do.

It is not compiled to a plan: how many rows and splits there will be is known only while it is done,
and a step that sees all rows has two parents.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from outfold.errors import OutfoldError, StudyError
from outfold.study.leakage import Mistake
from outfold.study.leaky_pace import Timed, rise_of, rows_and_splits, seconds_on
from outfold.study.leaky_steps import Early, SplitScores
from outfold.study.quick import sample_study, sampled
from outfold.study.steps import Loaded
from outfold.study.study import Study

FIRST_ROWS = 500
"""Rows of the first sample."""
GROWTH = 4
"""How much larger the next sample is."""
LOOK_SHARE = 0.15
"""Share of the time that another sample may cost."""
POLL = 0.05
"""Seconds between two looks at what is being computed."""


class Handle(Protocol):
    """Something that is being computed."""

    def done(self) -> bool:
        """Whether it has ended."""

    def result(self) -> Any:
        """What came of it; raises what it raised."""


class _TooSlow(OutfoldError):
    """The time was over before a split was done."""


class Cancelled(Exception):
    """Somebody asked for the measurement to stop."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What a measurement found.

    Attributes:
        splits: The splits that were done, by number.
        reasons: Why a mistake was not measured.
        rows: Rows of the table that was measured on.
        of_rows: Rows of the whole table.
        n_splits: Splits that the study has on that table.
        notes: What had to be left out, in sentences.
    """

    splits: tuple[SplitScores, ...]
    reasons: Mapping[Mistake, str]
    rows: int
    of_rows: int
    n_splits: int
    notes: tuple[str, ...]


def measure(
    loaded: Loaded,
    study: Study,
    positive: int,
    submit: Callable[..., Handle],
    *,
    workers: int = 1,
    seconds: float | None = None,
    stop: Callable[[], bool] = lambda: False,
    planned: Callable[[int, int], None] = lambda rows, splits: None,
    told: Callable[[SplitScores], None] = lambda scores: None,
    clock: Callable[[], float] = time.monotonic,
) -> Measured:
    """Measure what each step done before the split would promise.

    Args:
        loaded: The study's table and splits.
        study: A meter's study.
        positive: Code of the positive class.
        submit: Has a function of ``leaky_steps`` called with these arguments; the first of them is
            a table with its splits.
        workers: How many calls run side by side.
        seconds: What it may take; the study's own time by default.
        stop: Asked now and then whether to stop.
        planned: Told how many rows and splits are taken.
        told: Told of each split that is done.
        clock: Tells the time, in seconds.

    Raises:
        OutfoldError: The honest way does not work, or not one split was done in time.
        Cancelled: It was asked to stop.
    """
    measurement = _Measurement(loaded, study, positive, submit, workers, seconds, stop, clock)
    return measurement.carry_out(planned, told)


class _Measurement:
    def __init__(
        self,
        loaded: Loaded,
        study: Study,
        positive: int,
        submit: Callable[..., Handle],
        workers: int,
        seconds: float | None,
        stop: Callable[[], bool],
        clock: Callable[[], float],
    ) -> None:
        judged = tuple(split for split in loaded.splits if not split.apparent)
        self.loaded = dataclasses.replace(loaded, splits=judged)
        self.study, self.positive, self.submit = study, positive, submit
        self.workers, self.stop = max(1, workers), stop
        self.seconds = study.meter_seconds if seconds is None else seconds
        self.clock = clock
        self.ends = clock() + self.seconds
        self.n_rows = loaded.table.n_rows
        self.looked: tuple[Loaded, Early, SplitScores] | None = None

    @property
    def left(self) -> float:
        return self.ends - self.clock()

    def _is_over(self, something: bool) -> bool:
        """Whether the time is over; with nothing to show yet, as much again may be taken."""
        return self.left < (0 if something else -self.seconds)

    def carry_out(
        self, planned: Callable[[int, int], None], told: Callable[[SplitScores], None]
    ) -> Measured:
        try:
            rows, n = self._choose()
            taken, study = self._sample(rows)
            n = min(len(taken.splits), n)
            planned(taken.table.n_rows, n)
            all_rows = self._wait(self.submit("early", taken, study))
            if all_rows is None:
                raise self._too_slow()
            splits, failed = self._splits(taken, study, all_rows, n, told)
            if not splits:
                raise failed or self._too_slow()
        except _TooSlow:
            # The split of the largest sample that was done is better than nothing.
            if self.looked is None:
                raise
            taken, all_rows, found = self.looked
            splits, failed = (found,), None
            told(found)
        reasons = dict(all_rows.reasons)
        for scores in splits:
            reasons = {**scores.reasons, **reasons}
        return Measured(
            splits, reasons, taken.table.n_rows, self.n_rows, len(taken.splits),
            self._notes(taken, splits, failed),
        )  # fmt: skip

    def _sample(self, rows: int) -> tuple[Loaded, Study]:
        if rows >= self.n_rows:
            return self.loaded, self.study
        small = sampled(self.loaded, self.study, rows)
        study = sample_study(self.study, small.table.n_rows / self.n_rows)
        splits = tuple(split for split in small.splits if not split.apparent)
        return dataclasses.replace(small, splits=splits), study

    def _choose(self) -> tuple[int, int]:
        """How many rows and splits are taken."""
        n_splits = len(self.loaded.splits)
        if self.n_rows <= 2 * FIRST_ROWS:
            return self.n_rows, n_splits
        seen: list[Timed] = []
        rows = FIRST_ROWS
        while True:
            try:
                timed = self._time(rows)
                if not seen and timed.before + timed.split < LOOK_SHARE * self.left:
                    timed = self._time(rows)  # the first call also loads libraries
            except StudyError:  # so few rows do not allow the validation
                timed = None
            if timed is not None:
                seen.append(timed)
                if seconds_on(timed, rows * GROWTH, rise_of(seen), 1) > LOOK_SHARE * self.left:
                    break
            rows *= GROWTH
            if rows > self.n_rows / 2:
                break
        if not seen:
            return self.n_rows, n_splits
        return rows_and_splits(seen, self.n_rows, n_splits, self.left, self.workers)

    def _time(self, rows: int) -> Timed:
        """What a sample takes.

        Raises:
            StudyError: So few rows do not allow the validation.
            OutfoldError: The time is over, or a step does not work.
        """
        taken, study = self._sample(rows)
        began = self.clock()
        all_rows = self._wait(self.submit("early", taken, study))
        between = self.clock()
        if all_rows is None:
            raise self._too_slow()
        found = self._wait(self.submit("split_scores", taken, study, 0, all_rows, self.positive))
        if found is None:
            raise self._too_slow()
        self.looked = taken, all_rows, found
        return Timed(taken.table.n_rows, between - began, self.clock() - between)

    def _wait(self, handle: Handle) -> Any:
        """What came of a call; None where the time was over first."""
        while not handle.done():
            if self.stop():
                raise Cancelled
            if self._is_over(self.looked is not None):
                return None
            time.sleep(POLL)
        return handle.result()

    def _splits(
        self,
        taken: Loaded,
        study: Study,
        all_rows: Early,
        n: int,
        told: Callable[[SplitScores], None],
    ) -> tuple[tuple[SplitScores, ...], OutfoldError | None]:
        """The splits that are done in time, and why one failed."""
        waiting: list[Handle] = []
        found: list[SplitScores] = []
        failed: OutfoldError | None = None
        asked = 0
        while waiting or asked < n:
            # No more than the workers can do, so that little is under way when the time is over.
            while asked < n and len(waiting) <= self.workers and not self._is_over(bool(found)):
                waiting.append(
                    self.submit("split_scores", taken, study, asked, all_rows, self.positive)
                )
                asked += 1
            for handle in [h for h in waiting if h.done()]:
                waiting.remove(handle)
                try:
                    found.append(handle.result())
                    told(found[-1])
                except OutfoldError as error:
                    failed = error
            if self.stop():
                raise Cancelled
            if self._is_over(bool(found) or self.looked is not None):
                break
            if waiting:
                time.sleep(POLL)
        return tuple(sorted(found, key=lambda s: s.split)), failed

    def _too_slow(self) -> OutfoldError:
        return _TooSlow(
            f"Not one split could be measured within twice {self.study.meter_seconds:g} s.",
            "Take a faster selector or model, fewer columns, or more time.",
        )

    def _notes(
        self, taken: Loaded, splits: Sequence[SplitScores], failed: OutfoldError | None
    ) -> tuple[str, ...]:
        notes = []
        rows = taken.table.n_rows
        if rows < self.n_rows:
            how = "by class" if taken.table.classes else "evenly over the target"
            if taken.table.order is not None:
                how = "evenly over time"
            elif taken.table.groups is not None:
                how = "by group"
            notes.append(
                f"Measured on {rows:,} of {self.n_rows:,} rows, drawn {how}, to stay within "
                f"{self.study.meter_seconds:g} s. On all rows the figures can differ."
            )
        if len(splits) < len(taken.splits):
            notes.append(
                f"{len(splits)} of {len(taken.splits)} splits were done, to stay within "
                f"{self.study.meter_seconds:g} s; both ways stand on the same ones."
            )
        if failed is not None:
            notes.append(f"A split failed: {failed}")
        return tuple(notes)
