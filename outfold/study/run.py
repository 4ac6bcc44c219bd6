"""Runs as a page or a command sees them: start, follow, cancel, resume, and read the results."""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from outfold.errors import LetGoError, StudyError, UnknownNameError
from outfold.study import racing, service
from outfold.study.cluster import scheduler_address
from outfold.study.plan import Plan
from outfold.study.quick import on_samples
from outfold.study.records import Event, RunRecord, is_living
from outfold.study.results import (
    CandidateResult,
    CandidateStatus,
    Costs,
    Drawn,
    Predictions,
    RunResult,
    RunState,
)
from outfold.study.scores import score_steps
from outfold.study.study import Candidate, Study
from outfold.study.workspace import Workspace

UNSCORED = (
    "Its predictions were let go before its metrics were computed as they are now; resume the run."
)
ENDED: tuple[RunState, ...] = ("finished", "cancelled", "failed", "interrupted")

LOOK_BACK = 200
"""Events looked at for the steps that are being computed."""


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far a run has come.

    Attributes:
        state: Queued, running, or how it ended.
        done: Fits that ended, reused and failed ones included.
        total: Fits planned; 0 before the plan is made.
        reused: Fits that the store could answer.
        failed: Fits that failed.
        running: Labels of the steps being computed now.
        seconds: Wall seconds since the first step was sent out.
        remaining_seconds: Estimated from the fits computed so far, before there are any from the
            forecast; None where there is neither.
        reason: Why it ended early.
        events: The latest events, newest first.
        predicted_seconds: What the forecast said when it began, or None.
        cancelling: Whether it goes on only until the steps under way have ended, as it was asked.
    """

    state: RunState
    done: int
    total: int
    reused: int
    failed: int
    running: tuple[str, ...]
    seconds: float
    remaining_seconds: float | None
    reason: str
    events: tuple[Event, ...]
    predicted_seconds: float | None = None
    cancelling: bool = False

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen unless it is resumed."""
        return self.state in ENDED


def new_run(
    workspace: Workspace, study: Study, scheduler: str | None = None, *, claimed: bool = False
) -> str:
    """Write down a run of a study without starting it; its identifier.

    Args:
        workspace: Where it is written down.
        study: What to run.
        scheduler: Address of a Dask scheduler; by default the configured one.
        claimed: Whether the caller carries it out itself, so that no service takes it.

    Raises:
        OutfoldError: A strategy, parameter or metric of the study is unknown or does not serve it.
    """
    study.checked()
    if not [c for c in study.candidates() if not c.is_baseline]:
        raise StudyError("No model is chosen.", "Choose at least one model to compare.")
    run = uuid.uuid4().hex[:12]
    address = scheduler_address() if scheduler is None else scheduler
    workspace.records.add_run(run, workspace.save_study(study), address, claimed=claimed)
    return run


def start(workspace: Workspace, study: Study) -> str:
    """Start a run in the background and return its identifier at once.

    It goes on when the browser tab closes or the app restarts.

    Raises:
        OutfoldError: A strategy, parameter or metric of the study is unknown or does not serve it.
    """
    run = new_run(workspace, study)
    service.ensure(workspace)
    return run


def resume(workspace: Workspace, run: str) -> str:
    """Start an ended run again; what it computed before is reused."""
    record = workspace.records.run(run)
    if _state(workspace, record) in ENDED:
        workspace.records.requeue(run)
    service.ensure(workspace)
    return run


def cancel(workspace: Workspace, run: str) -> None:
    """Ask a run to stop. What is computed stays."""
    workspace.records.ask_cancel(run)


def _state(workspace: Workspace, record: RunRecord) -> RunState:
    """The state as it is now: a run whose process is gone was interrupted."""
    if record.state == "running" and not is_living(record.owner):
        return "interrupted"
    # A service that was just asked for needs a moment to take its lock.
    waited = time.time() - record.created > service.START_PATIENCE
    if record.state == "queued" and waited and not service.is_alive(workspace):
        return "interrupted"
    return record.state


