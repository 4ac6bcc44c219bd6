"""How long a plan will take, before it is run, and how sure that is.

What each step takes is told by ``outfold.study.forecast_steps``; here they are put on workers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from outfold.study.cluster import worker_count
from outfold.study.forecast_law import Estimate
from outfold.study.forecast_priors import overheads
from outfold.study.forecast_steps import step_estimates
from outfold.study.plan import Plan, Step
from outfold.study.schedule import makespan
from outfold.study.study import Study
from outfold.study.table import StudyTable
from outfold.study.timings import Size
from outfold.study.tune.tuning import NO_TUNING, Tuning
from outfold.study.workspace import Workspace

LIKELY = 1.2816
"""Normal quantile of an interval that holds in eight of ten cases."""
OFF, OFF_RUNS, MOST_OFF = 0.25, 3, 1.5
"""How far off a run's forecast is taken to be in log seconds before any run has ended, how many
runs that counts for, and how far off a single run may count."""
LATEST = 20
"""Runs that are looked at for how far off their forecasts were."""
ROUGH = 3.0
"""A span whose end is more than so many times its beginning is called rough."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run will reuse and compute, and how long that will take.

    Attributes:
        candidates: Candidates of the study, the baseline included.
        fits: Fits of its plan, those on samples of the rows included.
        reused: Fits that the store can answer.
        steps: Steps that have to be computed for the others.
        work_seconds: What these steps take together.
        seconds: Wall seconds from start to end, as likely too long as too short.
        low: In eight of ten cases it takes longer than this.
        high: In eight of ten cases it takes less than this.
        workers: Workers that it was made for; 0 where nobody knows, and then times are for one.
        alike: Fits to compute for which similar ones were measured here: the same model and
            parameters on about as many rows and columns (within a factor of two).
    """

    candidates: int
    fits: int
    reused: int
    steps: int
    work_seconds: float
    seconds: float
    low: float
    high: float
    workers: int
    alike: int

    @property
    def to_compute(self) -> int:
        """Fits that the store cannot answer."""
        return self.fits - self.reused

    def sentence(self) -> str:
        """What is reused, what is to compute and how long it takes, in one sentence."""
        head = f"{_count(self.candidates, 'candidate')}, {_count(self.fits, 'fit')}"
        if not self.to_compute:
            return f"{head}: all reused, nothing to compute"
        took = f"about {roughly(self.seconds)} on {_count(self.workers, 'worker')}"
        if not self.workers:
            took = f"about {roughly(self.work_seconds)} of work"
        if not self.reused:
            return f"{head} to compute, {took}"
        return f"{head}: {self.reused:,} reused, {self.to_compute:,} to compute, {took}"

    def how_sure(self) -> str:
        """What the time rests on, in one sentence; empty where nothing is to compute."""
        if not self.to_compute:
            return ""
        span = f"Most likely {roughly(self.low)} to {roughly(self.high)} (eight times in ten)"
        if self.alike == self.to_compute:
            return f"{span}: similar fits were measured here."
        if not self.alike:
            rough = ", so this is a rough guess" if self.high > ROUGH * self.low else ""
            return f"{span}: no similar fit was measured here yet{rough}."
        return (
            f"{span}, judged by similar fits measured before for {self.alike:,} of the "
            f"{self.to_compute:,}; the rest is a guess from other fits."
        )


def forecast(
    workspace: Workspace,
    plan: Plan,
    workers: int,
    size: Size | None = None,
    tuning: Tuning = NO_TUNING,
) -> Forecast:
    """What a run of a plan will reuse and compute, and how long that will take.

    Args:
        workspace: Where computed steps are kept.
        plan: The plan, and with it those on samples of its rows.
        workers: Workers that carry it out; 0 where nobody knows how many.
        size: Columns and width of the study's table, before preparation; see ``size_of_table``.
        tuning: The study's tuning, where it has some.
    """
    seconds: dict[str, float] = {}
    spreads: dict[str, tuple[Step, Estimate]] = {}
    ordered: list[Step] = []
    fixed, each = overheads()
    alike = n_fits = n_reused = 0
    for part in (*plan.samples, plan):
        fits = list(dict.fromkeys(key for keys in part.fits.values() for key in keys))
        reused = workspace.held(fits)
        steps = part.by_key()
        wanted = _above([k for k in fits if k not in reused], steps)
        stored = workspace.records.known_steps([k for k in wanted if steps[k].kind != "fit"])
        judged = (
            step_estimates(part, workspace.records, size, tuning, serves=part is plan)
            if wanted
            else {}
        )
        seconds |= {k: (0.0 if k in stored else judged[k].seconds) + each for k in wanted}
        spreads |= {k: (steps[k], judged[k]) for k in wanted if k not in stored}
        ordered += [s for s in part.steps if s.key in wanted]
        alike += sum(bool(judged[k].alike) for k in fits if k in wanted)
        n_fits, n_reused = n_fits + len(fits), n_reused + len(reused)
    work = sum(seconds.values())
    span = makespan(ordered, seconds, max(1, workers)) + fixed
    relative = math.hypot(_relative_spread(spreads, work), usually_off(workspace))
    return Forecast(
        candidates=len(plan.fits),
        fits=n_fits,
        reused=n_reused,
        steps=len(seconds),
        work_seconds=work,
        seconds=span,
        low=span * math.exp(-LIKELY * relative),
        high=span * math.exp(LIKELY * relative),
        workers=workers,
        alike=alike,
    )


def usually_off(workspace: Workspace) -> float:
    """How far the forecasts of the latest runs were off, in log seconds (root mean square)."""
    logs = [
        min(MOST_OFF, abs(math.log(r.seconds / r.predicted_seconds)))
        for r in workspace.recent_runs(LATEST)
        if r.state == "finished" and r.done > r.reused and r.seconds and r.predicted_seconds
    ]
    squares = OFF_RUNS * OFF**2 + sum(log**2 for log in logs)
    return math.sqrt(squares / (OFF_RUNS + len(logs)))


def _above(keys: Sequence[str], steps: Mapping[str, Step]) -> set[str]:
    """Some steps and all before them."""
    found: set[str] = set()
    for key in keys:
        at = key
        while at in steps and at not in found:
            found.add(at)
            at = steps[at].parent
    return found


def usual_workers(workspace: Workspace, scheduler: str) -> int:
    """Workers that the next run will have: on a scheduler, those of the last run; 0 if unknown."""
    if not scheduler:
        return worker_count()
    for record in workspace.recent_runs(50):
        if record.scheduler == scheduler and record.workers:
            return record.workers
    return 0


def size_of_table(table: StudyTable) -> Size:
    """Columns and one-hot width of a study's table, before preparation."""
    kinds = table.frame.dtypes
    levels = [len(k.categories) for k in kinds if isinstance(k, pd.CategoricalDtype)]
    return Size(len(table.frame), len(kinds), len(kinds) - len(levels) + sum(levels))


