"""What tuning found in a run: chosen values, and how much the best inner score flattered."""

from __future__ import annotations

import math
import statistics
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from outfold.metrics.metric import Metric
from outfold.registry import Value
from outfold.study.plan import Plan
from outfold.study.run import plan_of
from outfold.study.scores import score_steps
from outfold.study.study import Candidate
from outfold.study.tune.key import tuning_metric
from outfold.study.tune.search import planned_trials, rungs
from outfold.study.tune.space import Axis, tunable
from outfold.study.tune.trial import Trial, Tuned
from outfold.study.tune.tuning import Tuning
from outfold.study.workspace import Workspace


@dataclass(frozen=True, slots=True)
class SplitTuning:
    """What tuning found on one split's training rows.

    Attributes:
        split: The split, 0 … n_splits-1.
        found: The chosen values and every trial.
        outer: The same metric on the rows held out, of the model with these values; NaN before it
            is known or where it is undefined.
    """

    split: int
    found: Tuned
    outer: float

    @property
    def inner(self) -> float:
        """The best inner score: what one would believe without nesting."""
        return self.found.score

    @property
    def as_set(self) -> float:
        """The inner score of the values as they were set; NaN where they were judged on fewer rows.

        Successive halving judges them on fewer rows unless they get to the last rung.
        """
        full = max((t.share for t in self.found.trials), default=1.0)
        start = dict(self.found.trials[0].params)
        same = [t for t in self.found.trials if dict(t.params) == start and t.share == full]
        return same[0].score if same else math.nan


@dataclass(frozen=True, slots=True)
class CandidateTuning:
    """What tuning found for one candidate, as far as the run has come.

    Attributes:
        candidate: Whose parameters were tuned.
        tuning: Method and budget.
        metric: What trials were judged by.
        space: What could change.
        n_splits: Splits planned.
        splits: Those that are tuned, in order.
    """

    candidate: Candidate
    tuning: Tuning
    metric: Metric
    space: tuple[Axis, ...]
    n_splits: int
    splits: tuple[SplitTuning, ...]

    def _mean(self, values: Sequence[float]) -> float:
        known = [v for v in values if not math.isnan(v)]
        return sum(known) / len(known) if known else math.nan

    @property
    def judged(self) -> tuple[SplitTuning, ...]:
        """The splits whose held-out rows are scored as well."""
        return tuple(s for s in self.splits if not math.isnan(s.outer))

    @property
    def inner(self) -> float:
        """The non-nested score: the best inner score, mean over the splits that are judged."""
        return self._mean([s.inner for s in self.judged])

    @property
    def outer(self) -> float:
        """The honest score: on rows held out, mean over the splits that are judged."""
        return self._mean([s.outer for s in self.judged])

    @property
    def optimism(self) -> float:
        """How much the non-nested score flatters: positive where it is better than the honest one.

        Varma & Simon 2006; Cawley & Talbot 2010. Inner models are fitted on fewer rows than the
        outer one, which pulls the other way, so it may be negative.
        """
        gap = self.inner - self.outer
        return gap if self.metric.direction == "higher" else -gap

    @property
    def spread(self) -> float:
        """How much the optimism differs between the splits, as a standard deviation."""
        gaps = [s.inner - s.outer for s in self.judged]
        return statistics.stdev(gaps) if len(gaps) > 1 else math.nan

    @property
    def gain(self) -> float:
        """How much better the best inner score is than that of the values as they were set."""
        known = [s for s in self.splits if not math.isnan(s.as_set)]
        gap = self._mean([s.inner for s in known]) - self._mean([s.as_set for s in known])
        return gap if self.metric.direction == "higher" else -gap

    def sentence(self) -> str:
        """The optimism in words."""
        if not self.judged:
            return "No split is both tuned and judged on its held-out rows yet."
        known = f"{len(self.judged)} split" + "s" * (len(self.judged) != 1)
        believed = (
            f"The best inner {self.metric.label} is {self.inner:.4g} (mean over {known}); on rows "
            f"held out from tuning it is {self.outer:.4g}"
        )
        if self.optimism > 0:
            varies = "" if math.isnan(self.spread) else f" (± {self.spread:.2g} between splits)"
            return f"{believed}: the score without nesting is {self.optimism:.2g} too good{varies}."
        return (
            f"{believed}: here the score without nesting does not flatter; inner models are fitted "
            "on fewer rows, which can outweigh the luck of the best."
        )

    def frame(self) -> pd.DataFrame:
        """One row per split: chosen values, inner scores as set and best, score held out."""
        return pd.DataFrame(
            [
                {
                    "split": s.split + 1,
                    **{axis.label: dict(s.found.params)[axis.key] for axis in self.space},
                    "inner score as set": s.as_set,
                    "best inner score": s.inner,
                    "score held out": s.outer,
                    "trials": len(s.found.trials),
                    "seconds": s.found.seconds,
                }
                for s in self.splits
            ]
        )

    def trial_frame(self) -> pd.DataFrame:
        """One row per split and trial: values, share of the rows, inner score, seconds."""
        return pd.DataFrame(
            [
                {
                    "split": s.split + 1,
                    "trial": t.number + 1,
                    **{axis.label: dict(t.params)[axis.key] for axis in self.space},
                    "share of rows": t.share,
                    "inner score": t.score,
                    "seconds": t.seconds,
                    "reason": t.reason,
                }
                for s in self.splits
                for t in s.found.trials
            ]
        )

    def to_json(self) -> dict[str, Any]:
        """The result as JSON can hold it; undefined figures are null."""

        def plain(value: float) -> float | None:
            return None if math.isnan(value) else value

        return {
            "candidate": self.candidate.name,
            "method": self.tuning.method,
            "metric": self.metric.key,
            "inner_score": plain(self.inner),
            "outer_score": plain(self.outer),
            "optimism": plain(self.optimism),
            "optimism_std": plain(self.spread),
            "sentence": self.sentence(),
            "reproducible": self.tuning.reproducible,
            "splits": [
                {
                    "split": s.split,
                    "params": dict(s.found.params),
                    "inner_score": plain(s.inner),
                    "inner_score_as_set": plain(s.as_set),
                    "outer_score": plain(s.outer),
                    "trials": len(s.found.trials),
                    "seconds": s.found.seconds,
                }
                for s in self.splits
            ],
        }


