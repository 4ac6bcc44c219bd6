"""Racing within a run: the order of its splits, who was stopped, and what that saved.

Who is stopped follows from the scores of the run's fits alone, so it is worked out again wherever
it is needed, and nothing about it has to be kept. See ``outfold.study.race`` for the rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from outfold.metrics.catalogue import default_metric, metric_named
from outfold.metrics.metric import Metric
from outfold.study.plan import Plan
from outfold.study.race import Outcome, Race, race, reason
from outfold.study.scores import score_steps
from outfold.study.study import Study
from outfold.study.timings import logged
from outfold.study.workspace import Workspace

STOPPED = "stopped"
"""The kind of event told of each fit that is not computed because its candidate was stopped."""

DRAWN_ALIKE = ("stratified", "kfold", "grouped", "stratified_grouped")
"""Schemes whose folds are drawn at random, so that none is special: the first may stay first."""

Scores = Mapping[str, Mapping[str, float]]
"""By fit and metric."""


def applies(study: Study) -> bool:
    """Whether candidates of a study can be stopped.

    A learning curve needs every fit that it asked for, and the .632+ bootstrap's figure is no mean
    over splits, so there nobody is.
    """
    return study.racing.on and not study.train_shares and not study.validation.declared.apparent


def order_of(study: Study, n: int) -> tuple[int, ...]:
    """The order in which a race takes a study's splits; without racing their own order.

    The splits seen so far must be a random sample of all. Folds that are drawn at random are one in
    any order, so they stay as they are; where one is special, such as the shortest of time-ordered
    folds, or where splits come in repeats, the order is drawn (the same for equal studies). The
    first split stays first where none is special, since latency and size are measured on it.

    Args:
        study: What is run.
        n: Its splits.
    """
    alike = study.validation.scheme in DRAWN_ALIKE
    if not applies(study) or (alike and study.validation.repeats == 1):
        return tuple(range(n))
    rng = np.random.default_rng([study.seed % 2**32, n])
    if alike:
        return (0, *(1 + rng.permutation(n - 1)).tolist())
    return tuple(rng.permutation(n).tolist())


def places(study: Study, plan: Plan) -> dict[int, int]:
    """For each split its place in the order of the race: earlier ones are computed first."""
    return {split: place for place, split in enumerate(order_of(study, n_splits(plan)))}


def n_splits(plan: Plan) -> int:
    """Splits of a plan."""
    return len(plan.train_sizes)


def metric_of(study: Study) -> Metric:
    """The metric that decides: the one that ranks the study's leaderboard."""
    return metric_named(study.metric) if study.metric else default_metric(study.task)


def decide(study: Study, plan: Plan, scores: Scores, failed: Collection[str]) -> Race:
    """Who is stopped, as far as these scores tell.

    Args:
        study: What is run.
        plan: Its plan.
        scores: Scores of the fits that are done.
        failed: Fits that failed.
    """
    if not applies(study):
        return Race()
    order, metric = order_of(study, n_splits(plan)), metric_of(study)

    def outcome(fit: str) -> Outcome:
        if fit in scores:
            return scores[fit].get(metric.key, float("nan"))
        return "failed" if fit in failed else "waiting"

    outcomes = {name: [outcome(fits[s]) for s in order] for name, fits in plan.fits.items()}
    baseline = frozenset(c.name for c in study.candidates() if c.is_baseline)
    return race(outcomes, study.racing, metric.direction == "higher", baseline)


def seen_splits(study: Study, plan: Plan, found: Race, candidate: str) -> tuple[int, ...]:
    """The splits that a candidate's figures stand on, ascending."""
    stop, n = found.stops.get(candidate), n_splits(plan)
    if stop is None:
        return tuple(range(n))
    return tuple(sorted(order_of(study, n)[: stop.after]))


def stored_splits(
    workspace: Workspace, run: str, study: Study, plan: Plan, candidate: str
) -> frozenset[int] | None:
    """The splits of a stopped candidate that count; None for a candidate that was not stopped.

    Fits beyond these may be stored, because a worker had begun them or another run needed them.
    """
    if not applies(study):
        return None
    fits = [key for keys in plan.fits.values() for key in keys]
    scores = score_steps(workspace, study.task, fits, plan.positive)
    found = decide(study, plan, scores, workspace.records.failures(run))
    if candidate not in found.stops:
        return None
    return frozenset(seen_splits(study, plan, found, candidate))


