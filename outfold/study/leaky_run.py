"""A meter's run: its steps called on a cluster, and how it ended written down.

It is carried out by the run service on the workers that are warm already, so it goes on when the
browser is closed, is found again by its study, and is cancelled like a run.
"""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import psutil

from outfold.errors import OutfoldError
from outfold.study import worker
from outfold.study.fleet import Fleet
from outfold.study.leakage import MISTAKES, leakage_key, so_far_key
from outfold.study.leaky_kept import as_step
from outfold.study.leaky_measure import POLL, Cancelled, Measured, measure
from outfold.study.leaky_rung import Handle
from outfold.study.leaky_steps import Part, SplitScores, early, outline, split_scores
from outfold.study.records import RunRecord
from outfold.study.results import RunState
from outfold.study.shared import Source, Work, mapped, place_for
from outfold.study.steps import Loaded, with_splits
from outfold.study.study import Study
from outfold.study.table import study_table
from outfold.study.workspace import Workspace

EventRow = tuple[str, str, str, float | None, str]

PATIENCE = 1.0
"""Seconds that steps may take to end by themselves when the measurement ends early."""
SHOWING = 2.5
"""Seconds of the time that are left for the page to notice the end and to draw the result."""
SHOWING_SHARE = 0.1
"""Share of the time that is left for it at most."""
GRACE = 1.0
"""Seconds after the end until it is written down by somebody else."""
TURN = 1.0
"""Seconds that a service which is there may take to notice a run; longer is another run's turn."""
PRIORITY = 10
"""Before the steps of runs: somebody waits for the meter, and not for long."""


def call_on_worker(source: str | Work, name: str, *given: Any) -> Any:
    """Call a function of ``leaky_steps`` where the table is."""
    work = mapped(source) if isinstance(source, str) else source
    return _call(name, work.loaded, *given)


def _call(name: str, loaded: Loaded, *given: Any) -> Any:
    """Call a function of ``leaky_steps``: one thread, errors of one kind."""
    calls: dict[str, Callable[..., Any]] = {
        "early": early, "outline": outline, "split_scores": split_scores
    }  # fmt: skip
    with warnings.catch_warnings(), worker.numeric_libraries().limit(limits=1):
        warnings.simplefilter("ignore")
        try:
            return calls[name](loaded, *given)
        except OutfoldError:
            raise
        except MemoryError:
            raise OutfoldError("It needs more memory than a worker has.") from None
        except Exception as error:  # any library may raise anything
            first = (str(error).strip().splitlines() or [""])[0]
            raise OutfoldError(f"{type(error).__name__}: {first[:300]}") from None


class _Here:
    """A call that is carried out here, once somebody wants what comes of it."""

    def __init__(self, name: str, given: Sequence[Any]) -> None:
        self._name, self._given = name, given

    def done(self) -> bool:
        return True

    def result(self) -> Any:
        return self._answer

    @cached_property
    def _answer(self) -> Any:
        known = [each.result() if isinstance(each, _Here) else each for each in self._given]
        return _call(self._name, *known)


def at_once(name: str, loaded: Loaded, *given: Any) -> Handle:
    """For ``measure``: calls in this process, one after the other."""
    return _Here(name, [loaded, *given])


def ends_at(record: RunRecord, seconds: float) -> float:
    """When a measurement must have ended, seconds since 1970.

    The time begins when it was asked for. Where it waited for its turn behind other runs it begins
    then; where the service had to be started for it, that counts.
    """
    began = record.created
    if record.started is not None and record.created > psutil.Process().create_time():
        began = max(began, record.started - TURN)
    return began + seconds - min(SHOWING, SHOWING_SHARE * seconds)


def carry_out(
    workspace: Workspace,
    run: str,
    study: Study,
    client: Any,
    *,
    shared_storage: bool | None = True,
    told: Callable[[EventRow], None] | None = None,
) -> None:
    """Carry out a meter's run on a cluster, keep what it found, and write down how it ended.

    Raises:
        OutfoldError: The study cannot be done on its table.
    """
    meter = MeterRun(workspace, run, study, client, told)
    ends = ends_at(workspace.records.run(run), study.meter_seconds)
    # Reading a table or drawing a sample cannot be given up, so the end is written down beside it.
    guard = threading.Timer(max(0.0, ends + GRACE - time.time()), meter.give_up)
    guard.daemon = True
    guard.start()
    try:
        meter.carry_out(ends, shared_storage)
    finally:
        guard.cancel()


