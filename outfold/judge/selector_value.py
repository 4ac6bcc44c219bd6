"""What each selector kept, what it cost, and whether leaving columns out lost anything."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.judge.chosen_metric import chosen_metric
from outfold.judge.compare import Lookup, differences, known, row_draws
from outfold.judge.leaderboard import leaderboard
from outfold.metrics.metric import Metric
from outfold.study.results import CandidateResult, RunResult
from outfold.study.steps import Selected
from outfold.study.study import NONE, Choice


@dataclass(frozen=True, slots=True)
class Worth:
    """One selector beside keeping every column, with the same model on the same splits.

    Attributes:
        selector: The selector.
        n_kept: Columns kept, mean over the splits.
        n_columns: Columns there were, the most over the splits.
        seconds: Wall seconds that selecting took on one training fold, mean over the splits.
        slowest: The same of the slowest split.
        score: Out-of-fold score, mean over the splits.
        low: Lower end of the score's interval.
        high: Upper end.
        difference: Score less that of every column, in the metric's unit; NaN where that failed.
        difference_low: Lower end of the difference's interval, not corrected for many selectors.
        difference_high: Upper end.
        p_adjusted: Of the difference, after Holm over the selectors.
        verdict: ``better`` or ``worse`` than every column, ``same`` where no difference could be
            measured, ``unknown`` where it could not be tested.
        reason: Why it has no score; empty otherwise.
        n_scored: Splits on which the metric is defined.
    """

    selector: Choice
    n_kept: float
    n_columns: int
    seconds: float
    slowest: float
    score: float
    low: float
    high: float
    difference: float
    difference_low: float
    difference_high: float
    p_adjusted: float
    verdict: str
    reason: str = ""
    n_scored: int = 0


@dataclass(frozen=True, slots=True)
class Worths:
    """Every selector of a run beside keeping every column.

    Attributes:
        metric: Key of the metric.
        label: Its name for people.
        higher: Whether more is better.
        method: How differences were judged, in words.
        confidence: Of the intervals.
        rows: In the study's order, keeping every column first.
        n_splits: Splits of the run.
    """

    metric: str
    label: str
    higher: bool
    method: str
    confidence: float
    rows: tuple[Worth, ...]
    n_splits: int = 0

    def frame(self) -> pd.DataFrame:
        """One row per selector: kept, seconds, score, interval, difference and its interval."""
        names = [n for n in Worth.__dataclass_fields__ if n != "selector"]
        return pd.DataFrame(
            [[r.selector.label(), *(getattr(r, n) for n in names)] for r in self.rows],
            columns=["selector", *names],
        )

    @property
    def finding(self) -> tuple[Worth, str] | None:
        """The selector that says most, with what it says; None where nothing can be said.

        ``gains``: the one that gains most, where one gains; ``free``: else the one that keeps
        fewest columns without a measurable loss; ``loses``: else, each loses something.
        """
        tested = [r for r in self.rows if r.selector != NONE and r.verdict != "unknown"]
        sign = 1.0 if self.higher else -1.0
        if better := [r for r in tested if r.verdict == "better"]:
            return max(better, key=lambda r: sign * r.difference), "gains"
        if same := [r for r in tested if r.verdict == "same" and r.n_kept < r.n_columns]:
            return min(same, key=lambda r: r.n_kept), "free"
        if worse := [r for r in tested if r.verdict == "worse"]:
            return max(worse, key=lambda r: sign * r.difference), "loses"
        return None


def selector_worth(
    result: RunResult,
    selections: Mapping[str, Sequence[Selected]],
    metric: str | None = None,
    predictions: Lookup | None = None,
    confidence: float = 0.95,
) -> Worths:
    """Judge the selectors of a trial: one model, one resampler, several selectors.

    Args:
        result: What was measured.
        selections: What each selector kept on each split, by its label.
        metric: Key of the metric; the study's own by default.
        predictions: How to get stored predictions, for schemes that need them.
        confidence: Of the intervals.

    Raises:
        NotApplicableError: The metric is not defined for the task.
    """
    chosen = chosen_metric(result.study, metric)
    board = leaderboard(result, chosen.key, predictions=predictions, confidence=confidence)
    figures = {row.name: row.figures.get(chosen.key) for row in board.rows}
    rows = [c for c in result.candidates if not c.candidate.is_baseline]
    tests, method = _against_all(result, rows, chosen, predictions, confidence)
    steps = {label: list(found) for label, found in selections.items()}
    widths = [len({*s.selection.selected, *s.selection.scores}) for f in steps.values() for s in f]
    worths = []
    for row in rows:
        choice, figure = row.candidate.selector, figures[row.name]
        found = steps.get(choice.label(), [])
        seconds = [sum(g.all_seconds for g in (s.log, *s.earlier)) for s in found]
        gap, low, high, p = tests.get(row.name, (math.nan,) * 4)
        worths.append(
            Worth(
                choice,
                float(np.mean([len(s.selection.selected) for s in found])) if found else math.nan,
                max(widths, default=0),
                float(np.mean(seconds)) if seconds else math.nan,
                max(seconds, default=math.nan),
                figure.mean if figure else math.nan,
                figure.low if figure else math.nan,
                figure.high if figure else math.nan,
                gap,
                low,
                high,
                p,
                _verdict(gap, p, chosen.direction == "higher", confidence),
                row.reason,
                figure.n if figure else 0,
            )
        )
    return Worths(
        chosen.key, chosen.label, chosen.direction == "higher", method, confidence, tuple(worths),
        result.n_splits,
    )  # fmt: skip


def _against_all(
    result: RunResult,
    rows: Sequence[CandidateResult],
    metric: Metric,
    predictions: Lookup | None,
    confidence: float,
) -> tuple[dict[str, tuple[float, float, float, float]], str]:
    """Each finished candidate less that of every column: gap, interval, adjusted p; the method."""
    done = [c for c in rows if c.status == "finished" and known(c, metric)]
    base = next((i for i, c in enumerate(done) if c.candidate.selector == NONE), None)
    if base is None:
        return {}, "none: keeping every column has no score to compare with"
    pairs = [(i, base) for i in range(len(done)) if i != base]
    if not pairs:
        return {}, "none: there is nothing to compare"
    if result.study.validation.declared.apparent:
        from outfold.judge.bootstrap_run import bootstrap_run

        drawn = bootstrap_run(result, predictions)
        found, method = differences(done, pairs, metric, None, confidence, drawn)
    else:
        ratio = result.test_train_ratio
        draws = row_draws(done, metric, predictions)
        found, method = differences(done, pairs, metric, ratio, confidence, draws)
    return {p.a: (p.difference, p.low, p.high, p.p_adjusted) for p in found}, method


def _verdict(gap: float, p: float, higher: bool, confidence: float) -> str:
    if math.isnan(gap) or math.isnan(p):
        return "unknown"
    if p >= 1 - confidence:
        return "same"
    return "better" if (gap > 0) == higher else "worse"
