"""The search itself: which values are tried, on how many rows, and when it ends."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from outfold.registry import Value
from outfold.study.tune.propose import proposer
from outfold.study.tune.space import Axis
from outfold.study.tune.trial import Trial, best_of
from outfold.study.tune.tuning import Tuning

KEEP = 3
"""One in so many goes on to the next rung of successive halving, with as many times the rows."""
LEAST_ROWS = 60
"""Rows below which a rung of successive halving says too little."""
LEAST_OF_A_CLASS = 3
"""Rows of the rarest class that a rung of successive halving needs."""

Judge = Callable[[Mapping[str, Value], float], tuple[tuple[float, ...], str]]
"""From values and a share of the rows to the score on each inner fold, and why there is none."""
Told = Callable[[int, int, float], None]
"""Told after each trial: how many are done, how many there may be, the best score so far."""


@dataclass(slots=True)
class _Search:
    """Trials as they are made, with the clock that ends them."""

    judge: Judge
    higher: bool
    planned: int
    seconds: float | None
    told: Told | None
    began: float
    trials: list[Trial]

    def over(self) -> bool:
        """Whether the time is up; the first trial is always made."""
        if self.seconds is None or not self.trials:
            return False
        return time.perf_counter() - self.began >= self.seconds

    def try_out(self, values: Mapping[str, Value], share: float = 1.0) -> float:
        """Judge one set of values; its loss, less is better."""
        start = time.perf_counter()
        scores, reason = self.judge(values, share)
        took = time.perf_counter() - start
        params = tuple(sorted(values.items()))
        trial = Trial(len(self.trials), params, scores, share, took, reason)
        self.trials.append(trial)
        if self.told is not None:
            best = best_of(self.trials, self.higher)
            self.told(len(self.trials), self.planned, best.score if best else math.nan)
        return -trial.score if self.higher else trial.score


def search(
    tuning: Tuning,
    space: Sequence[Axis],
    start: Mapping[str, Value],
    judge: Judge,
    *,
    higher: bool,
    seed: int,
    shares: Sequence[float] = (1.0,),
    told: Told | None = None,
) -> tuple[Trial, ...]:
    """Try values until the budget is used up.

    Args:
        tuning: Method and budget.
        space: What may change.
        start: The values as they are set, which are tried first.
        judge: Fits and scores one set of values.
        higher: Whether more is better.
        seed: Seeds the values; equal seeds try equal values.
        shares: The rungs of successive halving as shares of the rows, ascending to 1.
        told: Told after each trial.

    Returns:
        The trials in order of trying.
    """
    began = time.perf_counter()
    planned = planned_trials(tuning, len(shares))
    going = _Search(judge, higher, planned, tuning.seconds, told, began, [])
    source = proposer(tuning.method, space, seed)
    if tuning.method == "halving":
        tried = [dict(start)] + [source.ask() for _ in range(tuning.most_trials - 1)]
        _halve(going, tried, shares)
        return tuple(going.trials)
    source.tell(start, going.try_out(start))
    while len(going.trials) < tuning.most_trials and not going.over():
        values = source.ask()
        source.tell(values, going.try_out(values))
    return tuple(going.trials)


def _halve(going: _Search, tried: list[dict[str, Value]], shares: Sequence[float]) -> None:
    """Successive halving: the best third of each rung goes on to three times the rows.

    Source: Jamieson & Talwalkar 2016, Non-stochastic best arm identification.
    """
    for share in shares:
        losses: list[float] = []
        for values in tried:
            if going.over():
                return
            losses.append(going.try_out(values, share))
        order = sorted(
            (i for i, loss in enumerate(losses) if not math.isnan(loss)),
            key=lambda i: (losses[i], i),
        )
        tried = [tried[i] for i in order[: math.ceil(len(tried) / KEEP)]]


def rungs(trials: int, rows: int, rarest: int | None = None) -> tuple[float, ...]:
    """The shares of the rows on which successive halving judges, ascending to 1.

    As many rungs as the trials can be divided by three, as long as the smallest still has
    ``LEAST_ROWS`` rows and ``LEAST_OF_A_CLASS`` of each class.

    Args:
        trials: Trials of the first rung.
        rows: Training rows of an inner fold.
        rarest: Rows of the rarest class among them, or None where the target is a number.
    """
    count = 0
    while (
        KEEP ** (count + 1) <= trials
        and rows >= LEAST_ROWS * KEEP ** (count + 1)
        and (rarest is None or rarest >= LEAST_OF_A_CLASS * KEEP ** (count + 1))
    ):
        count += 1
    return tuple(1 / KEEP**step for step in range(count, -1, -1))


def planned_trials(tuning: Tuning, n_rungs: int = 1) -> int:
    """Sets of values judged at the most, those of every rung of successive halving together."""
    left, total = tuning.most_trials, 0
    for _ in range(n_rungs if tuning.method == "halving" else 1):
        total += left
        left = math.ceil(left / KEEP)
    return total
