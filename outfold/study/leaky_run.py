"""One measurement of the leakage meter: within a time, on a sample where the table is too large.

First a small sample is done, so that it is known what these steps take on this table and this
machine; larger ones follow as long as they cost next to nothing. Then the number of rows is chosen
so that five splits fit into the time, and, where all rows fit, as many splits as do.

It is carried out by the run service on the workers that are warm already, so it goes on when the
browser is closed, is found again by its study, and is cancelled like a run. It is not compiled to a
plan: how many rows and splits there will be is known only while it runs, and a step that sees all
rows has two parents.
"""

from __future__ import annotations

import dataclasses
import math
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from outfold.errors import OutfoldError, StudyError
from outfold.study import worker
from outfold.study.fleet import Fleet
from outfold.study.leakage import Mistake, leakage_key
from outfold.study.leaky_steps import Early, SplitScores, early, split_scores
from outfold.study.quick import sample_study, sampled
from outfold.study.shared import Source, Work, mapped, place_for
from outfold.study.steps import Loaded
from outfold.study.study import Study
from outfold.study.workspace import Workspace

EventRow = tuple[str, str, str, float | None, str]

FIRST_ROWS = 500
"""Rows of the first sample."""
GROWTH = 4
"""How much larger the next sample is."""
LOOK_SHARE = 0.15
"""Share of the time that another sample may cost."""
LEAST_ROWS = 200
"""Rows that are taken however slow the steps are."""
ENOUGH = 5
"""Splits for which rows are given up; more are done only where all rows fit."""
FILLED = 0.75
"""Share of what is left of the time that is planned for, since forecasts err."""
RISE = 1.2
"""How steps are taken to rise with rows, as a power, until it is measured."""
POLL = 0.05
PATIENCE = 1.0
"""Seconds that steps may take to end by themselves when the measurement ends early."""


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


@dataclass(frozen=True, slots=True)
class _Timed:
    rows: int
    before: float
    split: float


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
        seen: list[_Timed] = []
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
                rise = _rise(seen)
                if _seconds(timed, rows * GROWTH, rise, 1) > LOOK_SHARE * self.left:
                    break
            rows *= GROWTH
            if rows > self.n_rows / 2:
                break
        if not seen:
            return self.n_rows, n_splits
        last, rise = seen[-1], _rise(seen)
        time_left = FILLED * self.left
        least = min(ENOUGH, n_splits)
        if _seconds(last, self.n_rows, rise, self._rounds(least)) <= time_left:
            grown = (self.n_rows / last.rows) ** rise
            each = max(1e-9, last.split * grown)
            fit = int((time_left - last.before * grown) / each) * self.workers
            return self.n_rows, max(least, min(n_splits, fit))
        base = last.before + self._rounds(least) * last.split
        fitting = last.rows * (max(time_left, 0.0) / max(base, 1e-9)) ** (1 / rise)
        return min(self.n_rows, max(LEAST_ROWS, int(fitting))), least

    def _rounds(self, n_splits: int) -> int:
        return math.ceil(n_splits / self.workers)

    def _time(self, rows: int) -> _Timed:
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
        return _Timed(taken.table.n_rows, between - began, self.clock() - between)

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


def _rise(seen: Sequence[_Timed]) -> float:
    """The power by which the time rises with the rows, from the two largest samples."""
    if len(seen) < 2:
        return RISE
    a, b = seen[-2], seen[-1]
    # A constant part would make a power look small, and the forecast too hopeful.
    times = math.log(max(1e-9, b.before + b.split) / max(1e-9, a.before + a.split))
    return float(np.clip(times / math.log(b.rows / a.rows), 1.0, 3.0))


def _seconds(timed: _Timed, rows: int, rise: float, rounds: int) -> float:
    return (timed.before + rounds * timed.split) * (rows / timed.rows) ** rise


def call_on_worker(source: str | Work, name: str, *given: Any) -> Any:
    """Call a function of ``leaky_steps`` where the table is: one thread, errors of one kind."""
    work = mapped(source) if isinstance(source, str) else source
    calls: dict[str, Callable[..., Any]] = {"early": early, "split_scores": split_scores}
    with warnings.catch_warnings(), worker.numeric_libraries().limit(limits=1):
        warnings.simplefilter("ignore")
        try:
            return calls[name](work.loaded, *given)
        except OutfoldError:
            raise
        except MemoryError:
            raise OutfoldError("It needs more memory than a worker has.") from None
        except Exception as error:  # any library may raise anything
            first = (str(error).strip().splitlines() or [""])[0]
            raise OutfoldError(f"{type(error).__name__}: {first[:300]}") from None


