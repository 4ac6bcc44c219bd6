"""Two candidates of one run or of two: what a change did to each metric, and whether that is noise.

Candidates judged on the same splits are compared split by split, with the variance corrected for
shared training rows (Nadeau & Bengio 2003). Where splits differ there is nothing to pair: the two
means are then compared with the sum of their corrected variances and the smaller degrees of
freedom, which is careful, for two validations of one table resemble each other. A single hold-out
is compared row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.adjust import adjust
from outfold.judge.bootstrap import standard_error
from outfold.judge.corrected_t import corrected_t
from outfold.judge.row_influence import drawn, influence, shares, spread
from outfold.judge.same_rows import on_same_splits
from outfold.metrics.catalogue import metrics_for
from outfold.metrics.metric import Metric
from outfold.study.results import CandidateResult, Predictions, RunResult

LEVEL = 0.05
Verdict = Literal["better", "worse", "noise", "unknown"]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one metric.

    Attributes:
        metric: Its key.
        label: Its name for people.
        direction: Whether more is better.
        first: Of the first candidate, mean over its splits.
        second: Of the second.
        difference: Second minus first, mean over the shared splits where there are any.
        low: Lower end of its interval.
        high: Upper end.
        p_value: Two-sided.
        p_adjusted: After Holm over the metrics.
    """

    metric: str
    label: str
    direction: Literal["higher", "lower"]
    first: float
    second: float
    difference: float
    low: float
    high: float
    p_value: float
    p_adjusted: float

    @property
    def verdict(self) -> Verdict:
        """Whether the second is better or worse by more than noise."""
        if np.isnan(self.p_adjusted):
            return "unknown"
        if self.p_adjusted >= LEVEL:
            return "noise"
        return "better" if (self.difference > 0) == (self.direction == "higher") else "worse"


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two candidates beside each other.

    Attributes:
        changes: One per metric that both have, in menu order.
        paired: Whether they were judged on the same splits.
        method: How differences were judged, in words.
        confidence: Of the intervals.
        rows: Rows predicted by both; 0 where they were not judged on the same splits.
        otherwise: Share of the predictions in which the classes differ; NaN for numbers.
    """

    changes: tuple[Change, ...]
    paired: bool
    method: str
    confidence: float
    rows: int
    otherwise: float

    def sentence(self) -> str:
        """What the change did, in one sentence."""
        verdicts = [c.verdict for c in self.changes]
        better, worse = verdicts.count("better"), verdicts.count("worse")
        n = len(verdicts)
        if not better and not worse:
            alone = sum(c.low > 0 or c.high < 0 for c in self.changes)
            most = f", since {n} were looked at; {alone} would not be alone" if alone else ""
            return f"Whatever changed is within noise on all {n} metrics{most}"
        parts = [f"better on {better}"] * (better > 0) + [f"worse on {worse}"] * (worse > 0)
        return f"The second is {' and '.join(parts)} of {n} metrics beyond noise"

    def frame(self) -> pd.DataFrame:
        """One row per metric: metric, label, first, second, difference, low, high, …, verdict."""
        names = list(Change.__dataclass_fields__)
        rows = [[*(getattr(c, n) for n in names), c.verdict] for c in self.changes]
        return pd.DataFrame(rows, columns=[*names, "verdict"])


def side_by_side(
    first: tuple[RunResult, Predictions],
    second: tuple[RunResult, Predictions],
    confidence: float = 0.95,
) -> SideBySide:
    """Compare two candidates, each with the run that it was measured in.

    Args:
        first: The run's result and the candidate's stored predictions.
        second: The same of the other.
        confidence: Of the intervals.

    Raises:
        NotApplicableError: They answer different questions, or rows were drawn by a bootstrap.
    """
    a, b = first[1], second[1]
    one, other = first[0].study, second[0].study
    if (one.target, one.task, a.classes) != (other.target, other.task, b.classes):
        raise NotApplicableError(
            f"One predicts {one.target} ({one.task}), the other {other.target} ({other.task}).",
            "Compare runs of one target and task.",
        )
    if a.task == "binary" and a.positive != b.positive:
        raise NotApplicableError(
            "The two runs call different classes positive.",
            "Choose the same positive class and run it again.",
        )
    if one.validation.declared.apparent or other.validation.declared.apparent:
        raise NotApplicableError(
            "Figures of the .632+ bootstrap are corrected within one run.",
            "Look at the pairs of one run instead.",
        )
    paired = on_same_splits(a, b)
    rows = (first[0][a.candidate.name], second[0][b.candidate.name])
    found = []
    for metric in metrics_for(one.task):
        scores = [np.asarray(r.scores.get(metric.key, ()), dtype=np.float64) for r in rows]
        if all(len(s) and np.isfinite(s).any() for s in scores):
            found.append(_change(metric, scores, first, second, paired, confidence))
    fixed = adjust([c.p_value for c in found], "holm")
    told = tuple(replace(c, p_adjusted=float(p)) for c, p in zip(found, fixed, strict=True))
    otherwise = float("nan")
    if paired and a.classes:
        otherwise = float((a.scored().predicted() != b.scored().predicted()).mean())
    return SideBySide(
        told, paired, _method(rows, paired), confidence,
        len(np.unique(a.rows)) if paired else 0, otherwise,
    )  # fmt: skip


def _method(rows: Sequence[CandidateResult], paired: bool) -> str:
    if paired and rows[0].splits_done == 1:
        return "row by row on the one hold-out"
    if paired:
        return "corrected resampled t-test on the shared splits (Nadeau & Bengio 2003)"
    return "two means on different splits, their corrected variances added"


def _change(
    metric: Metric,
    scores: Sequence[np.ndarray],
    first: tuple[RunResult, Predictions],
    second: tuple[RunResult, Predictions],
    paired: bool,
    confidence: float,
) -> Change:
    from scipy.special import stdtr, stdtrit

    means = [float(np.nanmean(s)) for s in scores]
    if paired and len(scores[0]) == 1:
        gap, error, df = means[1] - means[0], _row_error(metric, first[1], second[1]), np.inf
    elif paired and len(scores[0]) == len(scores[1]):
        t = corrected_t(scores[1] - scores[0], first[0].test_train_ratio, confidence)
        gap, error, df = t.mean, t.std_error, float(t.df)
    else:
        both = [
            corrected_t(s, r.test_train_ratio)
            for s, (r, _) in zip(scores, (first, second), strict=True)
        ]
        gap = means[1] - means[0]
        error = float(np.hypot(both[0].std_error, both[1].std_error))
        df = float(min(t.df for t in both))
    nan = float("nan")
    low = high = p = nan
    if df >= 1 and error >= 0:
        half = float(stdtrit(min(df, 1e9), 0.5 + confidence / 2)) * error
        low, high = gap - half, gap + half
        if error > 1e-14 * max(1.0, abs(means[0])):
            p = 2 * float(stdtr(min(df, 1e9), -abs(gap) / error))
        else:
            p = float(abs(gap) < 1e-14 * max(1.0, abs(means[0])))
    return Change(
        metric.key, metric.label, metric.direction, means[0], means[1], gap, low, high, p, p
    )


def _row_error(metric: Metric, a: Predictions, b: Predictions) -> float:
    """The standard error of a difference on one hold-out, both models held fixed."""
    units = np.unique(a.rows, return_inverse=True)[1].astype(np.intp)
    scored = [a.scored(), b.scored()]
    both = [influence(s, metric) for s in scored]
    if both[0] is not None and both[1] is not None:
        return spread(shares(scored[0]) * (both[1] - both[0]), units)
    values = drawn(scored, [units, units], metric)
    return standard_error(values[:, 1] - values[:, 0])
