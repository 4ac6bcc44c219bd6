"""How probable it is that a difference between two candidates matters.

A test says whether a difference is more than chance, not whether it is worth anything. Here the
analyst names beforehand how small a difference is no difference in practice: the region of
practical equivalence. The posterior of the mean difference is Student's t with the same correction
for shared training rows as in the corrected t-test (Corani & Benavoli 2015; Benavoli et al. 2017):
the correlation of splits is taken to be n_test / n, a heuristic and no estimate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from outfold.errors import NotApplicableError, ParameterError
from outfold.judge.chosen_metric import chosen_metric
from outfold.judge.compare import known
from outfold.judge.corrected_t import corrected_t
from outfold.study.results import RunResult

DECIDED = 0.95
"""Probability from which on one of the three answers is given; else it is left undecided."""

Verdict = Literal["first", "same", "second", "undecided"]


@dataclass(frozen=True, slots=True)
class Posterior:
    """What the splits say of two candidates; the three probabilities sum to 1.

    Attributes:
        a: Name of the first.
        b: Name of the second.
        difference: Mean of a minus b, in the metric's unit.
        first: Probability that the first is better by more than the region.
        same: Probability that the difference lies within the region.
        second: Probability that the second is better by more than the region.
        n_splits: Splits on which both have a value.
    """

    a: str
    b: str
    difference: float
    first: float
    same: float
    second: float
    n_splits: int

    @property
    def verdict(self) -> Verdict:
        """The answer whose probability is at least ``DECIDED``."""
        answers: Mapping[Verdict, float] = {
            "first": self.first, "same": self.same, "second": self.second,
        }  # fmt: skip
        return next((name for name, p in answers.items() if p >= DECIDED), "undecided")


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Every pair of candidates with the probabilities of the three answers.

    Attributes:
        metric: Key of the metric.
        label: Its name for people.
        direction: Whether more is better.
        rope: Half the width of the region of practical equivalence, in the metric's unit.
        pairs: Every pair of finished candidates, in the study's order.
    """

    metric: str
    label: str
    direction: Literal["higher", "lower"]
    rope: float
    pairs: tuple[Posterior, ...]

    def sentence(self) -> str:
        """How many pairs are decided, in one sentence."""
        n, same = len(self.pairs), sum(p.verdict == "same" for p in self.pairs)
        better = sum(p.verdict in ("first", "second") for p in self.pairs)
        if n == 1:
            words = {"same": "The two are equivalent in practice",
                     "undecided": "The splits do not decide between the two"}  # fmt: skip
            return words.get(self.pairs[0].verdict, "One of the two is better in practice")
        return (
            f"Of {n} pairs, {better} differ by more than {self.rope:g} and {same} are equivalent "
            f"in practice; {n - better - same} are undecided"
        )

    def frame(self) -> pd.DataFrame:
        """One row per pair: a, b, difference, first, same, second, n_splits, verdict."""
        names = list(Posterior.__dataclass_fields__)
        rows = [[*(getattr(p, n) for n in names), p.verdict] for p in self.pairs]
        return pd.DataFrame(rows, columns=[*names, "verdict"])


def bayesian_t(differences: npt.ArrayLike, ratio: float, rope: float) -> tuple[float, float, float]:
    """Probabilities that the mean difference lies above, within and below a region around 0.

    Args:
        differences: One per split, on shared splits, shape (J,); at least two that are not NaN.
        ratio: Validation rows over training rows; with rho = n_test/n this is rho / (1 - rho).
        rope: Half the width of the region, in the unit of the differences, at least 0.

    Returns:
        Three numbers that sum to 1; NaN with fewer than two splits.
    """
    from scipy.special import stdtr

    found = corrected_t(differences, ratio)
    if found.n < 2:
        nan = float("nan")
        return nan, nan, nan
    if not found.std_error > 0 or not np.isfinite(found.statistic):
        # No spread at all: the posterior is a point.
        above, below = float(found.mean > rope), float(found.mean < -rope)
        return above, 1 - above - below, below
    above = float(stdtr(found.df, (found.mean - rope) / found.std_error))
    below = float(stdtr(found.df, (-rope - found.mean) / found.std_error))
    return above, max(0.0, 1 - above - below), below


def equivalence(result: RunResult, rope: float, metric: str | None = None) -> Equivalence:
    """Ask of every pair of finished candidates whether it differs by more than is of interest.

    Args:
        result: What was measured.
        rope: Half the width of the region of practical equivalence, in the metric's unit. Name it
            before you look at the scores: chosen afterwards it answers nothing.
        metric: Key of the metric; the study's own by default.

    Raises:
        ParameterError: The region is negative or no number.
        NotApplicableError: There is one split alone, or validation rows were drawn by a bootstrap,
            or there are not two candidates.
    """
    if not (np.isfinite(rope) and rope >= 0):
        raise ParameterError(
            f"A region of {rope:g} around 0 is not one.", "Give a number of at least 0."
        )
    chosen = chosen_metric(result.study, metric)
    if result.n_splits < 2 or result.study.validation.declared.apparent:
        raise NotApplicableError(
            "The posterior needs scores of several splits that were cut, not drawn.",
            "Validate with folds or repeated hold-outs.",
        )
    rows = [c for c in result.finished() if known(c, chosen)]
    if len(rows) < 2:
        raise NotApplicableError("There are not two finished candidates.", "Compare two or more.")
    sign = 1.0 if chosen.direction == "higher" else -1.0
    pairs = []
    for i, one in enumerate(rows):
        for other in rows[i + 1 :]:
            gaps = np.asarray(one.scores[chosen.key]) - np.asarray(other.scores[chosen.key])
            first, same, second = bayesian_t(sign * gaps, result.test_train_ratio, rope)
            gaps = gaps[~np.isnan(gaps)]
            mean = float(gaps.mean()) if len(gaps) else float("nan")
            pairs.append(Posterior(one.name, other.name, mean, first, same, second, len(gaps)))
    return Equivalence(chosen.key, chosen.label, chosen.direction, rope, tuple(pairs))