class _Done:
    """A call that was carried out at once."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self._call = call

    def done(self) -> bool:
        return True

    def result(self) -> Any:
        return self._call()


def at_once(name: str, loaded: Loaded, *given: Any) -> Handle:
    """For ``measure``: calls in this process, one after the other."""
    return _Done(lambda: call_on_worker(Work("", given[0], loaded, 0), name, *given))


def carry_out(
    workspace: Workspace,
    run: str,
    study: Study,
    loaded: Loaded,
    client: Any,
    *,
    shared_storage: bool | None = True,
    told: Callable[[EventRow], None] | None = None,
) -> None:
    """Carry out a meter's run on a cluster, keep what it found, and write down how it ended."""
    records, positive = workspace.records, loaded.table.positive
    key = leakage_key(study, positive)

    def tell(event: EventRow) -> None:
        records.add_events(run, [event])
        if told is not None:
            told(event)

    if key in records.steps([key]):
        records.set_plan(run, 1, "")
        tell(("reused", key, "fit of an earlier measurement", None, ""))
        records.finish(run, "finished")
        return
    began = records.run(run).started or time.time()
    fleet = Fleet(client, workspace.root, shared_storage)
    fleet.look()
    asked = 0

    def planned(rows: int, splits: int) -> None:
        nonlocal asked
        asked = splits
        records.set_plan(run, splits, "")
        of = "" if rows == loaded.table.n_rows else f" of {loaded.table.n_rows:,}"
        tell(("planned", "", f"{rows:,}{of} rows, {splits} splits", None, ""))

    def done(found: SplitScores) -> None:
        label = f"fit with and without mistakes, split {found.split + 1} of {asked}"
        tell(("finished", f"{key}-{found.split}", label, found.seconds, ""))

    with _Cluster(workspace, run, study, positive, client, bool(fleet.shares)) as cluster:
        # The end is written down before workers that are still busy are replaced: that takes time.
        try:
            found = measure(
                loaded, study, positive, cluster.submit,
                workers=max(1, len(client.ncores())),
                seconds=max(1.0, study.meter_seconds - (time.time() - began)),
                stop=lambda: records.cancel_asked(run), planned=planned, told=done,
            )  # fmt: skip
        except Cancelled:
            records.finish(run, "cancelled")
        except OutfoldError as error:
            records.finish(run, "failed", str(error))
        else:
            body, arrays = as_step(found)
            workspace.save_step(key, "leakage", body, arrays, time.time() - began)
            records.finish(run, "finished")


class _Cluster:
    """Hands calls to the workers, each table laid out once, and leaves none behind."""

    def __init__(
        self, workspace: Workspace, run: str, study: Study, positive: int, client: Any, shares: bool
    ) -> None:
        self._workspace, self._run, self._study = workspace, run, study
        self._positive, self._client, self._shares = positive, client, shares
        self._sources: dict[int, Source] = {}
        self._futures: list[Any] = []
        self._scattered: dict[int, Any] = {}

    def __enter__(self) -> _Cluster:
        return self

    def submit(self, name: str, loaded: Loaded, *given: Any) -> Any:
        """Send a call to a worker."""
        source = self._sources.get(id(loaded))
        if source is None:
            path = None
            if self._shares:
                path = place_for(self._workspace.root, f"{self._run}-{loaded.table.n_rows}")
            work = Work(self._run, self._study, loaded, self._positive)
            source = self._sources[id(loaded)] = Source(self._client, work, path)
        # What was learnt from all rows stays with the workers: its future is given, not itself.
        sent = [self._scattered.get(id(value), value) for value in given]
        future = self._client.submit(call_on_worker, source.given, name, *sent, pure=False)
        self._futures.append(future)
        return _Sent(future, self._remember if name == "early" else None)

    def _remember(self, result: Any, future: Any) -> None:
        self._scattered[id(result)] = future

    def __exit__(self, *_: object) -> None:
        busy = [f for f in self._futures if f.status == "pending"]
        if busy and self._client.status == "running":
            self._client.cancel(busy, force=True)
            keys = {f.key for f in busy}
            deadline = time.monotonic() + PATIENCE
            while (at := self._busy_with(keys)) and time.monotonic() < deadline:
                time.sleep(POLL)
            if at:
                # Nothing else stops a step; steps of other runs there are computed again.
                self._client.restart_workers(at, timeout=30, raise_for_error=False)
        self._futures.clear()
        self._scattered.clear()
        for source in self._sources.values():
            source.close()

    def _busy_with(self, keys: set[str]) -> list[str]:
        there = self._client.scheduler_info(n_workers=-1)["workers"]
        calls = self._client.run(_executing)
        return [
            address for address, now in calls.items()
            if keys & set(now) and there.get(address, {}).get("nanny")
        ]  # fmt: skip


def _executing(dask_worker: Any) -> list[str]:
    """The keys that a worker is computing, cancelled ones included."""
    return [str(key) for key in dask_worker.active_keys]


class _Sent:
    """A call that a worker carries out."""

    def __init__(self, future: Any, remember: Callable[[Any, Any], None] | None) -> None:
        self._future, self._remember = future, remember

    def done(self) -> bool:
        return bool(self._future.done())

    def result(self) -> Any:
        try:
            found = self._future.result()
        except OutfoldError:
            raise
        except Exception as error:  # the worker died, or the scheduler went away
            raise OutfoldError(f"A worker was lost: {type(error).__name__}.") from None
        if self._remember is not None:
            self._remember(found, self._future)
        return found


def as_step(found: Measured) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """A measurement as the store keeps it: JSON, and the honest predictions."""

    def plain(scores: Mapping[str, float]) -> dict[str, float | None]:
        return {name: None if math.isnan(v) else v for name, v in scores.items()}

    body = {
        "rows": found.rows,
        "of_rows": found.of_rows,
        "n_splits": found.n_splits,
        "notes": list(found.notes),
        "reasons": dict(found.reasons),
        "splits": [
            {
                "split": s.split,
                "train_rows": s.train_rows,
                "test_rows": s.test_rows,
                "honest": plain(s.honest),
                "leaky": {mistake: plain(scores) for mistake, scores in s.leaky.items()},
                "nothing": plain(s.nothing),
                "nothing_resampled": plain(s.nothing_resampled),
                "made": None if math.isnan(s.made) else s.made,
                "seconds": s.seconds,
            }
            for s in found.splits
        ],
    }
    arrays = {
        name: np.concatenate([s.arrays[name] for s in found.splits])
        for name in found.splits[0].arrays
    }
    arrays["split"] = np.repeat(
        [s.split for s in found.splits], [len(s.arrays["truth"]) for s in found.splits]
    )
    return body, arrays
