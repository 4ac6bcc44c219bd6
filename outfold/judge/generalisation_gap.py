"""How much of what a candidate shows on its training rows is there on rows it has not seen.

The score on training rows is not out of fold, and by itself says nothing about a candidate: a tree
that repeats its training rows scores perfectly there. Beside the score out of fold it says whether
a candidate learns more than there is (overfitting) or less than others find (underfitting).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from outfold.judge.bootstrap import bootstrap, interval
from outfold.judge.chosen_metric import chosen_metric
from outfold.judge.corrected_t import corrected_t
from outfold.judge.leaderboard import within
from outfold.metrics.metric import Floats, Metric, Scored
from outfold.study.plan import Plan
from outfold.study.run import plan_of
from outfold.study.scores import scored_from_arrays
from outfold.study.study import Candidate, Study
from outfold.study.training_rows import training_scored
from outfold.study.workspace import Workspace

Verdict = Literal["overfits", "underfits", "holds", "unsure", "baseline"]

MUCH = 0.1
"""A gap counts from this share of what a candidate gains over the baseline in training."""

VERDICTS: dict[Verdict, str] = {
    "overfits": "overfits",
    "underfits": "underfits",
    "holds": "holds on new rows",
    "unsure": "cannot be told",
    "baseline": "looks at no feature",
}


@dataclass(frozen=True, slots=True)
class CandidateGap:
    """One candidate in training and out of fold.

    Attributes:
        candidate: Its name.
        model: Key of its model.
        baseline: Whether it looks at no feature.
        train: Its score on its own training rows, by split; not out of fold.
        held_out: Its score on the rows held out, by split.
        train_mean: Mean over the splits.
        held_mean: Mean over the splits.
        held_low: Lower end of the interval of ``held_mean``; NaN where there is none.
        held_high: Upper end.
        gap: By how much it is better in training, in the metric's unit; positive whatever way the
            metric runs.
        low: Lower end of the gap's interval; NaN where there is none.
        high: Upper end.
        lost: Share of its gain over the baseline in training that is not there out of fold; NaN
            where it gains nothing in training.
        verdict: What follows.
        rows: Training rows that were predicted, mean over the splits.
        sampled: Whether these are a sample.
    """

    candidate: str
    model: str
    baseline: bool
    train: tuple[float, ...]
    held_out: tuple[float, ...]
    train_mean: float
    held_mean: float
    held_low: float
    held_high: float
    gap: float
    low: float
    high: float
    lost: float
    verdict: Verdict
    rows: float
    sampled: bool


@dataclass(frozen=True, slots=True)
class GeneralisationGap:
    """The candidates of a run in training and out of fold, the best out of fold first.

    Attributes:
        metric: Key of the metric.
        label: Its name for people.
        direction: Whether more is better.
        confidence: Of the intervals.
        interval: How they were made, in words.
        candidates: The best out of fold first, the baseline last.
    """

    metric: str
    label: str
    direction: Literal["higher", "lower"]
    confidence: float
    interval: str
    candidates: tuple[CandidateGap, ...]

    def __getitem__(self, candidate: str) -> CandidateGap:
        for one in self.candidates:
            if one.candidate == candidate:
                return one
        raise KeyError(candidate)

    @property
    def best(self) -> CandidateGap | None:
        """The best out of fold, or None where only the baseline is measured."""
        return next((c for c in self.candidates if not c.baseline), None)

    def sentence(self, candidate: str | None = None, names: Mapping[str, str] | None = None) -> str:
        """What the two scores of a candidate, the best by default, say together.

        Args:
            candidate: Which one.
            names: Names of candidates for people.
        """
        called = names or {}
        one = self[candidate] if candidate else self.best
        if one is None:
            return "No candidate is measured in training yet."
        name = called.get(one.candidate, one.candidate)
        digits = _digits(one)
        train, held = f"{one.train_mean:.{digits}f}", f"{one.held_mean:.{digits}f}"
        scores = f"{self.label} {train} on its training rows, {held} out of fold"
        if one.verdict == "baseline":
            return f"{name} looks at no feature: {scores}."
        if one.verdict == "underfits":
            best = self.best
            assert best is not None
            return (
                f"{name} underfits: even on its training rows {self.label} is {train}, worse than "
                f"the {best.held_mean:.{digits}f} of "
                f"{called.get(best.candidate, best.candidate)} out of fold."
            )
        if one.verdict == "overfits":
            lost = "all" if one.lost >= 0.995 else f"{one.lost:.0%}"
            return (
                f"{name} overfits: {scores}; {lost} of its gain over the baseline is not there on "
                "new rows."
            )
        if one.verdict == "unsure":
            return f"Whether {name} overfits cannot be told: {scores}, and the gap may be chance."
        return f"What {name} learnt holds on new rows: {scores}."

    def frame(self) -> pd.DataFrame:
        """One row per candidate: candidate, train, held_out, gap, low, high, lost, verdict."""
        columns = ["candidate", "train", "held_out", "gap", "low", "high", "lost", "verdict"]
        return pd.DataFrame(
            [[c.candidate, c.train_mean, c.held_mean, c.gap, c.low, c.high, c.lost, c.verdict]
             for c in self.candidates],
            columns=columns,
        )  # fmt: skip

    def by_split(self) -> pd.DataFrame:
        """One row per candidate and split, from 1: candidate, split, train, held_out, gap."""
        sign = 1.0 if self.direction == "higher" else -1.0
        return pd.DataFrame(
            [[c.candidate, place + 1, t, h, sign * (t - h)]
             for c in self.candidates
             for place, (t, h) in enumerate(zip(c.train, c.held_out, strict=True))],
            columns=["candidate", "split", "train", "held_out", "gap"],
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """The gaps as the command line prints them."""
        rows = self.frame().to_dict("records")
        for row, c in zip(rows, self.candidates, strict=True):
            row |= {
                "by_split": {"train": list(c.train), "held_out": list(c.held_out)},
                "rows": c.rows, "sampled": c.sampled, "sentence": self.sentence(c.candidate),
            }  # fmt: skip
        return {
            "metric": self.metric,
            "direction": self.direction,
            "confidence": self.confidence,
            "interval": self.interval,
            "candidates": rows,
            "sentence": self.sentence(),
        }


def _digits(one: CandidateGap) -> int:
    """Decimals that show the width of the gap's interval, or the gap, with two digits."""
    width = one.high - one.low if one.high > one.low else abs(one.gap)
    if not width > 0:
        width = abs(one.held_mean) / 100 or 0.01
    return min(6, max(0, 1 - math.floor(math.log10(width))))


