"""One measurement of the leakage meter: within a time, on a sample where the table is too large.

First a small sample is done, so that there is something to show soon, and it is known what these
steps take on this table and this machine. Larger ones follow as long as they cost next to nothing.
Then the number of rows is chosen so that five splits fit into the time, and, where all rows fit, as
many splits as do. When the time is over, what is under way is given up and what is done counts.

It is not compiled to a plan: how many rows and splits there will be is known only while it is done,
and a step that sees all rows has two parents.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from outfold.errors import OutfoldError, StudyError
from outfold.study.leakage import MISTAKES, Mistake
from outfold.study.leaky_pace import ENOUGH, Timed, rows_and_splits, seconds_of_one
from outfold.study.leaky_rung import Rung, Submit, best
from outfold.study.leaky_steps import Part, SplitScores
from outfold.study.quick import sample_study, sampled
from outfold.study.steps import Loaded
from outfold.study.study import Study

FIRST_ROWS = 500
"""Rows of the first sample."""
FIRST_SHARE = 0.1
"""Share of the time within which the first sample gets more splits than one."""
GROWTH = 4
"""How much larger the next sample is."""
LOOK_SHARE = 0.2
"""Share of the time that another sample may cost."""
WORTH = 1.5
"""How many times more rows are worth another beginning; below, further splits are done instead."""
POLL = 0.05
"""Seconds between two looks at what is being computed."""
SHOW = 0.5
"""Seconds between two looks at what is to be shown."""


class Cancelled(Exception):
    """Somebody asked for the measurement to stop."""


class _Over(Exception):
    """The time is over."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What a measurement found.

    Attributes:
        splits: The splits whose honest way was done, by number.
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
    submit: Submit,
    *,
    workers: int = 1,
    seconds: float | None = None,
    stop: Callable[[], bool] = lambda: False,
    planned: Callable[[int, int, int], None] = lambda rows, splits, parts: None,
    told: Callable[[int, Part, SplitScores], None] = lambda rows, part, scores: None,
    so_far: Callable[[Measured], None] = lambda measured: None,
    clock: Callable[[], float] = time.monotonic,
) -> Measured:
    """Measure what each step done before the split would promise.

    Args:
        loaded: The study's table and splits.
        study: A meter's study.
        positive: Code of the positive class.
        submit: Has a function of ``leaky_steps`` called with these arguments, the first of them a
            table with its splits; one that was submitted before stands for what comes of it.
        workers: How many calls run side by side.
        seconds: What it may take; the study's own time by default.
        stop: Asked now and then whether to stop.
        planned: Told how many rows and splits are taken next, and how many parts these have.
        told: Told of each part of a split that is done, and on how many rows.
        so_far: Told what would be shown if the time were over now, whenever that is more.
        clock: Tells the time, in seconds.

    Raises:
        OutfoldError: The honest way does not work, or not one split was done in time.
        Cancelled: It was asked to stop.
    """
    measurement = _Measurement(loaded, study, positive, submit, workers, seconds, stop, clock)
    measurement.planned, measurement.told, measurement.so_far = planned, told, so_far
    return measurement.carry_out()