def foresee(
    workspace: Workspace, run: str, study: Study, plan: Plan, table: StudyTable, workers: int
) -> Forecast:
    """Make the forecast of a run that is about to begin, and write it down with the run."""
    made = forecast(workspace, plan, workers, size_of_table(table), study.tuning)
    workspace.records.set_forecast(run, made.seconds, made.workers)
    return made


def _relative_spread(judged: Mapping[str, tuple[Step, Estimate]], work: float) -> float:
    """The spread of the whole: steps of one strategy err together, those of two apart."""
    errors: dict[tuple[str, str], float] = {}
    for step, e in judged.values():
        name = step.kind, step.strategy
        errors[name] = errors.get(name, 0.0) + e.seconds * e.spread
    return math.sqrt(sum(error**2 for error in errors.values())) / work if work else 0.0


def roughly(seconds: float) -> str:
    """A length of time rounded to what a forecast can bear: ``40 s``, ``3 min``, ``1 h 20 min``."""
    if seconds < 1:
        return "1 s"
    if seconds < 57.5:
        step = 1 if seconds < 10 else 5
        return f"{round(seconds / step) * step} s"
    minutes = round(seconds / 60) if seconds < 600 else round(seconds / 300) * 5
    if minutes < 60:
        return f"{max(1, minutes)} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest and hours < 10 else f"{hours + (rest >= 30)} h"


def _count(n: int, one: str) -> str:
    return f"{n:,} {one if n == 1 else one + 's'}"
