"""What mattered in a grid: the selector, the resampler, the model, or how they go together."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from outfold.errors import NotApplicableError
from outfold.judge.adjust import adjust
from outfold.judge.chosen_metric import chosen_metric
from outfold.judge.compare import known
from outfold.judge.corrected_t import corrected_t
from outfold.metrics.metric import Floats
from outfold.study.results import RunResult
from outfold.study.study import Candidate, Choice

Factor = Literal["selector", "resampler", "model"]
FACTORS: tuple[Factor, ...] = ("selector", "resampler", "model")


@dataclass(frozen=True, slots=True)
class Level:
    """One strategy, averaged over everything that it was combined with.

    Attributes:
        factor: What it is an option for.
        choice: The strategy with its parameters.
        mean: Mean score over its candidates and the splits.
        difference: Its mean minus that of the factor's first level; 0 for the first itself.
        low: Lower end of the interval of the difference; NaN for the first level.
        high: Upper end.
        p_adjusted: Of the corrected resampled t-test, after Holm over all levels; NaN for a first.
    """

    factor: Factor
    choice: Choice
    mean: float
    difference: float
    low: float
    high: float
    p_adjusted: float


@dataclass(frozen=True, slots=True)
class MainEffects:
    """A run's grid taken apart.

    Attributes:
        metric: Key of the metric.
        label: Its name for people.
        direction: Whether more is better.
        shares: How much of the variance between the candidates' mean scores each factor and each
            combination of factors explains; they add up to 1. Keys are tuples of factors.
        levels: Every level of the factors that vary.
        left_out: Models left out, because not all of their candidates finished.
        n_splits: Splits behind the intervals.
    """

    metric: str
    label: str
    direction: Literal["higher", "lower"]
    shares: Mapping[tuple[Factor, ...], float]
    levels: tuple[Level, ...]
    left_out: tuple[str, ...]
    n_splits: int

    def sentence(self) -> str:
        """What mattered, in one sentence."""
        ranked = sorted(self.shares.items(), key=lambda item: -item[1])
        named, share = ranked[0]
        rest = ", ".join(f"{_words(key)} {value:.0%}" for key, value in ranked[1:])
        what = f"The {_words(named)}" if len(named) == 1 else f"How {_words(named)} go together"
        tail = f"; {rest}" if rest else ""
        return f"{what} mattered most: {share:.0%} of the variance between candidates{tail}."


def _words(factors: tuple[Factor, ...]) -> str:
    return " × ".join(factors)


def main_effects(
    result: RunResult, metric: str | None = None, confidence: float = 0.95
) -> MainEffects:
    """Take a run's grid apart into main effects and interactions.

    The scores of a full grid are balanced, so the variance between candidates falls apart exactly
    (Fisher 1935). Each level is compared with the first of its factor by the mean over everything
    that both were combined with, split by split, with the corrected resampled t-test (Nadeau &
    Bengio 2003) and Holm's correction: the splits share training rows.

    Args:
        result: What was measured; the baseline takes no part.
        metric: Key of the metric; the study's own by default.
        confidence: Of the intervals.

    Raises:
        UnknownNameError: There is no such metric.
        NotApplicableError: Fewer than two factors vary among the finished candidates.
    """
    chosen = chosen_metric(result.study, metric)
    scores: dict[Candidate, Floats] = {
        c.candidate: np.asarray(c.scores[chosen.key], dtype=np.float64)
        for c in result.finished()
        if not c.candidate.is_baseline
        and known(c, chosen)
        and np.isfinite(c.scores[chosen.key]).all()
    }
    selectors, resamplers = result.study.selectors, result.study.resamplers
    models = [m for m in result.study.models if m.key != "dummy"]
    full = [
        m for m in models
        if all(Candidate(s, r, m) in scores for s in selectors for r in resamplers)
    ]  # fmt: skip
    levels: dict[Factor, tuple[Choice, ...]] = {
        "selector": tuple(dict.fromkeys(selectors)),
        "resampler": tuple(dict.fromkeys(resamplers)),
        "model": tuple(dict.fromkeys(full)),
    }
    varying = [f for f in FACTORS if len(levels[f]) > 1]
    if len(varying) < 2 or not full:
        raise NotApplicableError(
            "Fewer than two of selector, resampler and model vary among the finished candidates.",
            "Compare at least two of two kinds, such as two selectors with two models.",
        )
    grid = np.array(
        [
            [[scores[Candidate(s, r, m)] for m in levels["model"]] for r in levels["resampler"]]
            for s in levels["selector"]
        ]
    )  # selectors x resamplers x models x splits
    left = tuple(m.label() for m in models if m not in full)
    return MainEffects(
        chosen.key, chosen.label, chosen.direction, _shares(grid.mean(axis=-1), varying),
        _levels(grid, levels, varying, result.test_train_ratio, confidence), left, grid.shape[-1],
    )  # fmt: skip


def _shares(cells: Floats, varying: list[Factor]) -> dict[tuple[Factor, ...], float]:
    """Each effect's share of the sum of squares between cells, by inclusion and exclusion."""
    total = float(((cells - cells.mean()) ** 2).sum())
    sums: dict[tuple[Factor, ...], float] = {}
    for size in range(1, len(varying) + 1):
        for some in itertools.combinations(varying, size):
            others = tuple(i for i, f in enumerate(FACTORS) if f not in some)
            means = cells.mean(axis=others, keepdims=True)
            between = float((np.broadcast_to(means - cells.mean(), cells.shape) ** 2).sum())
            sums[some] = between - sum(v for key, v in sums.items() if {*key} < {*some})
    return {key: (max(0.0, v) / total if total > 0 else 0.0) for key, v in sums.items()}


def _levels(
    grid: Floats,
    levels: Mapping[Factor, tuple[Choice, ...]],
    varying: list[Factor],
    ratio: float,
    confidence: float,
) -> tuple[Level, ...]:
    found: list[tuple[Factor, Choice, float, float, float, float, float]] = []
    for factor in varying:
        axis = FACTORS.index(factor)
        others = tuple(i for i in range(3) if i != axis)
        by_split = grid.mean(axis=others)  # levels x splits
        for place, choice in enumerate(levels[factor]):
            mean = float(by_split[place].mean())
            if not place:
                found.append((factor, choice, mean, 0.0, np.nan, np.nan, np.nan))
                continue
            test = corrected_t(by_split[place] - by_split[0], ratio, confidence)
            found.append((factor, choice, mean, test.mean, test.low, test.high, test.p_value))
    fixed = adjust([row[-1] for row in found], "holm")
    return tuple(
        Level(factor, choice, mean, difference, low, high, float(p))
        for (factor, choice, mean, difference, low, high, _), p in zip(found, fixed, strict=True)
    )
