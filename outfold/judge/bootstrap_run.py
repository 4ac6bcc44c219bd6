"""The candidates of a run under the .632+ bootstrap: their figures and their differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from outfold.judge.bootstrap_632 import Estimate, estimate, versus
from outfold.metrics.metric import Metric
from outfold.study.results import Predictions, RunResult

UNCORRECTED = "none: the .632+ bootstrap needs its predictions"
"""What is said of intervals and tests where the predictions are not at hand."""


@dataclass(frozen=True, slots=True, eq=False)
class BootstrapRun:
    """Estimates of a run's finished candidates, each computed once.

    Attributes:
        predictions: From a candidate's name to its predictions out of bag.
        known: What was computed so far.
    """

    predictions: Callable[[str], Predictions]
    known: dict[tuple[str, str], Estimate] = field(default_factory=dict)

    def estimate(self, candidate: str, metric: Metric) -> Estimate:
        """One candidate's estimate."""
        key = candidate, metric.key
        if key not in self.known:
            self.known[key] = estimate(self.predictions(candidate), metric)
        return self.known[key]

    def estimates(self, candidate: str, metrics: Sequence[Metric]) -> dict[str, Estimate]:
        """One candidate's estimates by metric, its predictions read once."""
        read = self.predictions(candidate)
        for metric in metrics:
            if (candidate, metric.key) not in self.known:
                self.known[candidate, metric.key] = estimate(read, metric)
        return {metric.key: self.known[candidate, metric.key] for metric in metrics}

    def difference(
        self, a: str, b: str, metric: Metric, confidence: float
    ) -> tuple[float, float, float, float]:
        """The difference of two candidates, its interval and its two-sided p-value."""
        gap, error = versus(self.estimate(a, metric), self.estimate(b, metric))
        return gap, *interval(gap, error, confidence), p_value(gap, error)


def bootstrap_run(
    result: RunResult, predictions: Callable[[str], Predictions] | None
) -> BootstrapRun | None:
    """The estimates of a run, or None if it was validated otherwise or has no predictions."""
    if predictions is None or not result.study.validation.declared.apparent:
        return None
    return BootstrapRun(predictions)


def interval(figure: float, error: float, confidence: float) -> tuple[float, float]:
    """The normal interval around a figure."""
    from scipy.special import ndtri

    half = float(ndtri(0.5 + confidence / 2)) * error
    return figure - half, figure + half


def p_value(difference: float, error: float) -> float:
    """Two-sided p-value of a difference, normal."""
    from scipy.special import ndtr

    if error < 1e-15:
        return float(difference == 0)
    return 2 * float(ndtr(-abs(difference) / error)) if error > 0 else float("nan")


def interval_words(metric: Metric, confidence: float, draws: int) -> str:
    """How an interval was made, in words."""
    if metric.parts is None:
        return (
            f"{confidence:.0%} normal with the standard deviation over {draws} draws, each judged "
            "on about 37 % of the rows and so wider than need be"
        )
    return (
        f"{confidence:.0%} normal, infinitesimal jackknife over {draws} draws "
        "(Efron & Tibshirani 1997)"
    )


def estimate_words(metric: Metric, draws: int) -> str:
    """What the shown figure is, in words."""
    if metric.parts is None:
        return f"plain mean out of bag over {draws} draws; {metric.label} has no .632+ form"
    source = "Sahiner et al. 2008" if metric.parts.kind == "together" else "Efron & Tibshirani 1997"
    return f".632+ bootstrap over {draws} draws ({source}), corrected by the error in training"


def test_words(metric: Metric) -> str:
    """How differences were judged, in words."""
    if metric.parts is None:
        return "normal test of the differences by their spread over the draws"
    return "normal test of the differences, infinitesimal jackknife on shared draws"
