"""One run of a plan: what the store knows is reused, the rest goes to the cluster."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from outfold.errors import OutfoldError
from outfold.study import steps as work
from outfold.study import worker
from outfold.study.plan import Plan, Step, make_plan
from outfold.study.scores import score_steps
from outfold.study.steps import Failed, Fitted, Loaded, Selected
from outfold.study.study import Study
from outfold.study.table import study_table
from outfold.study.workspace import Workspace

EventRow = tuple[str, str, str, float | None, str]
POLL = 0.2
"""Seconds between two looks at whether somebody asked to stop."""
CANCEL_PATIENCE = 1.0
"""Seconds that a cancelled step may take to end by itself."""


class Rule(Protocol):
    """What may stop candidates of a run early: races and budgets hook in here.

    ``execute`` makes the rule from the study, before the run starts, and asks it each time that
    results were kept and scored. It is asked in one thread, one question at a time.
    """

    def judge(self, scores: Mapping[str, Mapping[str, float]]) -> Mapping[str, str]:
        """The fits that need not be computed any more, each with a sentence that says why.

        Args:
            scores: For each fit of the run that is known so far, reused ones included, its step
                key and its metrics.
        """


def execute(
    workspace: Workspace,
    run: str,
    client: Any,
    *,
    shared_storage: bool = True,
    told: Callable[[EventRow], None] | None = None,
    rule: Rule | None = None,
) -> None:
    """Carry out a run that is written down in the workspace, and write down how it went.

    Args:
        workspace: Where the run, its study and its results are kept.
        run: The run's identifier.
        client: A ``distributed.Client``.
        shared_storage: Whether the workers can read the workspace's files; if not, the table is
            sent to each of them once.
        told: Called with every event, besides its being written down.
        rule: What may stop candidates early.
    """
    records = workspace.records
    try:
        study = workspace.study(records.run(run).study).checked()
        loaded = work.with_splits(study_table(workspace, study), study)
    except OutfoldError as error:
        records.finish(run, "failed", str(error))
        return
    plan = make_plan(study, loaded.table, loaded.splits)
    n_fits = len({key for keys in plan.fits.values() for key in keys})
    records.set_plan(run, n_fits, plan.to_json())
    execution = _Execution(workspace, run, study, plan, client, told, rule)
    execution.start(loaded, shared_storage)
    state = execution.wait()
    records.finish(run, state, execution.reason)


class _Execution:
    """The futures of one run and what is done with each as it ends."""

    def __init__(
        self,
        workspace: Workspace,
        run: str,
        study: Study,
        plan: Plan,
        client: Any,
        told: Callable[[EventRow], None] | None,
        rule: Rule | None = None,
    ) -> None:
        self.workspace, self.run, self.study, self.plan = workspace, run, study, plan
        self.client, self.told, self.reason, self.rule = client, told, "", rule
        self.ended: set[str] = set()
        self.attempt = uuid.uuid4().hex[:10]
        self.steps = plan.by_key()
        self.futures: dict[str, Any] = {}
        self.pending: list[EventRow] = []
        self.running: dict[str, str] = {}
        self.lock, self.flushing = threading.Lock(), threading.Lock()

    def start(self, loaded: Loaded, shared_storage: bool) -> None:
        """Find what is known, and send out the rest."""
        known = self.workspace.records.steps(list(self.steps))
        fits = {key for keys in self.plan.fits.values() for key in keys}
        reused = {k for k in fits & set(known) if self.workspace.step_arrays(k) is not None}
        for key in sorted(reused):
            self._tell(("reused", key, self.steps[key].label, None, ""))
        self._flush()
        wanted = self._ancestors(fits - reused)
        if not wanted:
            return
        self.client.subscribe_topic(worker.topic_of(self.run), self._heard)
        if shared_storage:
            source = self.client.submit(
                worker.load, str(Path(self.workspace.root)), self.study.to_json(), pure=True,
                key=f"load-{self.attempt}",
            )  # fmt: skip
        else:
            source = self.client.scatter(loaded, broadcast=True, hash=False)
        sent: dict[str, Any] = {}
        for step in self.plan.steps:
            if step.key in wanted:
                sent[step.key] = self._send(step, sent, source, known)
        # Dask keeps a result while a future or a later step needs it: holding on to the futures of
        # fits and selections alone lets prepared tables go as soon as their fits are done.
        self.futures = {
            k: f for k, f in sent.items() if self.steps[k].kind == "fit" or
            (self.steps[k].kind == "select" and k not in known)
        }  # fmt: skip

    def _ancestors(self, fits: set[str]) -> set[str]:
        wanted: set[str] = set()
        for key in fits:
            while key in self.steps and key not in wanted:
                wanted.add(key)
                key = self.steps[key].parent
        return wanted

    def _send(
        self, step: Step, sent: dict[str, Any], source: Any, known: dict[str, dict[str, Any]]
    ) -> Any:
        if step.kind == "select" and step.key in known:
            return self.client.submit(
                work.recall, known[step.key], key=f"recall-{self.attempt}-{step.key}", pure=True
            )
        options: dict[str, Any] = {
            "study": self.study,
            "strategy": step.strategy,
            "params": dict(step.params),
        }
        resampled = self.steps.get(step.parent)
        if step.kind == "prepare":
            inputs = [source]
            options["split"] = step.split
        elif step.kind == "select":
            inputs = [sent[step.parent]]
        elif step.kind == "resample":
            selected = self.steps[step.parent]
            inputs = [sent[selected.parent], sent[selected.key]]
        else:
            assert resampled is not None
            selected = self.steps[resampled.parent]
            inputs = [source, sent[selected.parent], sent[selected.key], sent[resampled.key]]
            options["split"] = step.split
        return self.client.submit(
            worker.run_step, step.kind, step.key, step.label, self.run, *inputs, **options,
            # Named by attempt as well: cancelling one must not take another's steps with it, and
            # Dask confuses a key that is cancelled with the same one sent again.
            key=f"{step.kind}-{self.attempt}-{step.key}", pure=True, priority=-step.split,
        )  # fmt: skip

    def wait(self) -> Any:
        """Collect results until all are in or somebody asks to stop; the run's final state."""
        from distributed import as_completed

        if not self.futures:
            self._score()
            return "finished"
        ended = as_completed(self.futures.values(), loop=self.client.loop, raise_errors=False)
        by_future = {f.key: key for key, f in self.futures.items()}
        stop = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(stop, ended), daemon=True)
        watcher.start()
        try:
            for future in ended:
                if stop.is_set():
                    break
                self._collect(by_future[future.key], future)
                if self.rule is not None:
                    self.stop(self.rule.judge(self._score()))
                self._flush()
        finally:
            cancelled = stop.is_set()
            stop.set()
            watcher.join()
            if self.client.status == "running":
                self.client.unsubscribe_topic(worker.topic_of(self.run))
            self._flush()
        self._score()
        if self.reason:
            return "interrupted"
        return "cancelled" if cancelled else "finished"

    def _watch(self, stop: threading.Event, ended: Any) -> None:
        """Stop the run when it is asked for; keep events flowing while long steps run."""
        while not stop.wait(POLL):
            self._flush()
            if self.client.status != "running":
                self.reason = "The connection to the workers was lost; resume the run."
                _end(stop, ended)
                return
            if self.workspace.records.cancel_asked(self.run):
                stop.set()
                self.client.cancel(list(self.futures.values()), force=True)
                self._stop_workers()
                _end(stop, ended)

    def _stop_workers(self) -> None:
        """Replace the workers that are still busy with a step of this run: nothing else stops one.

        Steps of other runs on these workers are computed again. Workers that no nanny looks after,
        as on some remote schedulers, finish the step they are at.
        """
        deadline = time.monotonic() + CANCEL_PATIENCE
        while self.running and time.monotonic() < deadline:
            time.sleep(POLL)
        if busy := sorted(set(self.running.values())):
            known = self.client.scheduler_info(n_workers=-1)["workers"]
            looked_after = [w for w in busy if known.get(w, {}).get("nanny")]
            if looked_after:
                self.client.restart_workers(looked_after, timeout=30, raise_for_error=False)

    def stop(self, reasons: Mapping[str, str]) -> None:
        """Drop fits that no worker has started yet, by step key, each with the reason why.

        One that is being computed is left to end, since its result is as good as paid for.
        """
        dropped = [
            k for k in reasons if k in self.futures and k not in self.ended | {*self.running}
        ]
        for key in dropped:
            self.ended.add(key)
            self._tell(("stopped", key, self.steps[key].label, None, reasons[key]))
        self.client.cancel([self.futures[key] for key in dropped])

    def _collect(self, key: str, future: Any) -> None:
        """Keep one result that came in."""
        if key in self.ended:
            return
        self.ended.add(key)
        step = self.steps[key]
        if future.status != "finished":
            reason = _lost_reason(future)
            self._tell(("failed", key, step.label, None, reason))
            return
        result = future.result()
        if isinstance(result, Failed):
            if step.kind == "select":
                return  # told by the fits below it
            self._tell(("failed", key, step.label, None, result.reason))
        elif isinstance(result, Selected):
            body = work.selection_body(result)
            self.workspace.save_step(key, "select", body, {}, result.log.seconds)
        elif isinstance(result, Fitted):
            seconds = float(result.body["logs"]["fit"]["seconds"])
            self.workspace.save_step(key, "fit", result.body, result.arrays, seconds)
            score_steps(self.workspace, self.study.task, [key], self.plan.positive)
            self._tell(("finished", key, step.label, seconds, ""))
        future.release()

    def _score(self) -> dict[str, dict[str, float]]:
        """Compute the scores that the leaderboard shows, so that no page has to."""
        fits = [key for keys in self.plan.fits.values() for key in keys]
        return score_steps(self.workspace, self.study.task, fits, self.plan.positive)

    def _heard(self, message: tuple[float, dict[str, Any]]) -> None:
        """A worker said that a step started or ended."""
        _, said = message
        if said["event"] == "started":
            self.running[said["step"]] = said["worker"]
        else:
            self.running.pop(said["step"], None)
        # The end of a fit counts when its result is kept, not when the worker is done with it.
        if said["event"] == "started" or not said["label"].startswith("fit "):
            self._tell(
                (said["event"], said["step"], said["label"], said["seconds"], said["reason"])
            )

    def _tell(self, event: EventRow) -> None:
        with self.lock:
            self.pending.append(event)
        if self.told is not None:
            self.told(event)

    def _flush(self) -> None:
        with self.flushing:  # events are written in the order in which they happened
            with self.lock:
                events, self.pending = self.pending, []
            self.workspace.records.add_events(self.run, events)


def _end(stop: threading.Event, ended: Any) -> None:
    """Wake the thread that waits for results, and let it find nothing more to wait for."""
    stop.set()
    ended.clear()
    ended.queue.put_nowait(None)


def _lost_reason(future: Any) -> str:
    """Why a future has no result, for a person."""
    from distributed.scheduler import KilledWorker

    if future.status == "cancelled":
        return "The step was cancelled."
    error = future.exception()
    if isinstance(error, KilledWorker):
        return (
            "The worker process died while computing this, most likely out of memory; take fewer "
            "columns, a smaller model or a machine with more memory."
        )
    return f"The step was lost: {type(error).__name__}: {str(error)[:300]}"