def generalisation_gap(
    workspace: Workspace, run: str, metric: str | None = None, confidence: float = 0.95
) -> GeneralisationGap:
    """Compare training with out of fold, from a run of ``gap_study``, as far as it has come.

    The gap's interval over several splits is that of the corrected resampled t (Nadeau & Bengio
    2003); over one it is from a bootstrap of the validation rows, the training score held fixed.

    A candidate overfits where the gap is surely above 0 and at least a tenth of what it gains over
    the baseline in training; it underfits where it is surely worse in training than the best
    candidate is out of fold.

    Args:
        workspace: Where the run is kept.
        run: The run.
        metric: Key of the metric; the study's own by default.
        confidence: Of the intervals, two-sided.

    Raises:
        UnknownNameError: There is no such run or metric.
        NotApplicableError: The metric is not defined for the task.
    """
    study = workspace.study(workspace.records.run(run).study)
    chosen = chosen_metric(study, metric)
    plan = plan_of(workspace, run)
    pairs = _pairs(workspace, plan, study, chosen) if plan else {}
    ratio: float | None = None
    if plan is not None and not study.validation.declared.apparent:
        ratio = plan.judged().test_train_ratio
    n_splits = max((len(found) for found in pairs.values()), default=0)
    how = f"{confidence:.0%} corrected resampled t over {n_splits} splits"
    if ratio is None:
        how = "none: the bootstrap's figures in training are not corrected"
    elif n_splits == 1:
        how = f"{confidence:.0%} bootstrap of the validation rows"
    named = {c.name: c for c in study.candidates()}
    floor = next(
        (
            float(np.nanmean([chosen.compute(h) for _, h in found]))
            for name, found in pairs.items()
            if named[name].is_baseline
        ),
        math.nan,
    )
    rows = [
        _measured(named[name], found, chosen, ratio, confidence, floor)
        for name, found in pairs.items()
    ]
    rows = [r for r in rows if not math.isnan(r.held_mean) and not math.isnan(r.train_mean)]
    sign = -1.0 if chosen.direction == "higher" else 1.0
    rows.sort(key=lambda r: (r.baseline, sign * r.held_mean))
    best = next((r for r in rows if not r.baseline), None)
    told = tuple(_judged(r, best, chosen, ratio, confidence) for r in rows)
    # The number of rows says whether a sample was taken, which the arrays do not.
    sizes = plan.judged().train_sizes if plan else ()
    told = tuple(
        dataclasses.replace(
            r, sampled=bool(sizes) and r.rows < float(np.mean(sizes[: len(r.train)])) - 0.5
        )
        for r in told
    )
    return GeneralisationGap(chosen.key, chosen.label, chosen.direction, confidence, how, told)


