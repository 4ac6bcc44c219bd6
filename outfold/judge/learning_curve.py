"""Would more rows help? Scores out of fold against the number of training rows.

Every point is measured on whole validation folds; only the training rows are thinned. Through the
points goes an inverse power law (Cortes et al. 1993), fitted with weights that rise with the size
as Figueroa et al. (2012) do. Its band comes from drawing the points anew as the splits scatter,
with the variance corrected for the training rows that splits share (Nadeau & Bengio 2003) and sizes
of one split kept together. It says how sure the law is where it holds; curves that do not follow a
power law (Viering & Loog 2021) are outside it.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from outfold.judge.bootstrap import bootstrap
from outfold.judge.chosen_metric import chosen_metric
from outfold.judge.power_law import fit_power_law
from outfold.metrics.metric import Floats, Metric
from outfold.study.grown_scores import GrownScores

Verdict = Literal["helps", "hardly", "unsure", "unknown"]

DRAWS = 400
LEAST_SIZES = 4
"""Sizes that a law of three numbers needs."""
REACH = 4.0
"""The law is drawn up to this many times the training rows."""
DRAWN_POINTS = 60
WORTH = 0.01
"""A gain counts from this share of what the candidate is better than the baseline."""

VERDICTS: dict[Verdict, str] = {
    "helps": "more rows would help",
    "hardly": "more rows would hardly help",
    "unsure": "it cannot be told whether more rows would help",
    "unknown": "too little is measured to say whether more rows would help",
}


@dataclass(frozen=True, slots=True)
class Gain:
    """What another number of training rows would change, positive where it is better.

    Attributes:
        rows: Training rows.
        score: Expected score there.
        gain: Expected improvement over the score at all training rows, in the metric's unit.
        low: Lower end of its interval.
        high: Upper end.
    """

    rows: float
    score: float
    gain: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class CandidateCurve:
    """One candidate's curve.

    Attributes:
        candidate: Its name.
        model: Key of its model.
        baseline: Whether it looks at no feature.
        rows: Training rows of the measured sizes, ascending, shape (n_sizes,).
        mean: Mean score over the splits at each size, NaN where one is missing.
        low: Lower end of its interval.
        high: Upper end.
        limit: What the law nears with ever more rows; NaN where none was fitted.
        rate: The law's exponent c.
        line_rows: Training rows at which the law is drawn, shape (n_points,); empty without a law.
        line: The law there.
        line_low: Lower edge of its band.
        line_high: Upper edge.
        doubling: What twice the training rows would change; None without a law.
        verdict: Whether more rows would help.
    """

    candidate: str
    model: str
    baseline: bool
    rows: Floats
    mean: Floats
    low: Floats
    high: Floats
    limit: float
    rate: float
    line_rows: Floats
    line: Floats
    line_low: Floats
    line_high: Floats
    doubling: Gain | None
    verdict: Verdict


@dataclass(frozen=True, slots=True, eq=False)
class LearningCurve:
    """The curves of a run's candidates.

    Attributes:
        metric: Key of the metric.
        label: Its name for people.
        direction: Whether more is better.
        confidence: Of intervals and bands.
        interval: How they were made, in words.
        curves: Best at all rows first; the baseline last.
    """

    metric: str
    label: str
    direction: Literal["higher", "lower"]
    confidence: float
    interval: str
    curves: tuple[CandidateCurve, ...]

    def __getitem__(self, candidate: str) -> CandidateCurve:
        for curve in self.curves:
            if curve.candidate == candidate:
                return curve
        raise KeyError(candidate)

    @property
    def best(self) -> CandidateCurve | None:
        """The candidate that scores best on all rows, or None while there is none."""
        return next((c for c in self.curves if not c.baseline and not math.isnan(c.mean[-1])), None)

    def sentence(self, candidate: str | None = None) -> str:
        """Whether more rows would help a candidate, the best by default, in one sentence."""
        curve = self[candidate] if candidate else self.best
        if curve is None:
            return "No candidate is measured on all rows yet."
        gain = curve.doubling
        if gain is None:
            return f"{curve.candidate}: {VERDICTS[curve.verdict]}."
        verb = "raise" if self.direction == "higher" else "lower"
        digits = _digits(gain)
        return (
            f"{VERDICTS[curve.verdict].capitalize()}: twice the training rows "
            f"({gain.rows:,.0f}) would {verb} {self.label} of {curve.candidate} by about "
            f"{gain.gain:.{digits}f} ({gain.low:.{digits}f} to {gain.high:.{digits}f}), "
            f"to {gain.score:.{digits}f}."
        )

    def frame(self) -> pd.DataFrame:
        """One row per candidate and size: candidate, rows, mean, low, high, measured."""
        columns = ["candidate", "rows", "mean", "low", "high", "measured"]
        lines: list[list[Any]] = []
        for c in self.curves:
            lines += [
                [c.candidate, round(n), m, lo, hi, True]
                for n, m, lo, hi in zip(c.rows, c.mean, c.low, c.high, strict=True)
            ]
            if c.doubling:
                g, sign = c.doubling, 1.0 if self.direction == "higher" else -1.0
                ends = sorted((c.mean[-1] + sign * g.low, c.mean[-1] + sign * g.high))
                lines.append([c.candidate, round(g.rows), g.score, *ends, False])
        return pd.DataFrame(lines, columns=columns)

    def to_json(self) -> dict[str, Any]:
        """The curves as the command line prints them."""
        found = []
        for c in self.curves:
            gain = c.doubling
            found.append(
                {
                    "candidate": c.candidate,
                    "baseline": c.baseline,
                    "points": [
                        {"rows": float(n), "mean": float(m), "low": float(lo), "high": float(hi)}
                        for n, m, lo, hi in zip(c.rows, c.mean, c.low, c.high, strict=True)
                    ],
                    "limit": c.limit,
                    "rate": c.rate,
                    "doubling": None
                    if gain is None
                    else {
                        "rows": gain.rows,
                        "score": gain.score,
                        "gain": gain.gain,
                        "low": gain.low,
                        "high": gain.high,
                    },
                    "verdict": c.verdict,
                }
            )
        return {
            "metric": self.metric,
            "direction": self.direction,
            "confidence": self.confidence,
            "interval": self.interval,
            "curves": found,
            "sentence": self.sentence(),
        }


def _digits(gain: Gain) -> int:
    """Decimals that show the width of the interval with two digits."""
    width = max(gain.high - gain.low, abs(gain.gain), 1e-12)
    return min(8, max(0, 1 - math.floor(math.log10(width))))


def learning_curve(
    measured: GrownScores,
    metric: str | None = None,
    confidence: float = 0.95,
    seed: int = 0,
) -> LearningCurve:
    """The curve of each candidate, and what twice the training rows would change.

    Args:
        measured: Scores by size and split.
        metric: Key of the metric; the study's own by default.
        confidence: Of intervals and bands, two-sided.
        seed: Of the draws.

    Raises:
        UnknownNameError: There is no such metric.
        NotApplicableError: The metric is not defined for the task.
    """
    chosen = chosen_metric(measured.study, metric)
    single = measured.n_splits == 1
    how = f"{confidence:.0%} corrected resampled t over {measured.n_splits} splits"
    if single:
        how = f"{confidence:.0%} bootstrap of the validation rows"
    scores = {name: found[chosen.key] for name, found in measured.scores.items()
              if chosen.key in found}  # fmt: skip
    floor = next(
        (
            float(_means(values)[-1])
            for name, values in scores.items()
            if measured.candidates[name].is_baseline
        ),
        math.nan,
    )
    curves = [
        _curve(name, values, measured, chosen, confidence, floor, seed)
        for name, values in scores.items()
    ]
    sign = -1.0 if chosen.direction == "higher" else 1.0
    curves.sort(
        key=lambda c: (c.baseline, math.isnan(c.mean[-1]), sign * np.nan_to_num(c.mean[-1]))
    )
    return LearningCurve(chosen.key, chosen.label, chosen.direction, confidence, how, tuple(curves))


def _means(values: Floats) -> Floats:
    """Means over the splits; NaN where a split has no value, so that sizes stay comparable."""
    return values.mean(axis=1)


def _curve(
    name: str,
    values: Floats,
    measured: GrownScores,
    metric: Metric,
    confidence: float,
    floor: float,
    seed: int,
) -> CandidateCurve:
    from scipy.special import ndtri, stdtrit

    candidate = measured.candidates[name]
    mean = _means(values)
    known = np.flatnonzero(~np.isnan(mean))
    n_splits = values.shape[1]
    drawn, freedom = _drawn(name, values, known, measured, metric, seed)
    half = np.full(len(mean), np.nan)
    if drawn is not None:
        tail = 0.5 + confidence / 2
        times = float(ndtri(tail) if freedom is None else stdtrit(freedom, tail))
        half[known] = times * _standard_errors(values[known], measured.ratio, drawn, n_splits)
    low, high = _within(metric, mean - half, mean + half)
    nothing = np.empty(0)
    bare = CandidateCurve(
        name, candidate.model.key, candidate.is_baseline, measured.rows, mean, low, high,
        math.nan, math.nan, nothing, nothing, nothing, nothing, None, "unknown",
    )  # fmt: skip
    if candidate.is_baseline or drawn is None or len(known) < LEAST_SIZES or np.isnan(mean[-1]):
        return bare
    return _extrapolated(bare, metric, known, drawn, confidence, floor)


def _drawn(
    name: str,
    values: Floats,
    known: np.ndarray,
    measured: GrownScores,
    metric: Metric,
    seed: int,
) -> tuple[Floats | None, int | None]:
    """The means drawn anew, shape (draws, n_known), and the degrees of freedom of their spread."""
    mean, n_splits = _means(values)[known], values.shape[1]
    if not len(known):
        return None, None
    if n_splits == 1:
        scored = [measured.scored(name, int(size)) for size in known]
        if any(s is None for s in scored):
            return None, None
        found = bootstrap([s for s in scored if s is not None], metric, seed=seed)
        found = found[~np.isnan(found).any(axis=1)]
        return (mean + found - found.mean(axis=0) if len(found) > 1 else None), None
    # Deviations of a split at all sizes go together: what a split shares cancels in differences.
    rng = np.random.default_rng(seed)
    away = values[known] - mean[:, None]
    freedom = n_splits - 1
    spread = math.sqrt((1 / n_splits + measured.ratio) / freedom)
    noise = rng.normal(size=(DRAWS, n_splits)) @ away.T * spread
    tails = np.sqrt(freedom / rng.chisquare(freedom, size=(DRAWS, 1)))
    return mean + noise * tails, freedom


def _standard_errors(values: Floats, ratio: float, drawn: Floats, n_splits: int) -> Floats:
    if n_splits == 1:
        return drawn.std(axis=0, ddof=1)
    return np.sqrt(values.var(axis=1, ddof=1) * (1 / n_splits + ratio))


def _within(metric: Metric, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    if metric.low is not None:
        low = np.maximum(low, metric.low)
    if metric.high is not None:
        high = np.minimum(high, metric.high)
    return low, high


def _extrapolated(
    bare: CandidateCurve,
    metric: Metric,
    known: np.ndarray,
    drawn: Floats,
    confidence: float,
    floor: float,
) -> CandidateCurve:
    """The curve with its law, band, expected gain and verdict."""
    higher = metric.direction == "higher"
    bound = metric.high if higher else metric.low
    rows, mean = bare.rows[known], bare.mean[known]
    weight = np.arange(1, len(known) + 1, dtype=np.float64)
    law = fit_power_law(rows, mean[None, :], weight, higher=higher, bound=bound)
    laws = fit_power_law(rows, drawn, weight, higher=higher, bound=bound)
    largest = float(bare.rows[-1])
    line_rows = np.geomspace(float(rows[0]), REACH * largest, DRAWN_POINTS)
    tails = [0.5 - confidence / 2, 0.5 + confidence / 2]
    band = np.quantile(laws.at(line_rows), tails, axis=0)
    low, high = _within(metric, band[0], band[1])
    ends = np.array([largest, 2 * largest])
    sign = 1.0 if higher else -1.0
    gain = float(sign * np.diff(law.at(ends)[0])[0])
    gains = sign * np.diff(laws.at(ends), axis=1)[:, 0]
    gain_low, gain_high = (float(q) for q in np.quantile(gains, tails))
    # The law passes near the last point, not through it: the gain is put on top of what was seen.
    doubling = Gain(2 * largest, float(bare.mean[-1] + sign * gain), gain, gain_low, gain_high)
    above = abs(float(bare.mean[-1]) - floor)
    worth = WORTH * (above if above > 0 else abs(float(bare.mean[-1])))
    verdict: Verdict = "unsure"
    if gain_low > worth:
        verdict = "helps"
    elif gain_high < worth:
        verdict = "hardly"
    return dataclasses.replace(
        bare,
        limit=float(law.a[0]),
        rate=float(law.c[0]),
        line_rows=line_rows,
        line=law.at(line_rows)[0],
        line_low=low,
        line_high=high,
        doubling=doubling,
        verdict=verdict,
    )
