"""One run of a plan: what the store knows is reused, the rest goes to the cluster.

Workers are fed from here, at most one step ahead of what they compute. ``outfold.study.order`` says
who takes what; Dask carries steps and results, and brings both to another worker when one dies.
What comes back is kept in batches: the arrays in files, then everything else in one transaction, so
that a kill at any moment leaves a step whole or not at all.
"""

from __future__ import annotations

import contextlib
import queue
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from outfold.errors import OutfoldError
from outfold.study import leaky_run, selecting, worker
from outfold.study import steps as work
from outfold.study.computed import Computed
from outfold.study.deaths import Deaths
from outfold.study.eviction import keep_within
from outfold.study.fleet import Fleet
from outfold.study.forecast import foresee, size_of_table
from outfold.study.forecast_steps import step_seconds
from outfold.study.order import Order
from outfold.study.plan import Plan, Step, make_plan
from outfold.study.quick import Samples, samples_of
from outfold.study.racing import places, referee
from outfold.study.records import COUNTED
from outfold.study.rule import Rule
from outfold.study.scores import scheme_of, score_steps
from outfold.study.shared import Source, Work, place_for
from outfold.study.steps import Failed, Loaded
from outfold.study.study import Study
from outfold.study.table import study_table
from outfold.study.tune.carry import options_of
from outfold.study.tune.trial import Tuned
from outfold.study.worker import Kept, KeptExplained
from outfold.study.workspace import Workspace
from outfold.study.write_down import explained_of, fit_of, small_of

EventRow = tuple[str, str, str, float | None, str]
POLL = 0.2
"""Seconds between two looks at whether somebody asked to stop, and between two batches kept."""
LOOK = 1.0
"""Seconds between two looks at which workers are there."""
CANCEL_PATIENCE = 1.0
"""Seconds that a cancelled step may take to end by itself."""
PATIENCE = 120.0
"""Seconds without any worker after which a run is given up."""
TRIES = 5
"""Times that a step is sent at the most, where it was lost by no fault of its own."""
RECALLED: Mapping[str, Callable[..., Any]] = {
    "rank": selecting.recall_ranking,
    "select": selecting.recall,
    "tune": Tuned.from_body,
}
"""Kinds of steps whose results are made again from what an earlier run wrote down of them."""
KEPT = (*RECALLED, "fit", "explain")
"""Kinds of steps whose results are written down."""


def execute(
    workspace: Workspace,
    run: str,
    client: Any,
    *,
    shared_storage: bool | None = True,
    told: Callable[[EventRow], None] | None = None,
    rule: Callable[[Study, Plan], Rule | None] | None = None,
) -> None:
    """Carry out a run that is written down in the workspace, and write down how it went.

    Args:
        workspace: Where the run, its study and its results are kept.
        run: The run's identifier.
        client: A ``distributed.Client``.
        shared_storage: Whether the workers can use the workspace's folder; if not, the table is
            sent to each of them once. None asks them, and leaves out those of other versions.
        told: Called with every event, besides its being written down.
        rule: Makes what may stop candidates early; by default the study's own race, if any.
    """
    records = workspace.records
    try:
        study = workspace.study(records.run(run).study).checked()
        if study.meter_seconds:
            leaky_run.carry_out(
                workspace, run, study, client, shared_storage=shared_storage, told=told
            )
            return
        loaded = work.with_splits(study_table(workspace, study), study)
        samples = samples_of(study, loaded)
        plan = replace(make_plan(study, loaded.table, loaded.splits), samples=samples.plans)
        total = len(plan.every_fit()) + len(plan.every_explanation())
        records.set_plan(run, total, plan.to_json())
        execution = _Execution(workspace, run, study, plan, client)
        execution.told, execution.samples = told, samples
        foreseen = foresee(workspace, run, study, plan, loaded.table, len(client.ncores()))
        execution.tell(("planned", "", foreseen.sentence(), None, ""))
        execution.rule = (rule or referee)(study, plan)
        state = execution.carry_out(loaded, shared_storage)
    except OutfoldError as error:
        records.finish(run, "failed", str(error))
        return
    records.finish(run, state, execution.reason)
    keep_within(workspace)


