"""Whether candidates differ by more than the draw of the splits."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from outfold.judge.adjust import adjust
from outfold.judge.bootstrap import bootstrap, interval, p_value
from outfold.judge.bootstrap_run import UNCORRECTED, BootstrapRun, bootstrap_run, test_words
from outfold.judge.chosen_metric import chosen_metric
from outfold.judge.corrected_t import corrected_t
from outfold.metrics.metric import Floats, Metric
from outfold.study.results import CandidateResult, Predictions, RunResult

NO_PAIR = "none: fewer than two candidates have this metric and all their splits"
Lookup = Callable[[str], Predictions]
"""From a candidate's name to its stored predictions."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two candidates on the same splits.

    Attributes:
        a: Name of the first.
        b: Name of the second.
        difference: Mean of a minus b, in the metric's unit.
        low: Lower end of the interval of the difference, not corrected for the number of pairs.
        high: Upper end.
        statistic: Corrected t; NaN where there is one split.
        p_value: Two-sided.
        p_adjusted: After Holm over the pairs of this comparison.
        n_splits: Splits on which both have a value.
    """

    a: str
    b: str
    difference: float
    low: float
    high: float
    statistic: float
    p_value: float
    p_adjusted: float
    n_splits: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every pair of candidates, judged by one metric.

    Attributes:
        metric: Key of the metric.
        method: How the differences were judged, in words.
        confidence: Of the intervals.
        pairs: Every pair of finished candidates, in the study's order.
    """

    metric: str
    method: str
    confidence: float
    pairs: tuple[Pair, ...]

    def frame(self) -> pd.DataFrame:
        """One row per pair: a, b, difference, low, high, statistic, p_value, p_adjusted, …."""
        names = list(Pair.__dataclass_fields__)
        return pd.DataFrame([[getattr(p, n) for n in names] for p in self.pairs], columns=names)

    def to_json(self) -> dict[str, Any]:
        """The comparison as the command line prints it."""
        return {
            "metric": self.metric,
            "method": self.method,
            "confidence": self.confidence,
            "pairs": self.frame().to_dict("records"),
        }


def compare(
    result: RunResult,
    metric: str | None = None,
    confidence: float = 0.95,
    predictions: Lookup | None = None,
) -> Comparison:
    """Test every pair of finished candidates on the splits that they share.

    Args:
        result: What was measured.
        metric: Key of the metric; the study's own by default.
        confidence: Of the intervals.
        predictions: For a single hold-out, where one split gives no test, and for the .632+
            bootstrap: how to get stored predictions.

    Raises:
        UnknownNameError: There is no such metric.
        NotApplicableError: The metric is not defined for the task.
    """
    chosen = chosen_metric(result.study, metric)
    rows = [c for c in result.finished() if known(c, chosen)]
    pairs = list(itertools.combinations(range(len(rows)), 2))
    if result.study.validation.declared.apparent:
        plus = bootstrap_run(result, predictions)
        found, method = differences(rows, pairs, chosen, None, confidence, plus)
        return Comparison(chosen.key, method, confidence, found)
    drawn = row_draws(rows, chosen, predictions)
    found, method = differences(rows, pairs, chosen, result.test_train_ratio, confidence, drawn)
    return Comparison(chosen.key, method, confidence, found)


def known(row: CandidateResult, metric: Metric) -> bool:
    """Whether a candidate has the metric on at least one split."""
    return bool(np.isfinite(row.scores.get(metric.key, ())).any())


def row_draws(
    rows: Sequence[CandidateResult], metric: Metric, predictions: Lookup | None
) -> Floats | None:
    """For a single hold-out, the metric on resampled validation rows, (draws, n_candidates).

    None where there are several splits, which tell more, or where there are no predictions.
    """
    if predictions is None or not rows or len(rows[0].scores[metric.key]) != 1:
        return None
    return bootstrap([predictions(row.name).scored() for row in rows], metric)


def differences(
    rows: Sequence[CandidateResult],
    pairs: Sequence[tuple[int, int]],
    metric: Metric,
    ratio: float | None,
    confidence: float,
    drawn: Floats | BootstrapRun | None,
) -> tuple[tuple[Pair, ...], str]:
    """The pairs, with Holm's correction over them, and how they were judged, in words.

    Args:
        rows: Candidates that have the metric.
        pairs: Which of them to compare, by position in ``rows``.
        metric: The metric.
        ratio: Validation rows over training rows; None where the corrected t does not apply.
        confidence: Of the intervals.
        drawn: What ``bootstrap_run`` or else ``row_draws`` gave.
    """
    if not pairs:
        return (), NO_PAIR
    scores = np.array([row.scores[metric.key] for row in rows], dtype=np.float64)
    if isinstance(drawn, BootstrapRun):
        found = [drawn.difference(rows[i].name, rows[j].name, metric, confidence) for i, j in pairs]
        nan, n = float("nan"), scores.shape[-1]
        judged = [(gap, low, high, nan, p, n) for gap, low, high, p in found]
        method = test_words(metric)
    elif drawn is not None:
        gaps = [float(scores[i, 0] - scores[j, 0]) for i, j in pairs]
        judged = [
            _by_rows(gap, drawn[:, i] - drawn[:, j], confidence)
            for gap, (i, j) in zip(gaps, pairs, strict=True)
        ]
        method = f"paired bootstrap of the validation rows, {len(drawn)} draws"
    elif ratio is None:
        means, nan = [corrected_t(scores[i] - scores[j], 0.0) for i, j in pairs], float("nan")
        judged = [(t.mean, nan, nan, nan, nan, t.n) for t in means]
        method = UNCORRECTED
    else:
        tests = [corrected_t(scores[i] - scores[j], ratio, confidence) for i, j in pairs]
        judged = [(t.mean, t.low, t.high, t.statistic, t.p_value, t.n) for t in tests]
        method = "corrected resampled t-test (Nadeau & Bengio 2003)"
        if rows and scores.shape[1] == 1:
            method = "none: a single split gives no test without its predictions"
    holm = adjust([p for *_, p, _ in judged], "holm")
    made = tuple(
        Pair(rows[i].name, rows[j].name, d, *possible(metric, low, high), t, p, float(fixed), n)
        for (i, j), (d, low, high, t, p, n), fixed in zip(pairs, judged, holm, strict=True)
    )
    return made, method if method.startswith("none") else f"{method}, Holm over {len(pairs)} pairs"


def possible(metric: Metric, low: float, high: float) -> tuple[float, float]:
    """The interval of a difference, cut off where two values of the metric cannot be apart more."""
    if metric.low is None or metric.high is None:
        return low, high
    most = metric.high - metric.low
    return float(np.maximum(low, -most)), float(np.minimum(high, most))


def _by_rows(
    observed: float, drawn: Floats, confidence: float
) -> tuple[float, float, float, float, float, int]:
    low, high = interval(observed, drawn, confidence)
    return observed, low, high, float("nan"), p_value(observed, drawn), 1
