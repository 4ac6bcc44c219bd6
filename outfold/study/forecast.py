"""How long a plan will take, before it is run, and how sure that is.

Learnt from every step that this workspace ever measured; where nothing is measured yet, a built-in
table stands in. No heavy library is needed, so that a page can ask at each rerun.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from outfold.study.cluster import worker_count
from outfold.study.forecast_law import (
    NOISE,
    Ask,
    Estimate,
    Known,
    estimate,
    machine_speed,
)
from outfold.study.forecast_priors import law_of, overheads, target_of
from outfold.study.plan import Plan, Step
from outfold.study.records import Records
from outfold.study.schedule import makespan
from outfold.study.study import Study
from outfold.study.table import StudyTable
from outfold.study.timings import SERVE, Size, Timing, params_text
from outfold.study.tune.tuning import NO_TUNING, Tuning
from outfold.study.workspace import Workspace

LIKELY = 1.2816
"""Normal quantile of an interval that holds in eight of ten cases."""
UNKNOWN_SIZE = Size(0, 10, 10)
"""Columns that are assumed where nobody says how many there are."""
TRIAL = "trial"
TRIALS_DIFFER = 0.7
"""How much a model takes with the values that tuning tries, against those set, in log seconds."""
_BELOW = {"fit": (SERVE,), "tune": ("fit",)}
"""For a kind of step, the other kinds whose measured times say what it takes."""


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
        span = f"Between {roughly(self.low)} and {roughly(self.high)} in eight of ten cases"
        if self.alike == self.to_compute:
            return f"{span}: similar fits were measured here."
        if not self.alike:
            return f"{span}: no similar fit was measured here yet, so this is a rough guess."
        return f"{span}: for {self.alike:,} of {self.to_compute:,} fits similar ones were measured."


def step_seconds(
    plan: Plan, records: Records, size: Size | None = None, tuning: Tuning = NO_TUNING
) -> dict[str, float]:
    """Wall seconds that each step of a plan will take, by key.

    Args:
        plan: The plan; its samples are plans of their own.
        records: Where measured steps are written down.
        size: Columns and width of the study's table, before preparation; see ``size_of_table``.
        tuning: The study's tuning, where it has some.
    """
    return {k: e.seconds for k, e in step_estimates(plan, records, size, tuning).items()}


def step_estimates(
    plan: Plan, records: Records, size: Size | None = None, tuning: Tuning = NO_TUNING
) -> dict[str, Estimate]:
    """What each step of a plan will take and how sure that is, by key.

    A step that was computed before takes what it took then; others are judged by the measured
    steps of their strategy. The arguments are those of ``step_seconds``.
    """
    pairs: list[tuple[str, str]] = [(step.kind, step.strategy) for step in plan.steps]
    pairs += [(kind, s.strategy) for s in plan.steps for kind in _BELOW.get(s.kind, ())]
    measured = records.latest_timings(list(dict.fromkeys(pairs)))
    same = records.timings([s.key for s in plan.steps] + [f"{SERVE}-{s.key}" for s in plan.steps])
    asks = _asks(plan, same, measured, size or UNKNOWN_SIZE, tuning)
    found = _judged({k: a for k, a in asks.items() if k not in same}, measured)
    for key in asks.keys() & same.keys():
        looked = measured.get((asks[key].kind, asks[key].strategy), ())
        found[key] = Estimate(same[key].seconds, NOISE, 1, max(1, len(looked)))
    steps = plan.by_key()
    for step in plan.steps:
        if step.kind == "tune" and step.key not in same:
            found[step.key] = _tuned(step, steps, found, tuning)
    return {
        step.key: _with_serving(found[step.key], found.get(f"{SERVE}-{step.key}"))
        for step in plan.steps
    }


def _tuned(
    step: Step, steps: Mapping[str, Step], found: Mapping[str, Estimate], tuning: Tuning
) -> Estimate:
    """Each trial fits a model on each inner fold, and each fold is prepared once."""
    one = found[f"{TRIAL}-{step.key}"]
    before = 0.0
    at = step.parent
    while at in steps:
        before += found[at].seconds
        at = steps[at].parent
    seconds = tuning.folds * (before + tuning.most_trials * one.seconds)
    if tuning.seconds is not None:
        seconds = min(seconds, tuning.seconds + tuning.folds * (before + one.seconds))
    return dataclasses.replace(one, seconds=seconds, spread=math.hypot(one.spread, TRIALS_DIFFER))


def _with_serving(fit: Estimate, serving: Estimate | None) -> Estimate:
    if serving is None or fit.seconds + serving.seconds <= 0:
        return fit
    seconds = fit.seconds + serving.seconds
    spread = math.hypot(fit.seconds * fit.spread, serving.seconds * serving.spread) / seconds
    return dataclasses.replace(fit, seconds=seconds, spread=spread)


def _asks(
    plan: Plan,
    same: Mapping[str, Timing],
    measured: Mapping[tuple[str, str], list[Timing]],
    size: Size,
    tuning: Tuning,
) -> dict[str, Ask]:
    """How large each step of a plan is: known where it was computed before, else passed down."""
    classes = len(plan.classes)
    texts = {params: params_text(params) for params in {step.params for step in plan.steps}}
    ratios: dict[tuple[str, str, str], tuple[float, float, float]] = {}
    for timings in (*measured.values(), list(same.values())):
        for t in reversed(timings):  # the latest, and before it those of this very plan, count
            if out := t.out:
                ratios[t.kind, t.strategy, t.params] = (
                    out.rows / t.rows, out.columns / max(t.columns, 1), out.width / max(t.width, 1)
                )  # fmt: skip
    asks: dict[str, Ask] = {}
    given: dict[str, Size] = {}
    for step in plan.steps:
        rows = plan.train_sizes[step.split]
        taken = given.get(step.parent) or dataclasses.replace(size, rows=rows)
        text = texts[step.params]
        asks[step.key] = Ask(step.kind, step.strategy, text, taken, classes)
        if step.kind == "fit" and step.split == 0:
            asks[f"{SERVE}-{step.key}"] = Ask(SERVE, step.strategy, text, taken, classes)
        if step.kind == "tune":
            inner = dataclasses.replace(taken, rows=taken.rows - taken.rows // tuning.folds)
            asks[f"{TRIAL}-{step.key}"] = Ask("fit", step.strategy, text, inner, classes)
            given[step.key] = taken
            continue
        before = same.get(step.key)
        given[step.key] = (before.out if before else None) or _passed_on(
            taken, step, ratios.get((step.kind, step.strategy, text)), classes
        )
    return asks


def _passed_on(
    taken: Size, step: Step, ratio: tuple[float, float, float] | None, classes: int
) -> Size:
    if ratio is None:
        law = law_of(step.kind, step.strategy, target_of(classes))
        ratio = (law.rows_out, law.columns_out, law.width_out)
    columns = max(1, round(taken.columns * ratio[1]))
    return Size(
        max(1, round(taken.rows * ratio[0])), columns, max(columns, round(taken.width * ratio[2]))
    )


def _judged(
    asks: Mapping[str, Ask], measured: Mapping[tuple[str, str], list[Timing]]
) -> dict[str, Estimate]:
    """Estimates of steps that were never computed, each size once."""
    grouped: dict[tuple[str, str, bool], dict[Ask, list[str]]] = {}
    for key, ask in asks.items():
        group = grouped.setdefault((ask.kind, ask.strategy, ask.classes > 0), {})
        group.setdefault(ask, []).append(key)
    known = {}
    for kind, strategy, classified in grouped:
        law = law_of(kind, strategy, target_of(classified))
        timings = measured.get((kind, strategy), ())
        kept = [t for t in timings if (t.classes > 0) == classified]
        known[kind, strategy, classified] = law, Known.of(law, kept)
    machine = machine_speed([k for _, k in known.values()])
    found: dict[str, Estimate] = {}
    for name, group in grouped.items():
        law, of_strategy = known[name]
        distinct = list(group)
        for ask, judged in zip(
            distinct, estimate(law, of_strategy, distinct, machine), strict=True
        ):
            found |= dict.fromkeys(group[ask], judged)
    return found


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
        judged = step_estimates(part, workspace.records, size, tuning) if wanted else {}
        seconds |= {k: (0.0 if k in stored else judged[k].seconds) + each for k in wanted}
        spreads |= {k: (steps[k], judged[k]) for k in wanted if k not in stored}
        ordered += [s for s in part.steps if s.key in wanted]
        alike += sum(bool(judged[k].alike) for k in fits if k in wanted)
        n_fits, n_reused = n_fits + len(fits), n_reused + len(reused)
    work = sum(seconds.values())
    span = makespan(ordered, seconds, max(1, workers)) + fixed
    relative = _relative_spread(spreads, work)
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
