"""Performance beside its price: which candidates nothing beats on both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from outfold.errors import ParameterError
from outfold.judge.compare import Lookup
from outfold.judge.leaderboard import leaderboard
from outfold.study.results import RunResult

Cost = Literal[
    "fit_seconds",
    "predict_seconds_per_1000",
    "predict_seconds_one_row",
    "peak_memory_bytes",
    "size_bytes",
]

COSTS: dict[Cost, tuple[str, str]] = {
    "fit_seconds": ("Training time", "seconds per fit"),
    "predict_seconds_per_1000": ("Prediction time, batch", "seconds per 1,000 rows"),
    "predict_seconds_one_row": ("Prediction time, one row", "seconds"),
    "peak_memory_bytes": ("Peak memory in training", "bytes"),
    "size_bytes": ("Size of the fitted pipeline", "bytes"),
}
"""What is measured of every candidate, with its name and unit. Less is better for all."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One candidate as an offer: what it scores and what it costs.

    Attributes:
        candidate: Its name.
        model: Key of its model.
        score: Mean of the metric over the splits.
        low: Lower end of the score's interval.
        high: Upper end.
        std_error: Corrected standard error of the score; NaN where there is no interval.
        cost: The chosen cost.
        costs: Every measured cost, by name.
        on_front: Whether no other candidate is at least as good on both and better on one.
        tied: Whether it is the best or not told apart from it.
        good_enough: Whether it may be called as good as the best; see ``Tradeoff.tolerance``.
        baseline: Whether it looks at no feature.
    """

    candidate: str
    model: str
    score: float
    low: float
    high: float
    std_error: float
    cost: float
    costs: dict[str, float]
    on_front: bool
    tied: bool
    good_enough: bool
    baseline: bool


@dataclass(frozen=True, slots=True)
class Tradeoff:
    """Candidates by score and cost.

    Attributes:
        metric: Key of the metric.
        label: Its name for people.
        direction: Whether more of it is better.
        cost: Which cost.
        cost_label: Its name for people.
        cost_unit: Its unit.
        tolerance: What counted as good enough, in words.
        offers: Candidates with both a score and a cost, cheapest first.
        best: Name of the best score; empty where there is no offer.
        cheapest: Name of the cheapest candidate that is good enough; empty where none is.
    """

    metric: str
    label: str
    direction: Literal["higher", "lower"]
    cost: Cost
    cost_label: str
    cost_unit: str
    tolerance: str
    offers: tuple[Offer, ...]
    best: str
    cheapest: str

    def front(self) -> tuple[Offer, ...]:
        """The Pareto front, cheapest first."""
        return tuple(o for o in self.offers if o.on_front)

    def __getitem__(self, name: str) -> Offer:
        for offer in self.offers:
            if offer.candidate == name:
                return offer
        raise KeyError(name)

    def saving(self) -> float:
        """How many times cheaper the cheapest good enough candidate is than the best; 1 if same."""
        if not self.best or not self.cheapest:
            return float("nan")
        below = self[self.cheapest].cost
        return self[self.best].cost / below if below > 0 else float("inf")

    def sentence(self) -> str:
        """What the trade-off shows, in one sentence."""
        if not self.best:
            return "No candidate has both a score and a cost yet."
        if self.cheapest == self.best:
            return f"{self.best} scores best, and nothing as good costs less."
        return (
            f"{self.cheapest} is as good as the best within its uncertainty "
            f"and costs {self.saving():.3g} times less."
        )

    def frame(self) -> pd.DataFrame:
        """One row per candidate, cheapest first.

        Columns: candidate, score, low, high, cost, on_front, tied, good_enough, baseline, then
        every measured cost.
        """
        names = ["candidate", "score", "low", "high", "cost", "on_front", "tied", "good_enough",
                 "baseline"]  # fmt: skip
        columns = [*names, *(k for k in COSTS if k != self.cost)]
        rows = [{n: getattr(o, n) for n in names} | o.costs for o in self.offers]
        return pd.DataFrame(rows, columns=columns)

    def to_json(self) -> dict[str, Any]:
        """The trade-off as the command line prints it."""
        return {
            "metric": self.metric,
            "direction": self.direction,
            "cost": self.cost,
            "cost_unit": self.cost_unit,
            "tolerance": self.tolerance,
            "candidates": [
                {
                    "candidate": o.candidate,
                    "score": o.score,
                    "low": o.low,
                    "high": o.high,
                    "cost": o.cost,
                    "costs": o.costs,
                    "on_front": o.on_front,
                    "good_enough": o.good_enough,
                }
                for o in self.offers
            ],
            "pareto": [o.candidate for o in self.front()],
            "best": self.best,
            "cheapest_good_enough": self.cheapest,
        }


def pareto(goods: Sequence[float], costs: Sequence[float]) -> list[bool]:
    """Which points nothing dominates: no other is at least as good on both and better on one.

    Points equal on both are on the front together.

    Args:
        goods: More is better.
        costs: Less is better.
    """
    order = sorted(range(len(goods)), key=lambda i: (costs[i], -goods[i]))
    front = [False] * len(goods)
    best, at = -np.inf, np.nan
    for i in order:
        if goods[i] > best:
            best, at, front[i] = goods[i], costs[i], True
        elif goods[i] == best and costs[i] == at:
            front[i] = True
    return front


def tradeoff(
    result: RunResult,
    metric: str | None = None,
    cost: str = "fit_seconds",
    tolerance: float | None = None,
    confidence: float = 0.95,
    predictions: Lookup | None = None,
) -> Tradeoff:
    """Set each candidate's score beside one of its measured costs.

    Args:
        result: What was measured.
        metric: Key of the metric; the study's own by default.
        cost: One of ``COSTS``.
        tolerance: How much worse than the best is still good enough, in the metric's unit. By
            default a candidate is good enough where the corrected test does not tell it from the
            best and it lies within one standard error of it (Breiman et al. 1984).
        confidence: Of intervals and tests.
        predictions: See ``leaderboard``.

    Raises:
        UnknownNameError: There is no such metric.
        NotApplicableError: The metric is not defined for the task.
        ParameterError: There is no such cost, or the tolerance is negative.
    """
    if cost not in get_args(Cost):
        raise ParameterError(f"There is no cost {cost!r}.", "Known: " + ", ".join(COSTS) + ".")
    if tolerance is not None and not tolerance >= 0:
        raise ParameterError(f"The tolerance is {tolerance}.", "It is 0 or more.")
    chosen: Cost = cost  # type: ignore[assignment]
    board = leaderboard(result, metric, confidence, predictions)
    sign = 1.0 if board.direction == "higher" else -1.0
    rows = [
        r for r in board.rows if r.rank is not None and np.isfinite(getattr(r.result.costs, cost))
    ]
    figures = [r.figures[board.metric] for r in rows]
    goods = [sign * f.mean for f in figures]
    prices = [float(getattr(r.result.costs, cost)) for r in rows]
    front = pareto(goods, prices)
    ratio = result.test_train_ratio
    errors = [
        f.std_error
        if math.isfinite(f.std_error)
        else f.std * math.sqrt(1 / f.n + ratio)
        if f.n > 1
        else math.nan
        for f in figures
    ]
    if tolerance is not None:
        words = f"within {tolerance:g} of the best"
        within = [goods[0] - g <= tolerance for g in goods]
    elif rows and np.isfinite(errors[0]):
        words = "tied with the best and within one standard error of it"
        within = [r.tied and goods[0] - g <= errors[0] for r, g in zip(rows, goods, strict=True)]
    else:
        words = "tied with the best"
        within = [r.tied for r in rows]
    offers = [
        Offer(
            candidate=r.name,
            model=r.result.candidate.model.key,
            score=f.mean,
            low=f.low,
            high=f.high,
            std_error=error,
            cost=price,
            costs={name: float(getattr(r.result.costs, name)) for name in COSTS},
            on_front=on_front,
            tied=r.tied,
            good_enough=enough,
            baseline=r.baseline,
        )
        for r, f, error, price, on_front, enough in zip(
            rows, figures, errors, prices, front, within, strict=True
        )
    ]
    cheapest = min((o for o in offers if o.good_enough), key=lambda o: o.cost, default=None)
    best = offers[0].candidate if offers else ""
    label, unit = COSTS[chosen]
    return Tradeoff(
        board.metric, board.label, board.direction, chosen, label, unit, words,
        tuple(sorted(offers, key=lambda o: (o.cost, -sign * o.score))), best,
        cheapest.candidate if cheapest else "",
    )  # fmt: skip