def progress(workspace: Workspace, run: str, n_events: int = 200) -> RunProgress:
    """How far a run has come.

    Raises:
        UnknownNameError: This workspace does not know the run.
    """
    record = workspace.records.run(run)
    state = _state(workspace, record)
    # Searches tell of themselves twice a second; what began before that must not be forgotten.
    events = workspace.records.latest_events(run, n_events and max(n_events, LOOK_BACK))
    running: dict[str, str] = {}
    for event in reversed(events):
        if event.kind == "started":
            running[event.step] = event.label
        elif event.kind == "trial":
            running[event.step] = f"{event.label}: {event.reason}"
        else:
            running.pop(event.step, None)
    began = record.started or record.created
    seconds = (record.finished or time.time()) - began
    computed, left = record.done - record.reused, record.total - record.done
    remaining = None
    if state == "running" and computed > 0:
        remaining = seconds / computed * left
    elif state == "running" and record.total and record.predicted_seconds is not None:
        remaining = max(0.0, record.predicted_seconds - seconds)
    return RunProgress(
        state, record.done, record.total, record.reused, record.failed,
        tuple(running.values()) if state == "running" else (),
        max(0.0, seconds), remaining,
        record.reason or ("The process that ran it is gone." if state == "interrupted" else ""),
        tuple(events[:n_events]), record.predicted_seconds,
        state == "running" and workspace.records.cancel_asked(run),
    )  # fmt: skip


def plan_of(workspace: Workspace, run: str) -> Plan | None:
    """The plan of a run, or None before it is made."""
    text = workspace.records.plan(run)
    return Plan.from_json(text) if text else None


def result(workspace: Workspace, run: str) -> RunResult:
    """What a run has measured so far: partial while it runs.

    Raises:
        UnknownNameError: This workspace does not know the run.
    """
    record = workspace.records.run(run)
    study = workspace.study(record.study)
    state = _state(workspace, record)
    plan = plan_of(workspace, run)
    if plan is None:
        waiting = tuple(CandidateResult(c) for c in study.candidates())
        planned = study.validation.n_splits - study.validation.declared.apparent
        return RunResult(run, study, state, waiting, max(1, planned), math.nan,
                         record.reason)  # fmt: skip
    plan = plan.whole(study)
    keys = [k for fits in plan.fits.values() for k in fits]
    bodies = workspace.records.steps(keys)
    failures = workspace.records.failures(run)
    scores = score_steps(workspace, study.task, [k for k in keys if k in bodies], plan.positive)
    reused = workspace.records.reused_steps(run)
    race = racing.decide(study, plan, scores, failures)
    why = racing.reasons(study, plan, race)
    rows = []
    for c in study.candidates():
        keys_of, counted = plan.fits[c.name], racing.seen_splits(study, plan, race, c.name)
        fits = [keys_of[split] for split in counted]
        beside = plan.fits[c.name][-1] if plan.apparent else ""
        row = _candidate(c, fits, bodies, failures, scores, reused, state, beside)
        if c.name in why:
            row = replace(row, status="stopped", reason=why[c.name])
        if row.splits_done:
            seen = (s for s in counted if keys_of[s] in scores and keys_of[s] != beside)
            row = replace(row, rows=plan.rows, seen=tuple(seen))
        rows.append(row)
    if plan.samples:
        rows = on_samples(workspace, study, plan, rows)
    return RunResult(
        run, study, state, tuple(rows), len(plan.judged().train_sizes),
        plan.judged().test_train_ratio, record.reason, plan.rows,
    )  # fmt: skip


def _candidate(
    candidate: Candidate,
    fits: Sequence[str],
    bodies: Mapping[str, Mapping[str, Any]],
    failures: Mapping[str, str],
    scores: Mapping[str, Mapping[str, float]],
    reused: frozenset[str],
    state: RunState,
    apparent: str = "",
) -> CandidateResult:
    """One candidate as far as it has come; the fit ``apparent`` is awaited, but gives no score."""
    done = [k for k in fits if k in bodies and k in scores]
    failed = next((failures[k] for k in fits if k in failures), "")
    status: CandidateStatus
    if failed:
        status = "failed"
    elif len(done) == len(fits):
        status = "finished"
    elif state in ENDED:
        status = "cancelled"
    else:
        status = "running" if done else "waiting"
    if status == "cancelled" and any(k in bodies and k not in scores for k in fits):
        failed = UNSCORED
    judged = [k for k in done if k != apparent]
    names = scores[judged[0]].keys() if judged else ()
    notes: dict[str, int] = {}
    for key in done:
        for log in bodies[key]["logs"].values():
            for note in log["notes"]:
                notes[note] = notes.get(note, 0) + 1
    return CandidateResult(
        candidate=candidate,
        status=status,
        reason=failed,
        splits_done=len(judged),
        scores={m: tuple(scores[k].get(m, math.nan) for k in judged) for m in names},
        costs=_costs([bodies[k] for k in done]),
        selected=tuple(tuple(bodies[k]["selected"]) for k in judged),
        reused=bool(done) and all(k in reused for k in done),
        notes=tuple(
            note if n == 1 else f"{note} ({n} of {len(fits)} splits)" for note, n in notes.items()
        ),
    )