class MeterRun:
    """A measurement as it goes, and what is written down of it."""

    def __init__(
        self,
        workspace: Workspace,
        run: str,
        study: Study,
        client: Any,
        told: Callable[[EventRow], None] | None,
    ) -> None:
        self.workspace, self.records, self.run = workspace, workspace.records, run
        self.study, self.client, self.told = study, client, told
        self.began, self.key, self.n_rows = time.time(), "", 0
        self.splits = self.done = 0
        self.latest: Measured | None = None
        self.ending, self.ended = threading.Lock(), False

    def carry_out(self, ends: float, shared_storage: bool | None) -> None:
        """Read the table, measure, and write down how it ended."""
        records, run, study = self.records, self.run, self.study
        loaded = with_splits(study_table(self.workspace, study), study)
        positive, self.n_rows = loaded.table.positive, loaded.table.n_rows
        self.key = leakage_key(study, positive)
        if self.key in records.steps([self.key]):
            records.set_plan(run, 1, "")
            self.tell(("reused", self.key, "fit of an earlier measurement", None, ""))
            self.end("finished")
            return
        fleet = Fleet(self.client, self.workspace.root, shared_storage)
        fleet.look()
        records.forget_steps([so_far_key(self.key)])
        shares = bool(fleet.shares)
        with _Cluster(self.workspace, run, study, positive, self.client, shares) as cluster:
            # The end is written down before workers that are busy are replaced: that takes time.
            try:
                found = measure(
                    loaded, study, positive, cluster.submit,
                    workers=max(1, len(self.client.ncores())),
                    seconds=ends - time.time(),
                    stop=lambda: self.ended or records.cancel_asked(run),
                    planned=self.planned, told=self.part_done, so_far=self.keep_so_far,
                )  # fmt: skip
            except Cancelled:  # what it has to show already stays
                self.end("cancelled")
                return
            except OutfoldError as error:
                self.end("failed", f"{error}{self.others()}")
            else:
                self.end("finished", found=found)
            records.forget_steps([so_far_key(self.key)])

    def give_up(self) -> None:
        """The time is over, and something that cannot be stopped is still going on."""
        seconds = f"{self.study.meter_seconds:g} s"
        if self.latest is not None:
            self.end("finished", found=self.latest)
        else:
            what = "No split could be measured" if self.key else "The table could not be read"
            self.end("failed", f"{what} within {seconds}. Give it more time.{self.others()}")

    def end(self, state: RunState, reason: str = "", found: Measured | None = None) -> None:
        """Write down how the run ended, and keep what was found; the first to say so is right."""
        with self.ending:
            if self.ended:
                return
            self.ended = True
            if found is not None:
                body, arrays = as_step(found)
                took = time.time() - self.began
                self.workspace.save_step(self.key, "leakage", body, arrays, took)
            self.records.finish(self.run, state, reason)

    def tell(self, event: EventRow) -> None:
        """Write an event down."""
        self.records.add_events(self.run, [event])
        if self.told is not None:
            self.told(event)

    def planned(self, rows: int, splits: int, parts: int) -> None:
        """Write down what is measured next, and, where it is known, how much that is."""
        if parts:
            self.records.set_plan(self.run, self.done + parts, "")
            return
        of = "" if rows == self.n_rows else f" of {self.n_rows:,}"
        self.splits = splits
        name = f"{rows:,}{of} rows, {splits} {'split' if splits == 1 else 'splits'}"
        self.tell(("planned", "", name, None, ""))

    def part_done(self, rows: int, part: Part, found: SplitScores) -> None:
        """Write down a part of a split."""
        name = "out of fold" if part == "honest" else MISTAKES[part].lower()
        label = f"fit {name}, split {found.split + 1} of {self.splits}, {rows:,} rows"
        self.done += 1
        self.tell(("finished", f"{self.key}-{rows}-{found.split}-{part}", label, found.seconds, ""))

    def keep_so_far(self, found: Measured) -> None:
        """Keep what there is to show already; the predictions are kept in the end only."""
        self.latest = found
        body, _ = as_step(found)
        self.workspace.save_step(so_far_key(self.key), "leakage", body, {}, 0.0)

    def others(self) -> str:
        """Why it may have been slow, where other runs are computed."""
        running = [r for r in self.records.runs(20, ("running",)) if r.id != self.run]
        return " Other runs were computed at the same time." if running else ""


class _Cluster:
    """Hands calls to the workers, each table laid out once, and leaves none behind."""

    def __init__(
        self, workspace: Workspace, run: str, study: Study, positive: int, client: Any, shares: bool
    ) -> None:
        self._workspace, self._run, self._study = workspace, run, study
        self._positive, self._client, self._shares = positive, client, shares
        self._sources: dict[int, Source] = {}
        self._futures: list[Any] = []

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
        sent = [value.future if isinstance(value, _Sent) else value for value in given]
        future = self._client.submit(
            call_on_worker, source.given, name, *sent, pure=False, priority=PRIORITY
        )
        self._futures.append(future)
        return _Sent(future)

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

    def __init__(self, future: Any) -> None:
        self.future = future

    def done(self) -> bool:
        return bool(self.future.done())

    def result(self) -> Any:
        try:
            return self.future.result()
        except OutfoldError:
            raise
        except Exception as error:  # the worker died, or the scheduler went away
            raise OutfoldError(f"A worker was lost: {type(error).__name__}.") from None