def reasons(study: Study, plan: Plan, found: Race) -> dict[str, str]:
    """Why each stopped candidate was stopped."""
    n, label = n_splits(plan), metric_of(study).label
    return {name: reason(stop, study.racing, n, label) for name, stop in found.stops.items()}


class Referee:
    """The race as a rule of a run: it takes in results and says which fits nobody needs any more.

    Args:
        study: What is run.
        plan: Its plan.
    """

    def __init__(self, study: Study, plan: Plan) -> None:
        self._study, self._plan = study, plan
        self._scores: dict[str, Mapping[str, float]] = {}
        self._failed: set[str] = set()
        self._race = Race()
        self._unneeded: frozenset[str] = frozenset()

    def hear(self, scores: Scores, failed: Collection[str] = ()) -> frozenset[str]:
        """Take in fits with their metrics and fits that failed; the fits not needed since."""
        self._scores.update(scores)
        self._failed.update(failed)
        self._race = decide(self._study, self._plan, self._scores, self._failed)
        before, self._unneeded = self._unneeded, unneeded(self._study, self._plan, self._race)
        return self._unneeded - before

    def reason(self, fit: str) -> str:
        """Why a fit is not needed."""
        why = reasons(self._study, self._plan, self._race)
        return next((why[n] for n, fits in self._plan.fits.items() if n in why and fit in fits), "")


def referee(study: Study, plan: Plan) -> Referee | None:
    """The rule of a run of this study; None where nobody can be stopped."""
    return Referee(study, plan) if applies(study) else None


def unneeded(study: Study, plan: Plan, found: Race) -> frozenset[str]:
    """The fits that count for no candidate."""
    needed = {
        fits[split]
        for name, fits in plan.fits.items()
        for split in seen_splits(study, plan, found, name)
    }
    return frozenset(key for name in found.stops for key in plan.fits[name]) - needed


def ancestry(plan: Plan, fits: Iterable[str]) -> set[str]:
    """Fits with every step before them."""
    steps = plan.by_key()
    found: set[str] = set()
    for key in fits:
        while key in steps and key not in found:
            found.add(key)
            key = steps[key].parent
    return found


@dataclass(frozen=True, slots=True)
class Saved:
    """What racing spared one run.

    Attributes:
        candidates: Candidates that were stopped.
        fits: Fits that were therefore not computed.
        seconds: What these, and the selections and resamplings that only they needed, would have
            taken, judged by the same candidates' splits that were computed. Processor time: with
            two workers the run was shorter by about half of it.
    """

    candidates: int
    fits: int
    seconds: float


def saved(workspace: Workspace, run: str) -> Saved | None:
    """What racing spared a run so far; None where it does not race or has no plan yet.

    Raises:
        UnknownNameError: This workspace does not know the run.
    """
    study = workspace.study(workspace.records.run(run).study)
    text = workspace.records.plan(run)
    if not applies(study) or not text:
        return None
    plan = Plan.from_json(text)
    every = {key for keys in plan.fits.values() for key in keys}
    bodies = workspace.records.steps(sorted(every))
    scores = score_steps(workspace, study.task, sorted(bodies), plan.positive)
    found = decide(study, plan, scores, workspace.records.failures(run))
    spared = workspace.records.steps_with(run, STOPPED) & unneeded(study, plan, found)
    needed, steps = ancestry(plan, every - spared), plan.by_key()
    counted: set[str] = set()
    seconds = 0.0
    for name in found.stops:
        done = [bodies[key] for key in plan.fits[name] if key in bodies]
        for key in spared.intersection(plan.fits[name]):
            for step, log in logged(steps, key).items():
                if step not in needed and step not in counted:
                    counted.add(step)
                    seconds += _mean_seconds(done, log)
    return Saved(len(found.stops), len(spared), seconds)


def _mean_seconds(bodies: Collection[Mapping[str, Any]], log: str) -> float:
    """Mean seconds of one step before some fits, by the name of its log."""
    told = [float(body["logs"][log]["seconds"]) for body in bodies]
    return sum(told) / len(told) if told else 0.0
