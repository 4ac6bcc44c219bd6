"""What carrying out a plan needs to know about tuning steps: their inputs, results and progress."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

from outfold.study.plan import Step
from outfold.study.tune.folds import Recipe
from outfold.study.tune.search import Told

BETWEEN = 0.5
"""Seconds between two reports of one search at the least."""


def options_of(steps: Mapping[str, Step], step: Step) -> dict[str, Any]:
    """What a tuning step is called with besides the table, its study, strategy and parameters.

    It takes no result of the steps before it: inner folds are prepared anew. These steps only say
    how.
    """
    chain = []
    at = step.parent
    while at in steps:
        before = steps[at]
        if before.kind != "rank":  # an inner fold ranks by itself what it selects
            chain.append((before.strategy, dict(before.params)))
        at = before.parent
    resampler, *selectors, preparation = chain
    return {
        "split": step.split,
        "recipe": Recipe(preparation, tuple(reversed(selectors)), resampler, step.parent),
        "fixed": step.fixed,
    }


def in_words(tell: Callable[[str], None]) -> Told:
    """Turns the end of trials into sentences, not more than two in a second.

    Args:
        tell: Takes ``7 of 20 trials, best so far 0.8123``.
    """
    last = -math.inf

    def told(done: int, planned: int, best: float) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < BETWEEN and done < planned:
            return
        last = now
        reached = "" if math.isnan(best) else f", best so far {best:.4g}"
        tell(f"{done} of {planned} trials{reached}")

    return told