def tunings(workspace: Workspace, run: str) -> tuple[CandidateTuning, ...]:
    """What tuning found for each tuned candidate of a run, as far as the run has come.

    Raises:
        UnknownNameError: This workspace does not know the run.
    """
    plan = plan_of(workspace, run)
    if plan is None or not plan.tunings:
        return ()
    study = workspace.study(workspace.records.run(run).study)
    # Fits on fewer rows, for a learning curve, and on the rows that they are judged on come after
    # the others; they are tuned too, and are no honest score of this study.
    fits = plan.whole(study).judged().fits
    metric = tuning_metric(study)
    keys = [key for name in plan.tunings for key in fits[name]]
    scores = score_steps(workspace, study.task, keys, plan.positive)
    bodies = workspace.records.steps([k for some in plan.tunings.values() for k in some])
    return tuple(
        CandidateTuning(
            candidate,
            study.tuning,
            metric,
            tunable(candidate),
            len(fits[candidate.name]),
            tuple(
                SplitTuning(
                    split,
                    Tuned.from_body(bodies[tuned]),
                    scores.get(fitted, {}).get(metric.key, math.nan),
                )
                for split, (tuned, fitted) in enumerate(
                    zip(plan.tunings[candidate.name], fits[candidate.name], strict=False)
                )
                if tuned in bodies
            ),
        )
        for candidate in study.candidates()
        if candidate.name in plan.tunings
    )


def trial_fits(plan: Plan, tuning: Tuning, known: Collection[str] = ()) -> int:
    """Model fits on inner folds that a run does at the most, besides the plan's own fits.

    Args:
        plan: What is run.
        tuning: How it is tuned.
        known: Keys of steps that are reused.
    """
    steps = {key for keys in plan.tunings.values() for key in keys} - set(known)
    n_rungs = len(rungs(tuning.most_trials, 10**9))
    return len(steps) * planned_trials(tuning, n_rungs) * tuning.folds


def best_so_far(trials: Sequence[Trial], higher: bool) -> list[float]:
    """After each trial the score of the one that would be taken then; NaN before there is any."""
    found: list[float] = []
    best: tuple[float, int, float] | None = None
    for trial in trials:
        if trial.defined:
            rank = (trial.share, trial.defined, trial.score if higher else -trial.score)
            if best is None or rank > best:
                best = rank
        found.append(math.nan if best is None else best[2] if higher else -best[2])
    return found


def chosen_values(of: CandidateTuning, axis: Axis) -> list[Value]:
    """The values taken for one parameter, in the order of the splits."""
    return [dict(s.found.params)[axis.key] for s in of.splits]