class _Execution:
    """The steps of one run that are on their way, and what is done with each as it ends."""

    def __init__(
        self, workspace: Workspace, run: str, study: Study, plan: Plan, client: Any
    ) -> None:
        self.workspace, self.run, self.study, self.plan = workspace, run, study, plan
        self.client, self.reason, self.cancelled = client, "", False
        self.told: Callable[[EventRow], None] | None = None
        self.rule: Rule | None = None
        self.samples = Samples()
        self.attempt = uuid.uuid4().hex[:10]
        self.steps = {step.key: step for step in plan.every_step()}
        self.known: Mapping[str, Mapping[str, Any]] = {}
        # Rankings of which every cut is known already.
        self.idle: set[str] = set()
        self.futures: dict[str, Any] = {}
        self.tries: dict[str, int] = {}
        self.running: dict[str, str] = {}
        self.came: list[tuple[str, Any]] = []
        self.pending: list[EventRow] = []
        # Everything that other threads have to say goes through here, so one thread does it all.
        self.inbox: queue.SimpleQueue[tuple[str, Any, Any]] = queue.SimpleQueue()

    def carry_out(self, loaded: Loaded, shared_storage: bool | None) -> Any:
        """Find what is known, have the rest computed, and return the run's final state."""
        self.known = self.workspace.records.steps(list(self.steps))
        fits = set(self.plan.every_fit())
        results = fits.union(self.plan.every_explanation())
        reused = self.workspace.held(sorted(results))
        self.workspace.records.used_steps(sorted(reused))
        for key in sorted(reused):
            self.tell(("reused", key, self.steps[key].label, None, ""))
        for refused in self.samples.refused:
            self.tell(("skipped", "", "quick look", None, refused))
        self._flush()
        if wanted := self._ancestors(results - reused):
            self.idle = self._rankings(wanted) - self._rankings(wanted - self.known.keys())
            size, records = size_of_table(loaded.table), self.workspace.records
            expected: dict[str, float] = {}
            for part in (*self.plan.samples, self.plan):
                expected |= step_seconds(part, records, size, self.study.tuning)
            self.order = Order(
                self.steps,
                wanted,
                lambda step: expected.get(step.key, 0.0),
                self.samples.turn(places(self.study, self.plan)),
            )
            self.deaths = Deaths(self.client)
            self.fleet = Fleet(self.client, self.workspace.root, shared_storage)
            self.fleet.look()
            held = self.workspace.records.kept_open()
            with held, self._sources(loaded), self._hearing():
                if self.rule is not None:
                    self.stop(self.rule.hear(self._score(sorted(reused & fits))))
                self._work()
        self._score(sorted(fits))
        if self.reason:
            return "interrupted"
        return "cancelled" if self.cancelled else "finished"

    @contextlib.contextmanager
    def _sources(self, loaded: Loaded) -> Iterator[None]:
        """Hand out what the steps have in common."""
        root = self.workspace.root
        given = Work(self.run, self.study, loaded, self.plan.positive, str(root))
        self.sources = {}
        with contextlib.ExitStack() as stack:
            for rows, held in {0: loaded, **self.samples.loaded()}.items():
                name = f"{self.attempt}-{rows}" if rows else self.attempt
                path = place_for(root, name) if self.fleet.shares else None
                source = Source(self.client, replace(given, loaded=held), path)
                stack.callback(source.close)
                self.sources[rows] = source
            yield

    @contextlib.contextmanager
    def _hearing(self) -> Iterator[None]:
        """Hear of steps that start and end on the workers."""
        topic = worker.topic_of(self.run)
        self.client.subscribe_topic(topic, lambda said: self.inbox.put(("said", "", said[1])))
        try:
            yield
        finally:
            if self.client.status == "running":
                self.client.unsubscribe_topic(topic)
            self._take_in(0)
            self._flush()

    def _work(self) -> None:
        """Feed the workers and keep what comes back until all is in or somebody asks to stop."""
        looked = kept = seen = time.monotonic()
        while self.order.unfinished and not (self.cancelled or self.reason):
            if self.client.status == "running":
                self._feed()
            self._take_in(POLL)
            now = time.monotonic()
            if now - kept >= POLL or not self.order.unfinished:
                kept = now
                self._keep()
                self._flush()
                self._look_for_cancel()
            if now - looked >= LOOK and not (self.cancelled or self.reason):
                looked = now
                for gone in self.fleet.look():
                    self.order.gone(gone)
                seen = now if self.fleet.loads else seen
                if now - seen > PATIENCE:
                    self.reason = "No worker has been there for two minutes; resume the run."
        self.futures.clear()

    def _feed(self) -> None:
        """Give every worker that has room its next step, until none has or none is left."""
        n = max(1, len(self.fleet.loads))
        given = True
        while given:
            given = False
            for place in self.fleet.place_for(self.order.seconds):
                if (step := self.order.next_for(place, n)) is not None:
                    self._send(step, place)
                    given = True

    def _send(self, step: Step, place: str) -> None:
        self.tries[step.key] = self.tries.get(step.key, 0) + 1
        call: Callable[..., Any]
        given: list[Any]
        named: dict[str, Any] = {}
        if step.key in self.idle:
            call, given = selecting.unneeded, []
        elif step.key in self.known and step.kind in RECALLED:
            call, given = RECALLED[step.kind], [self.known[step.key]]
        else:
            source = self.sources[self.samples.rows_of(step.key)]
            call, given = worker.run_step, [source.given, step]
            if step.kind == "tune":
                named = options_of(self.steps, step)
            else:
                above = self.order.above(step.key)
                used = [s for s in above if s.kind != "rank" or step.kind == "select"]
                named = {worker.RESULTS[s.kind]: self.futures[s.key] for s in used}
        # Named by attempt as well: cancelling one must not take another's steps with it, and Dask
        # confuses a key that is cancelled with the same one sent again.
        name = f"{step.kind}-{self.attempt}{self.tries[step.key]}-{step.key}"
        future = self.client.submit(
            call, *given, **named, key=name, pure=True, workers=[place], allow_other_workers=True
        )
        self.futures[step.key] = future
        self.deaths.sent(name, step.key)
        self.fleet.loads[place].add(step.key)
        self.order.sent(step.key, place)
        future.add_done_callback(lambda f, key=step.key: self.inbox.put(("ended", key, f)))

    def _take_in(self, patience: float) -> None:
        """Take in everything that was said or has ended, waiting a while for the first of it."""
        with contextlib.suppress(queue.Empty):
            what, key, content = self.inbox.get(block=patience > 0, timeout=patience or None)
            while True:
                if what == "said":
                    self._heard(content)
                else:
                    self._ended(key, content)
                what, key, content = self.inbox.get_nowait()

    def _heard(self, said: Mapping[str, Any]) -> None:
        """A worker said that a step started or ended, or how far it is."""
        if said["event"] == "started":
            self.running[said["step"]] = said["worker"]
            self.deaths.begun(said["step"])
        elif said["event"] != "trial":
            self.running.pop(said["step"], None)
            if said["seconds"] is not None:
                self.order.learn(said["step"], said["seconds"])
        # The end of a fit counts when its result is kept, not when the worker is done with it.
        if said["event"] in ("started", "trial") or not said["label"].startswith(COUNTED):
            self.tell((said["event"], said["step"], said["label"], said["seconds"], said["reason"]))

    def _ended(self, key: str, future: Any) -> None:
        """A step is no longer with the cluster: it has a result, failed for good, or was lost."""
        if key not in self.futures or self.futures[key] is not future:
            return  # stopped, or sent again since
        self.fleet.took_off(key)
        self.running.pop(key, None)
        if future.status == "finished":
            if self.steps[key].kind in KEPT and key not in self.idle:
                self.came.append((key, future))
            self._free(self.order.ended(key))
        else:
            self._lost(key, future)

    def _lost(self, key: str, future: Any) -> None:
        """Send a step again, or, where it is to blame or was sent too often, let it fail."""
        error = future.exception() if future.status == "error" else None
        above = [s.key for s in self.order.above(key)]
        blamed = self.deaths.to_blame(error)
        reason = ""
        if error is not None and blamed in (*above, key):
            reason = self.deaths.reason(error)
            if blamed != key:
                reason = f"{self.steps[str(blamed)].kind} was lost: {reason}"
        elif error is not None and not self.deaths.is_death(error):
            reason = f"The step was lost: {type(error).__name__}: {str(error)[:300]}"
        elif self.tries[key] >= TRIES:
            reason = f"The step was lost {TRIES} times with its worker."
        if reason:
            self._fail(self.steps[key], reason)
            self._free(self.order.ended(key))
            return
        gone = ("cancelled", "lost", "error")
        for before in above:
            if before not in self.futures or self.futures[before].status in gone:
                self.fleet.took_off(before)
                self.order.lost(before)
        self.order.lost(key)

    def _fail(self, step: Step, reason: str) -> None:
        """Tell of a step that did not work; on a sample it says nothing of the candidate."""
        kind = "stopped" if self.samples.rows_of(step.key) else "failed"
        self.tell((kind, step.key, step.label, None, reason))

    def _free(self, keys: Sequence[str]) -> None:
        """Let the cluster forget results that no step needs any more."""
        for key in keys:
            self.futures.pop(key, None)
            if self.steps[key].kind == "prepare":
                self.sources[self.samples.rows_of(key)].forget(key)

    def _keep(self) -> None:
        """Keep the results that came in since the last time, all in one transaction."""
        came, self.came = self.came, []
        if not came:
            return
        found: list[Computed] = []
        failed: list[str] = []
        results = self.client.gather([future for _, future in came], errors="skip")
        there = [key for key, future in came if future.status == "finished"]
        for key, future in came:
            if future.status != "finished":  # its worker died before the result was fetched
                self._lost(key, future)
        for key, result in zip(there, results, strict=True):
            step = self.steps[key]
            if isinstance(result, Failed):
                if step.kind == "explain":
                    self._fail(step, result.reason)
                elif step.kind == "fit":  # others are told by the fits below them
                    failed.append(key)
                    self._fail(step, result.reason)
            elif isinstance(result, Kept):
                fit = fit_of(self.workspace, self.steps, key, result, len(self.plan.classes))
                self.order.learn(key, float(fit.body["logs"]["fit"]["step_seconds"]))
                found.append(fit)
            elif isinstance(result, KeptExplained):
                found.append(explained_of(self.workspace, key, result))
            elif key not in self.known:
                found.append(small_of(key, result))
        self.workspace.records.add_steps(found, scheme_of(self.study.task, self.plan.positive))
        for c in found:
            if c.scores is not None or c.kind == "explain":
                self.tell(("finished", c.key, self.steps[c.key].label, c.seconds, ""))
        if self.rule is not None:
            scores = {c.key: c.scores for c in found if c.scores is not None}
            self.stop(self.rule.hear(scores, failed))

    def stop(self, fits: Collection[str]) -> None:
        """Drop fits that nobody needs any more and that no worker has begun.

        One that is being computed is left to end, since its result is as good as paid for.
        """
        for key in sorted(fits):
            if not self.order.is_open(key) or key in self.running:
                continue
            self.tell(("stopped", key, self.steps[key].label, None,
                        self.rule.reason(key) if self.rule else ""))  # fmt: skip
            self.fleet.took_off(key)
            if future := self.futures.pop(key, None):
                future.cancel()
            self._free(self.order.ended(key))

    def _look_for_cancel(self) -> None:
        if self.client.status != "running":
            self.reason = "The connection to the workers was lost; resume the run."
        elif self.workspace.records.cancel_asked(self.run):
            self.cancelled = True
            self.client.cancel(list(self.futures.values()), force=True)
            self._stop_workers()

    def _stop_workers(self) -> None:
        """Replace the workers that are still busy with a step of this run: nothing else stops one.

        Steps of other runs on these workers are computed again. Workers that no nanny looks after,
        as on some remote schedulers, finish the step they are at.
        """
        self.futures.clear()
        deadline = time.monotonic() + CANCEL_PATIENCE
        while self.running and time.monotonic() < deadline:
            self._take_in(POLL)
        if busy := sorted(set(self.running.values())):
            there = self.client.scheduler_info(n_workers=-1)["workers"]
            looked_after = [w for w in busy if there.get(w, {}).get("nanny")]
            if looked_after:
                self.client.restart_workers(looked_after, timeout=30, raise_for_error=False)

    def _ancestors(self, fits: Collection[str]) -> set[str]:
        wanted: set[str] = set()
        for key in fits:
            while key in self.steps and key not in wanted:
                wanted.add(key)
                key = self.steps[key].parent
        return wanted

    def _rankings(self, selections: Collection[str]) -> set[str]:
        """The rankings that some selections cut."""
        parents = {self.steps[key].parent for key in selections}
        return {p for p in parents if p in self.steps and self.steps[p].kind == "rank"}

    def _score(self, fits: Sequence[str]) -> dict[str, dict[str, float]]:
        """The scores that the leaderboard shows, computed where they are not known yet."""
        return score_steps(self.workspace, self.study.task, fits, self.plan.positive)

    def tell(self, event: EventRow) -> None:
        """Say what happened: it is written down at the next flush, and told at once."""
        self.pending.append(event)
        if self.told is not None:
            self.told(event)

    def _flush(self) -> None:
        events, self.pending = self.pending, []
        self.workspace.records.add_events(self.run, events)
