"""The candidates ranked, with the uncertainty of each figure and the group tied with the best.

Intervals of a mean over splits are Nadeau & Bengio's (2003), because splits share training rows.
They describe one candidate each; whether two differ is told by the test of their differences on
the same splits, which is sharper than looking whether intervals overlap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from outfold.errors import LetGoError
from outfold.judge.bootstrap import interval
from outfold.judge.bootstrap_run import (
    UNCORRECTED,
    BootstrapRun,
    bootstrap_run,
    estimate_words,
    interval_words,
)
from outfold.judge.bootstrap_run import interval as interval_of_error
from outfold.judge.chosen_metric import chosen_metric
from outfold.judge.compare import Lookup, differences, known, row_draws
from outfold.judge.corrected_t import corrected_t
from outfold.metrics.catalogue import metrics_for
from outfold.metrics.metric import Floats, Metric
from outfold.study.results import CandidateResult, RunResult

MEAN = "mean over the splits, on rows held out"

UNRANKED = {"finished": 0, "running": 1, "waiting": 2, "stopped": 3, "cancelled": 4, "failed": 5}
"""In which order candidates without a rank follow those that have one, by status."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric of one candidate.

    Attributes:
        mean: Mean over the splits on which it is defined.
        std: Standard deviation over them, ddof 1; NaN for one split.
        low: Lower end of the interval for the mean; NaN where there is none.
        high: Upper end.
        n: Splits on which it is defined.
        values: Its value on each finished split, NaN where undefined.
        std_error: Of the mean, where it does not follow from ``std``; else NaN.
    """

    mean: float
    std: float
    low: float
    high: float
    n: int
    values: tuple[float, ...]
    std_error: float = float("nan")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a leaderboard.

    Attributes:
        result: The candidate and what it cost.
        rank: From 1; None where it is not finished or the ranking metric is undefined.
        figures: By metric key; empty before the first split.
        baseline: Whether it looks at no feature.
        tied: Whether it is the best or not told apart from it.
        p_vs_best: Of the test against the best, after Holm; NaN for the best and the unranked.
        difference: Mean difference to the best, in the metric's unit; 0 for the best itself.
        reason: Why it failed, was stopped or cannot be ranked; empty otherwise.
    """

    result: CandidateResult
    rank: int | None
    figures: Mapping[str, Figure]
    baseline: bool
    tied: bool
    p_vs_best: float
    difference: float
    reason: str

    @property
    def name(self) -> str:
        """The candidate's name."""
        return self.result.name


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """Candidates, ranked ones first, failed ones last.

    Attributes:
        metric: Key of the ranking metric.
        label: Its name for people.
        direction: Whether more is better.
        confidence: Of the intervals, and 1 minus the level of the tests.
        interval: How the intervals were made, in words.
        test: How candidates were compared with the best, in words.
        rows: The candidates.
        n_splits: Splits of the run.
        estimate: What the figures are, in words.
    """

    metric: str
    label: str
    direction: Literal["higher", "lower"]
    confidence: float
    interval: str
    test: str
    rows: tuple[Row, ...]
    n_splits: int
    estimate: str = MEAN

    @property
    def best(self) -> Row | None:
        """The first in rank, or None while none is ranked."""
        return self.rows[0] if self.rows and self.rows[0].rank == 1 else None

    @property
    def partial(self) -> tuple[Row, ...]:
        """Candidates that ended, failed or wait with some splits, best so far first.

        They have figures and no rank. Those that racing stopped are not among them: they were
        beaten, not cut short.
        """
        found = [
            row for row in self.rows
            if row.rank is None and row.result.status != "stopped"
            and 0 < row.result.splits_done < self.n_splits
            and self.metric in row.figures and not np.isnan(row.figures[self.metric].mean)
        ]  # fmt: skip
        sign = -1 if self.direction == "higher" else 1
        return tuple(sorted(found, key=lambda row: sign * row.figures[self.metric].mean))

    def cut_short(self) -> str:
        """How far a run came that some candidates have only a part of; empty for any other."""
        if not self.partial:
            return ""
        done = sum(row.result.splits_done for row in self.rows)
        all_fits = self.n_splits * len(self.rows)
        cancelled = any(row.result.status == "cancelled" for row in self.rows)
        return (
            f"{'Cancelled after ' if cancelled else ''}{done:,} of {all_fits:,} fits"
            f"{'' if cancelled else ' are done'}: figures stand on the splits that finished"
        )

    @property
    def tied_with_best(self) -> tuple[str, ...]:
        """The best and every candidate that is not told apart from it, in rank order."""
        return tuple(row.name for row in self.rows if row.tied)

    def sentence(self) -> str:
        """What the leaderboard shows, in one sentence; candidates by their plain names."""
        best = self.best
        if best is None:
            told = self.cut_short()
            return f"No candidate is finished. {told}." if told else "No candidate is finished yet."
        others = len(self.tied_with_best) - 1
        if sum(row.rank is not None for row in self.rows) == 1:
            return f"{best.name} is the only candidate with a score."
        if np.isnan(best.figures[self.metric].low):
            lacks = "one split" if self.n_splits == 1 else "the run without its predictions"
            return f"{best.name} scores best; {lacks} cannot say by how much more than chance."
        if best.baseline or any(row.baseline and row.tied for row in self.rows):
            return "No candidate is told apart from the baseline, which looks at no feature."
        if others == 0:
            return f"{best.name} is better than every other candidate."
        count = {1: "one other candidate is", 2: "two others are", 3: "three others are"}
        words = count.get(others, f"{others} others are")
        return f"{best.name} scores best; {words} tied with it."

    def frame(self) -> pd.DataFrame:
        """One row per candidate: names, rank, the ranking metric, the other metrics, costs.

        Columns: rank, candidate, selector, resampler, model, status, splits_done, rows (that the
        figures stand on), baseline, tied_with_best,
        score, std, low, high (of the ranking metric), p_vs_best, one column for the mean of each
        metric, fit_seconds, predict_seconds_per_1000, predict_seconds_one_row,
        peak_memory_bytes, size_bytes, reason.
        """
        records = []
        for row in self.rows:
            shown = row.figures.get(self.metric)
            records.append(
                {
                    "rank": row.rank,
                    **_names(row.result),
                    "status": row.result.status,
                    "splits_done": row.result.splits_done,
                    "rows": row.result.rows,
                    "baseline": row.baseline,
                    "tied_with_best": row.tied,
                    "score": shown.mean if shown else np.nan,
                    "std": shown.std if shown else np.nan,
                    "low": shown.low if shown else np.nan,
                    "high": shown.high if shown else np.nan,
                    "p_vs_best": row.p_vs_best,
                    **{key: figure.mean for key, figure in row.figures.items()},
                    **_costs(row.result),
                    "reason": row.reason,
                }
            )
        table = pd.DataFrame(records)
        if "rank" in table:
            table["rank"] = table["rank"].astype("Int64")
        return table

    def figures(self) -> pd.DataFrame:
        """One row per candidate and metric: candidate, metric, mean, std, low, high, n_splits."""
        columns = ["candidate", "metric", "mean", "std", "low", "high", "n_splits"]
        rows = [
            [row.name, key, f.mean, f.std, f.low, f.high, f.n]
            for row in self.rows
            for key, f in row.figures.items()
        ]
        return pd.DataFrame(rows, columns=columns)

    def to_json(self) -> dict[str, Any]:
        """The leaderboard as the command line prints it."""
        lines = []
        for row in self.rows:
            lines.append(
                {
                    **_names(row.result),
                    "rank": row.rank,
                    "baseline": row.baseline,
                    "tied_with_best": row.tied,
                    "p_vs_best": row.p_vs_best,
                    "metrics": {
                        key: {
                            "mean": f.mean,
                            "std": f.std,
                            "low": f.low,
                            "high": f.high,
                            "n_splits": f.n,
                        }
                        for key, f in row.figures.items()
                    },
                    **_costs(row.result),
                    "status": row.result.status,
                    "splits_done": row.result.splits_done,
                    "rows": row.result.rows,
                    "reason": row.reason,
                }
            )
        return {
            "metric": self.metric,
            "direction": self.direction,
            "confidence": self.confidence,
            "estimate": self.estimate,
            "interval": self.interval,
            "test": self.test,
            "leaderboard": lines,
            "tied_with_best": list(self.tied_with_best),
        }