class _Measurement:
    planned: Callable[[int, int, int], None]
    told: Callable[[int, Part, SplitScores], None]
    so_far: Callable[[Measured], None]

    def __init__(
        self,
        loaded: Loaded,
        study: Study,
        positive: int,
        submit: Submit,
        workers: int,
        seconds: float | None,
        stop: Callable[[], bool],
        clock: Callable[[], float],
    ) -> None:
        judged = tuple(split for split in loaded.splits if not split.apparent)
        self.loaded = dataclasses.replace(loaded, splits=judged)
        self.study, self.positive, self.submit = study, positive, submit
        self.workers, self.stop, self.clock = max(1, workers), stop, clock
        self.seconds = study.meter_seconds if seconds is None else seconds
        self.ends = clock() + self.seconds
        self.n_rows = loaded.table.n_rows
        self.rungs: list[Rung] = []
        self.shown, self.looked = (0, 0), clock()

    @property
    def left(self) -> float:
        return self.ends - self.clock()

    def carry_out(self) -> Measured:
        failed: OutfoldError | None = None
        try:
            self._climb()
        except _Over:
            pass
        except OutfoldError as error:
            failed = error
        failed = failed or next((r.failed for r in reversed(self.rungs) if r.failed), None)
        found = best(self.rungs)
        if found is None:
            raise failed or OutfoldError(
                f"Not one split could be measured within {self.study.meter_seconds:g} s.",
                "Take a faster selector or model, fewer columns, or more time.",
            )
        return self._measured(found)

    def _climb(self) -> None:
        """Measure on more and more rows, as far as the time allows."""
        n_splits = len(self.loaded.splits)
        if self.n_rows <= 2 * FIRST_ROWS:
            self._do(self._rung(self.n_rows, n_splits))
            return
        self._look()
        rows, n = self.n_rows, n_splits
        if seen := self._seen():
            rows, n = rows_and_splits(seen, self.n_rows, n_splits, self.left, self.workers)
        last = self.rungs[-1] if seen else None
        if last is not None and rows < WORTH * last.rows:
            last.wanted = max(last.wanted, min(ENOUGH, len(last.taken.splits)))
            self._do(last)
            return
        self._do(self._rung(rows, n))

    def _look(self) -> None:
        """Do a first sample, and then one split of larger ones while they cost little."""
        rows = FIRST_ROWS
        while rows <= self.n_rows / 2:
            try:
                rung = self._rung(rows, 1)
            except StudyError:  # so few rows do not allow the validation
                rows *= GROWTH
                continue
            self._do(rung)
            if rung.failed is not None and not rung.whole():
                raise rung.failed
            soon = self.ends - (1 - FIRST_SHARE) * self.seconds
            if rung is self.rungs[0] and self.clock() < soon:
                rung.wanted = min(ENOUGH, len(rung.taken.splits))
                self._do(rung, until=soon)
            rows *= GROWTH
            if seconds_of_one(self._seen(), rows, self.workers) > LOOK_SHARE * self.left:
                return

    def _seen(self) -> list[Timed]:
        """What the samples took, smallest first."""
        whole = [rung for rung in self.rungs if rung.whole()]
        return [rung.timed(cold=place == 0) for place, rung in enumerate(whole)]

    def _rung(self, rows: int, n: int) -> Rung:
        """What is measured next."""
        taken, study = self.loaded, self.study
        if rows < self.n_rows:
            small = sampled(self.loaded, self.study, rows)
            study = sample_study(self.study, small.table.n_rows / self.n_rows)
            judged = tuple(split for split in small.splits if not split.apparent)
            taken = dataclasses.replace(small, splits=judged)
        rung = Rung(taken, study, self.positive, self.submit, self.workers, n, self.clock)
        self.rungs.append(rung)
        return rung

    def _do(self, rung: Rung, until: float | None = None) -> None:
        """Do the splits of a rung; from a moment on begin no more."""
        self.planned(rung.rows, rung.wanted, 0)
        outlined = False
        while True:
            late = until is not None and self.clock() > until
            if not late:
                rung.send()
            for part, scores in rung.take_in():
                self.told(rung.rows, part, scores)
            if not outlined and rung.is_outlined:
                outlined = True
                self.planned(rung.rows, rung.wanted, rung.planned())
            self._show()
            if not rung.is_busy and (late or not rung.has_more):
                return
            if self.stop():
                raise Cancelled
            if self.left < 0:
                raise _Over
            if rung.is_waiting:
                time.sleep(POLL)

    def _show(self) -> None:
        """Tell what there is to show, where that is more than before; now and then only."""
        if self.clock() - self.looked < SHOW or (found := best(self.rungs)) is None:
            return
        self.looked = self.clock()
        has = (found.rows, sum(1 + len(split.leaky) for split in found.splits()))
        if has > self.shown:
            self.shown = has
            self.so_far(self._measured(found))

    def _measured(self, rung: Rung) -> Measured:
        splits = rung.splits()
        return Measured(
            splits, rung.reasons(), rung.rows, self.n_rows, len(rung.taken.splits),
            self._notes(rung, splits),
        )  # fmt: skip

    def _notes(self, rung: Rung, splits: tuple[SplitScores, ...]) -> tuple[str, ...]:
        notes = []
        within = f"to stay within {self.study.meter_seconds:g} s"
        if rung.rows < self.n_rows:
            how = "by class" if rung.taken.table.classes else "evenly over the target"
            if rung.taken.table.order is not None:
                how = "evenly over time"
            elif rung.taken.table.groups is not None:
                how = "by group"
            notes.append(
                f"Measured on {rung.rows:,} of {self.n_rows:,} rows, drawn {how}, {within}. "
                "On all rows the figures can differ; more time takes more rows."
            )
        if len(splits) < len(rung.taken.splits):
            notes.append(
                f"{len(splits)} of {len(rung.taken.splits)} splits were done, {within}; both ways "
                "stand on the same ones."
            )
        reasons = rung.reasons()
        for mistake, name in MISTAKES.items():
            done = sum(mistake in split.leaky for split in splits)
            if mistake not in reasons and done < len(splits):
                notes.append(f"{name} stands on {done} of these only.")
        if rung.failed is not None:
            notes.append(f"A split failed: {rung.failed}")
        return tuple(notes)
