"""A meter's run: its steps called on a cluster, and how it ended written down.

It is carried out by the run service on the workers that are warm already, so it goes on when the
browser is closed, is found again by its study, and is cancelled like a run.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

from outfold.errors import OutfoldError
from outfold.study import worker
from outfold.study.fleet import Fleet
from outfold.study.leakage import leakage_key
from outfold.study.leaky_kept import as_step
from outfold.study.leaky_measure import POLL, Cancelled, Handle, measure
from outfold.study.leaky_steps import SplitScores, early, split_scores
from outfold.study.shared import Source, Work, mapped, place_for
from outfold.study.steps import Loaded
from outfold.study.study import Study
from outfold.study.workspace import Workspace

EventRow = tuple[str, str, str, float | None, str]

PATIENCE = 1.0
"""Seconds that steps may take to end by themselves when the measurement ends early."""


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