def _names(row: CandidateResult) -> dict[str, str]:
    c = row.candidate
    return {
        "candidate": c.name,
        "selector": c.selector.label(),
        "resampler": c.resampler.label(),
        "model": c.model.label(),
    }


def _costs(row: CandidateResult) -> dict[str, float]:
    names = ["fit_seconds", "predict_seconds_per_1000", "predict_seconds_one_row",
             "peak_memory_bytes", "size_bytes"]  # fmt: skip
    return {name: getattr(row.costs, name) for name in names}


def leaderboard(
    result: RunResult,
    metric: str | None = None,
    confidence: float = 0.95,
    predictions: Lookup | None = None,
) -> Leaderboard:
    """Rank the candidates of a run, as far as it has come.

    Args:
        result: What was measured.
        metric: Key of the ranking metric; the study's own by default.
        confidence: Of the intervals, and 1 minus the level of the tests against the best.
        predictions: How to get a candidate's stored predictions. A single hold-out needs them for
            intervals and tests, by a bootstrap of the validation rows; the .632+ bootstrap needs
            them for its estimate, without which the plain mean out of bag is shown.

    Raises:
        UnknownNameError: There is no such metric.
        NotApplicableError: The metric is not defined for the task.
    """
    chosen = chosen_metric(result.study, metric)
    sign = -1.0 if chosen.direction == "higher" else 1.0
    metrics = _metrics(result, chosen)
    figures = {c.name: _figures(c, metrics, result, confidence) for c in result.candidates}
    ranked = [c for c in result.finished() if known(c, chosen)]
    corrects = result.study.validation.declared.apparent
    if plus := bootstrap_run(result, predictions):
        try:
            figures |= {c.name: _corrected(c, plus, metrics, confidence) for c in ranked}
        except LetGoError:
            plus = None  # scores outlive the predictions that would correct them
    ranked.sort(key=lambda c: sign * figures[c.name][chosen.key].mean)
    single = result.n_splits == 1
    how = _over(figures, chosen, confidence)
    if single:
        how = "none: a single split gives no interval without its predictions"
    drawn = plus or (None if corrects else row_draws(ranked, chosen, predictions))
    told = ""
    if corrects:
        how, told = UNCORRECTED, "plain mean out of bag, not corrected"
    if isinstance(drawn, BootstrapRun):
        how = interval_words(chosen, confidence, result.n_splits)
        told = estimate_words(chosen, result.n_splits)
    elif drawn is not None:
        how = f"{confidence:.0%} bootstrap of the validation rows, {len(drawn)} draws"
        _add_row_intervals(figures, ranked, chosen, confidence, drawn)
    versus = [(0, i) for i in range(1, len(ranked))]
    ratio = None if corrects else result.test_train_ratio
    pairs, test = differences(ranked, versus, chosen, ratio, confidence, drawn)
    p = {pair.b: pair.p_adjusted for pair in pairs}
    gap = {pair.b: -pair.difference for pair in pairs}
    nan, level = float("nan"), 1 - confidence
    rows = []
    for place, c in enumerate(ranked):
        name, baseline = c.name, c.candidate.is_baseline
        tied = place == 0 or p[name] >= level
        away = gap.get(name, 0.0)
        rows.append(Row(c, place + 1, figures[name], baseline, tied, p.get(name, nan), away, ""))
    names = {c.name for c in ranked}
    rest = sorted(
        (c for c in result.candidates if c.name not in names),
        key=lambda c: (UNRANKED[c.status], _so_far(figures[c.name], chosen, sign)),
    )
    rows += [
        Row(c, None, figures[c.name], c.candidate.is_baseline, False, nan, nan, _reason(c, chosen))
        for c in rest
    ]
    return Leaderboard(
        chosen.key, chosen.label, chosen.direction, confidence, how, test, tuple(rows),
        result.n_splits, told or MEAN,
    )  # fmt: skip