def _costs(bodies: Sequence[Mapping[str, Any]]) -> Costs:
    if not bodies:
        return Costs()

    def total(field: str) -> float:
        return float(np.mean([sum(log[field] for log in b["logs"].values()) for b in bodies]))

    def first(field: str) -> float:
        return next((float(b[field]) for b in bodies if field in b), math.nan)

    memory = [b["logs"]["fit"]["memory_bytes"] for b in bodies]
    return Costs(
        fit_seconds=total("seconds"),
        fit_cpu_seconds=total("cpu_seconds"),
        model_seconds=float(np.mean([b["logs"]["fit"]["seconds"] for b in bodies])),
        predict_seconds_per_1000=first("predict_seconds_per_1000"),
        predict_seconds_one_row=first("predict_seconds_one_row"),
        peak_memory_bytes=max((float(m) for m in memory if m is not None), default=math.nan),
        size_bytes=first("size_bytes"),
    )


def predictions(workspace: Workspace, run: str, candidate: str) -> Predictions:
    """One candidate's out-of-fold predictions, of the splits that are finished.

    What a bootstrap's model of all rows says of these same rows is not among them; it stands apart
    in ``drawn``.

    Raises:
        UnknownNameError: The run or the candidate is not known, or nothing of it is stored yet.
        LetGoError: Its predictions were removed to keep within the limit of the store.
    """
    record = workspace.records.run(run)
    study = workspace.study(record.study)
    made = plan_of(workspace, run)
    plan = made.whole(study) if made else None
    named = {c.name: c for c in study.candidates()}
    if candidate not in named:
        raise UnknownNameError(
            f"The run has no candidate {candidate!r}.", "Known: " + "; ".join(named) + "."
        )
    seen = racing.stored_splits(workspace, run, study, plan, candidate) if plan else None
    wanted = {
        split: key
        for split, key in enumerate(plan.fits[candidate] if plan else ())
        if seen is None or split in seen
    }
    if workspace.gone(list(wanted.values())):
        raise LetGoError(
            f"The predictions of {candidate!r} were let go to make room for others.",
            "Resume the run on the training page to compute them again; the scores are kept.",
        )
    workspace.records.used_steps(list(wanted.values()))
    stored = [
        (split, arrays)
        for split, key in wanted.items()
        if (arrays := workspace.step_arrays(key)) is not None
    ]
    beside = len(plan.train_sizes) - 1 if plan and plan.apparent else -1
    apparent = next((arrays for split, arrays in stored if split == beside), None)
    stored = [(split, arrays) for split, arrays in stored if split != beside]
    if plan is None or not stored:
        raise UnknownNameError(
            f"Nothing of {candidate!r} is stored yet.", "Wait for its first split to finish."
        )

    found = _predictions(named[candidate], study, plan.judged(), stored)
    if apparent is None or len(stored) < beside:
        return found
    drawn = Drawn(
        np.stack([arrays["times"] for _, arrays in stored]).astype(np.intp),
        apparent["units"].astype(np.intp),
        _predictions(named[candidate], study, plan, [(beside, apparent)]),
    )
    return replace(found, drawn=drawn)


def _predictions(
    candidate: Candidate,
    study: Study,
    plan: Plan,
    stored: Sequence[tuple[int, Mapping[str, np.ndarray]]],
) -> Predictions:
    """The stored predictions of some splits, one after the other."""

    def joined(name: str) -> np.ndarray | None:
        if any(name not in arrays for _, arrays in stored):
            return None
        return np.concatenate([arrays[name] for _, arrays in stored])

    rows, truth, null = joined("rows"), joined("truth"), joined("null")
    assert rows is not None
    assert truth is not None
    assert null is not None
    return Predictions(
        candidate=candidate,
        task=study.task,
        classes=plan.classes,
        positive=plan.positive,
        rows=rows,
        split=np.concatenate([np.full(len(a["rows"]), s) for s, a in stored]),
        truth=truth,
        probability=joined("probability"),
        score=joined("score"),
        value=joined("value"),
        weight=joined("weight"),
        null=null,
        train_sizes=plan.train_sizes,
        fitted_shares=(
            {s: a["fitted_shares"] for s, a in stored}
            if all("fitted_shares" in a for _, a in stored)
            else None
        ),
    )