def _pairs(
    workspace: Workspace, plan: Plan, study: Study, metric: Metric
) -> dict[str, list[tuple[Scored, Scored]]]:
    """For each candidate, its predictions in training and out of fold on each finished split."""
    found: dict[str, list[tuple[Scored, Scored]]] = {}
    for name, keys in plan.judged().fits.items():
        for key in keys:
            arrays = workspace.step_arrays(key)
            if arrays is None:
                continue
            held = scored_from_arrays(arrays, study.task, plan.positive)
            train = training_scored(arrays, study.task, plan.positive)
            if train is None or (metric.needs == "probability" and held.probability is None):
                continue
            found.setdefault(name, []).append((train, held))
    return found


def _measured(
    candidate: Candidate,
    found: list[tuple[Scored, Scored]],
    metric: Metric,
    ratio: float | None,
    confidence: float,
    floor: float,
) -> CandidateGap:
    train = np.array([metric.compute(t) for t, _ in found], dtype=np.float64)
    held = np.array([metric.compute(h) for _, h in found], dtype=np.float64)
    sign = 1.0 if metric.direction == "higher" else -1.0
    both = ~np.isnan(train) & ~np.isnan(held)
    nan = math.nan
    train_mean = float(train[both].mean()) if both.any() else nan
    held_mean = float(held[both].mean()) if both.any() else nan
    gap = sign * (train_mean - held_mean)
    low = high = held_low = held_high = nan
    if ratio is not None and both.sum() > 1:
        t = corrected_t(sign * (train - held)[both], ratio, confidence)
        low, high = t.low, t.high
        of_held = corrected_t(held[both], ratio, confidence)
        held_low, held_high = within(metric, of_held.low, of_held.high)
    elif ratio is not None and both.any():
        drawn: Floats = bootstrap([found[0][1]], metric)[:, 0]
        held_low, held_high = within(metric, *interval(held_mean, drawn, confidence))
        low, high = sorted((sign * (train_mean - held_low), sign * (train_mean - held_high)))
    gained = sign * (train_mean - floor)
    return CandidateGap(
        candidate.name, candidate.model.key, candidate.is_baseline, tuple(train.tolist()),
        tuple(held.tolist()), train_mean, held_mean, held_low, held_high, gap, low, high,
        gap / gained if gained > 0 else nan, "baseline" if candidate.is_baseline else "holds",
        float(np.mean([len(t.truth) for t, _ in found])), False,
    )  # fmt: skip


def _judged(
    one: CandidateGap,
    best: CandidateGap | None,
    metric: Metric,
    ratio: float | None,
    confidence: float,
) -> CandidateGap:
    """The candidate with what its gap says."""
    if one.baseline:
        return one
    if best is not None and best is not one and _surely_worse(one, best, metric, ratio, confidence):
        return dataclasses.replace(one, verdict="underfits")
    much = one.lost >= MUCH
    if not much:
        return (
            one
            if not math.isnan(one.lost) or one.gap <= 0
            else dataclasses.replace(one, verdict="unsure")
        )
    return dataclasses.replace(one, verdict="overfits" if one.low > 0 else "unsure")


def _surely_worse(
    one: CandidateGap, best: CandidateGap, metric: Metric, ratio: float | None, confidence: float
) -> bool:
    """Whether a candidate in training is below the best out of fold, by more than chance."""
    sign = 1.0 if metric.direction == "higher" else -1.0
    if ratio is None or len(one.train) != len(best.held_out):
        return False
    if len(one.train) == 1:
        nearest = best.held_low if sign > 0 else best.held_high
        return sign * (nearest - one.train_mean) > 0
    t = corrected_t(sign * (np.array(best.held_out) - np.array(one.train)), ratio, confidence)
    return t.low > 0