def _over(figures: Mapping[str, Mapping[str, Figure]], metric: Metric, confidence: float) -> str:
    """What the intervals over splits are: of the fewest and the most that any candidate has."""
    counts = [n for own in figures.values() if metric.key in own and (n := own[metric.key].n) > 1]
    if not counts:
        return "none: an interval needs two splits"
    low, high = min(counts), max(counts)
    of = f"{high}" if low == high else f"{low} to {high}"
    return f"{confidence:.0%} corrected resampled t over {of} splits"


def _so_far(figures: Mapping[str, Figure], metric: Metric, sign: float) -> float:
    """Where a candidate without a rank stands among its like, by the splits that it has."""
    mean = figures[metric.key].mean if metric.key in figures else float("nan")
    return float("inf") if np.isnan(mean) else sign * mean


def _metrics(result: RunResult, chosen: Metric) -> tuple[Metric, ...]:
    """The metrics of the task in menu order, and the one that ranks where it is none of them."""
    usual = metrics_for(result.study.task)
    return usual if chosen.key in {m.key for m in usual} else (*usual, chosen)


def _corrected(
    row: CandidateResult, plus: BootstrapRun, known_metrics: Sequence[Metric], confidence: float
) -> dict[str, Figure]:
    """Every metric of a candidate as the .632+ bootstrap estimates it, in menu order."""
    metrics = [m for m in known_metrics if row.scores.get(m.key)]
    found = {}
    for metric, made in zip(metrics, plus.estimates(row.name, metrics).values(), strict=True):
        low, high = within(metric, *interval_of_error(made.value, made.std_error, confidence))
        scores = [v for v in row.scores[metric.key] if not np.isnan(v)]
        std = float(np.std(scores, ddof=1)) if len(scores) > 1 else float("nan")
        found[metric.key] = Figure(
            made.value, std, low, high, len(scores), tuple(row.scores[metric.key]), made.std_error
        )
    return found


