"""What was chosen about tuning: the method, its budget, the inner folds and the metric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from outfold.errors import StudyError

Method = Literal["none", "random", "halton", "halving", "tpe"]

METHODS: dict[Method, str] = {
    "none": "No tuning",
    "random": "Random search",
    "halton": "Halton sequence",
    "halving": "Successive halving",
    "tpe": "Tree-structured Parzen estimator",
}
"""The methods in menu order."""

ABOUT: dict[Method, str] = {
    "none": "Every parameter stays as it is set.",
    "random": "Values drawn at random within each range: simple, and better than a grid "
    "(Bergstra & Bengio 2012).",
    "halton": "Values spread evenly over all ranges at once, with fewer gaps than random ones "
    "(Halton 1960; Owen 2017 for the scrambling).",
    "halving": "Many random values on few rows; the best third goes on to three times as many "
    "(Jamieson & Talwalkar 2016).",
    "tpe": "Each trial learns from those before it where good values lie (Bergstra et al. 2011, "
    "by Optuna).",
}
"""What each method does and who described it."""

LIBRARIES: dict[Method, tuple[str, ...]] = {
    "none": (),
    "random": ("numpy",),
    "halton": ("scipy",),
    "halving": ("numpy",),
    "tpe": ("optuna",),
}
"""Distributions whose version may change which values are tried."""

MOST_TRIALS = 1000
"""Trials at the most, also where only seconds are given."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """How parameter values are chosen inside each training fold.

    Attributes:
        method: See ``METHODS``; ``none`` leaves every parameter as it is set.
        trials: Sets of values tried for each candidate in each split, or None where seconds alone
            end it. The first one is always the values as they are set.
        seconds: Wall seconds after which no further trial begins, for each candidate in each
            split; None for no limit. What is reached in a time differs from run to run.
        folds: Inner folds of the training rows that each trial is judged on, 2 to 10.
        metric: The metric that trials are judged by; empty for the task's default one. It is
            not the metric that ranks the leaderboard, so that changing that one refits nothing.
    """

    method: Method = "none"
    trials: int | None = 20
    seconds: float | None = None
    folds: int = 3
    metric: str = ""

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise StudyError(
                f"There is no tuning method {self.method!r}.", "Known: " + ", ".join(METHODS)
            )
        if self.trials is not None and not 1 <= self.trials <= MOST_TRIALS:
            raise StudyError(f"{self.trials} trials were asked for.", f"Take 1 to {MOST_TRIALS}.")
        if self.seconds is not None and not 0 < self.seconds <= 86_400:
            raise StudyError(
                f"{self.seconds} seconds of tuning were asked for.",
                "Take up to a day.",
            )
        if self.trials is None and self.seconds is None:
            raise StudyError("Tuning has no end.", "Give a number of trials, or seconds, or both.")
        if self.method == "halving" and self.trials is None:
            raise StudyError(
                "Successive halving begins with a number of trials, and none is given.",
                "Give trials; seconds may end it earlier.",
            )
        if not 2 <= self.folds <= 10:
            raise StudyError(f"{self.folds} inner folds were asked for.", "Take 2 to 10.")

    @property
    def most_trials(self) -> int:
        """Trials after which it ends, unless the seconds are over first."""
        return MOST_TRIALS if self.trials is None else self.trials

    @property
    def is_on(self) -> bool:
        """Whether anything is tuned."""
        return self.method != "none"

    @property
    def reproducible(self) -> bool:
        """Whether the same study gives the same values again, on any machine."""
        return self.seconds is None

    def sentence(self) -> str:
        """The budget in words, for reports: ``Random search, 20 trials on 3 inner folds``."""
        if not self.is_on:
            return METHODS["none"]
        ends = [f"{self.trials} trials"] if self.trials is not None else []
        ends += [f"at most {self.seconds:g} s"] if self.seconds is not None else []
        return f"{METHODS[self.method]}, {', '.join(ends)} on {self.folds} inner folds"


NO_TUNING = Tuning()
"""Every parameter stays as it is set."""
