"""Score against number of columns, out of fold, for rankings made anew in each training fold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from outfold.judge.chosen_metric import chosen_metric
from outfold.judge.compare import differences, known
from outfold.judge.corrected_t import CorrectedT, corrected_t
from outfold.judge.leaderboard import within
from outfold.metrics.metric import Metric
from outfold.study.results import CandidateResult, RunResult
from outfold.study.steps import Selected
from outfold.study.study import NONE


@dataclass(frozen=True, slots=True)
class SizePoint:
    """One ranking cut at one size.

    Attributes:
        asked: Columns asked for.
        n_kept: Columns kept, mean over the splits: fewer than asked where fewer pass.
        score: Out-of-fold score, mean over the splits.
        low: Lower end of its interval.
        high: Upper end.
        std_error: Of the mean, corrected for the overlap of the training rows.
        p_vs_best: Of the paired test against the ranking's best size, after Holm; NaN for it.
    """

    asked: int
    n_kept: float
    score: float
    low: float
    high: float
    std_error: float
    p_vs_best: float


@dataclass(frozen=True, slots=True)
class SizeCurve:
    """One ranking's out-of-fold score at nested sizes.

    Attributes:
        method: Key of the ranking method.
        points: By columns kept, rising.
        best: Position of the best score.
        smallest: Position of the smallest size within one standard error of the best (Breiman
            et al. 1984).
        smallest_tied: Position of the smallest size that the paired test does not tell apart
            from the best.
        ranking_seconds: What ranking took on one training fold, mean over the splits: once for
            every size. NaN where each size was searched for by itself.
    """

    method: str
    points: tuple[SizePoint, ...]
    best: int
    smallest: int
    smallest_tied: int
    ranking_seconds: float = math.nan


@dataclass(frozen=True, slots=True)
class ScoreBySize:
    """Score against number of columns.

    Attributes:
        label: The metric's name for people.
        higher: Whether more is better.
        everything: Score with every column, mean over the splits; NaN where it has none.
        everything_low: Lower end of its interval.
        everything_high: Upper end.
        n_columns: Columns there are.
        curves: One per ranking method with at least one measured size.
        failed: For a method and a size that has no score, why.
        confidence: Of the intervals.
    """

    label: str
    higher: bool
    everything: float
    everything_low: float
    everything_high: float
    n_columns: int
    curves: tuple[SizeCurve, ...]
    failed: tuple[tuple[str, int, str], ...]
    confidence: float

    def frame(self) -> pd.DataFrame:
        """One row per method and size."""
        names = list(SizePoint.__dataclass_fields__)
        return pd.DataFrame(
            [[c.method, *(getattr(p, n) for n in names)] for c in self.curves for p in c.points],
            columns=["method", *names],
        )


def score_by_size(
    result: RunResult,
    selections: Mapping[str, Sequence[Selected]],
    metric: str | None = None,
    confidence: float = 0.95,
) -> ScoreBySize:
    """Read the sizes study (see ``outfold.study.trial.sizes_study``) as curves.

    Every point is the score of a candidate of its own, whose ranking was made anew in each
    training fold and cut there.

    Args:
        result: What was measured.
        selections: What each selector kept on each split, by its label.
        metric: Key of the metric; the study's own by default.
        confidence: Of the intervals.
    """
    chosen = chosen_metric(result.study, metric)
    higher = chosen.direction == "higher"
    # The corrected t is about splits that hold rows out; a bootstrap's draws are of another kind.
    ratio = None if result.study.validation.declared.apparent else result.test_train_ratio
    widths = [len(s.selection.selected) for s in selections.get(NONE.label(), ())]
    everything = _mean((), ratio, confidence)
    by_method: dict[str, dict[float, tuple[int, CandidateResult]]] = {}
    failed = []
    whole: CandidateResult | None = None
    for row in result.candidates:
        choice = row.candidate.selector
        if row.candidate.is_baseline:
            continue
        usable = row.status == "finished" and known(row, chosen)
        if choice == NONE:
            if usable:
                everything = _mean(row.scores[chosen.key], ratio, confidence)
                whole = row
            continue
        asked = dict(choice.links[-1].params).get("k")
        if not isinstance(asked, int):
            continue
        if not usable:
            if row.status in ("finished", "failed"):
                failed.append((choice.path, asked, row.reason or "its score is undefined"))
            continue
        kept = float(np.mean([len(columns) for columns in row.selected]))
        # Where fewer columns pass than are asked for, larger sizes are the same set.
        by_method.setdefault(choice.path, {}).setdefault(kept, (asked, row))
    n_columns = max(widths, default=0)
    if whole is not None and n_columns:
        for sizes in by_method.values():
            # Every ranking ends with every column.
            sizes[float(np.mean(widths))] = (n_columns, whole)
    ranked = _ranking_seconds(result, selections)
    curves = tuple(
        replace(
            _curve(method, sizes, chosen, higher, ratio, confidence),
            ranking_seconds=ranked.get(method, math.nan),
        )
        for method, sizes in by_method.items()
    )
    return ScoreBySize(
        chosen.label, higher, everything.mean,
        *within(chosen, everything.low, everything.high), n_columns, curves, tuple(failed),
        confidence,
    )  # fmt: skip


def _ranking_seconds(
    result: RunResult, selections: Mapping[str, Sequence[Selected]]
) -> dict[str, float]:
    """Mean seconds of the ranking that the sizes of each method share, where they share one."""
    found: dict[str, list[float]] = {}
    for choice in dict.fromkeys(c.candidate.selector for c in result.candidates):
        logs = [s.log.ranking for s in selections.get(choice.label(), ())]
        found.setdefault(choice.path, []).extend(log.seconds for log in logs if log is not None)
    return {method: float(np.mean(some)) for method, some in found.items() if some}


def _mean(values: Sequence[float], ratio: float | None, confidence: float) -> CorrectedT:
    """A mean over the splits, without interval where the corrected t does not apply."""
    if ratio is not None:
        return corrected_t(values, ratio, confidence)
    found, nan = corrected_t(values, 0.0), math.nan
    return replace(found, std_error=nan, statistic=nan, p_value=nan, low=nan, high=nan)


def _curve(
    method: str,
    sizes: Mapping[float, tuple[int, CandidateResult]],
    metric: Metric,
    higher: bool,
    ratio: float | None,
    confidence: float,
) -> SizeCurve:
    kept = sorted(sizes)
    rows = [sizes[k][1] for k in kept]
    means = [_mean(row.scores[metric.key], ratio, confidence) for row in rows]
    sign = 1.0 if higher else -1.0
    best = max(range(len(kept)), key=lambda i: (sign * means[i].mean, -kept[i]))
    pairs = [(i, best) for i in range(len(kept)) if i != best]
    tests, _ = differences(rows, pairs, metric, ratio, confidence, None) if pairs else ((), "")
    p_of = {i: test.p_adjusted for (i, _), test in zip(pairs, tests, strict=True)}
    points = tuple(
        SizePoint(
            sizes[k][0], k, t.mean, *within(metric, t.low, t.high), t.std_error,
            p_of.get(i, math.nan),
        )
        for i, (k, t) in enumerate(zip(kept, means, strict=True))
    )  # fmt: skip
    error = means[best].std_error
    reach = sign * means[best].mean - (error if not math.isnan(error) else 0.0)
    near = next(i for i in range(len(kept)) if sign * means[i].mean >= reach)
    tied = next(i for i in range(len(kept)) if i == best or p_of.get(i, math.nan) >= 1 - confidence)
    return SizeCurve(method, points, best, near, tied)