def _figures(
    row: CandidateResult, metrics: Sequence[Metric], result: RunResult, confidence: float
) -> dict[str, Figure]:
    """Every metric of a candidate, in menu order."""
    found = {}
    for metric in metrics:
        if values := row.scores.get(metric.key, ()):
            t = corrected_t(values, result.test_train_ratio, confidence)
            low, high = within(metric, t.low, t.high)
            if result.study.validation.declared.apparent:
                low = high = float("nan")  # the corrected t is about splits of another kind
            std = float(np.sqrt(t.variance))
            found[metric.key] = Figure(t.mean, std, low, high, t.n, tuple(values))
    return found


def within(metric: Metric, low: float, high: float) -> tuple[float, float]:
    """An interval cut off at the bounds that the metric cannot pass."""
    if metric.low is not None:
        low = float(np.maximum(low, metric.low))
    if metric.high is not None:
        high = float(np.minimum(high, metric.high))
    return low, high


def _add_row_intervals(
    figures: dict[str, dict[str, Figure]],
    ranked: list[CandidateResult],
    metric: Metric,
    confidence: float,
    drawn: Floats,
) -> None:
    """Give the ranking metric of a single hold-out its bootstrap intervals."""
    for place, c in enumerate(ranked):
        was = figures[c.name][metric.key]
        low, high = within(metric, *interval(was.mean, drawn[:, place], confidence))
        figures[c.name][metric.key] = Figure(was.mean, was.std, low, high, was.n, was.values)


def _reason(row: CandidateResult, metric: Metric) -> str:
    if row.reason or row.status != "finished":
        return row.reason
    if metric.needs == "probability":
        return f"{metric.label} needs probabilities, and this model gives none."
    return f"{metric.label} is undefined on every split."
