"""Which of two classifiers is right more often on the same rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class McNemar:
    """How often two classifiers were right together and alone, with four forms of the test.

    Attributes:
        both_right: Rows that both got right.
        only_a_right: Rows that only the first got right.
        only_b_right: Rows that only the second got right.
        both_wrong: Rows that both got wrong.
        difference: Difference in accuracy, first minus second.
        low: Lower end of its normal interval for paired shares.
        high: Upper end.
        corrected_chi2: (|b - c| - 1)² / (b + c), Edwards' continuity correction.
        corrected_p: Its p-value.
        uncorrected_chi2: (b - c)² / (b + c).
        uncorrected_p: Its p-value.
        exact_p: Two-sided binomial.
        mid_p: Exact with half of the observed outcome's probability taken off (Fagerland 2013).
        recommended: ``exact_p`` below 25 discordant rows, else ``corrected_p``.
    """

    both_right: int
    only_a_right: int
    only_b_right: int
    both_wrong: int
    difference: float
    low: float
    high: float
    corrected_chi2: float
    corrected_p: float
    uncorrected_chi2: float
    uncorrected_p: float
    exact_p: float
    mid_p: float

    @property
    def recommended(self) -> float:
        """The p-value to quote."""
        return self.exact_p if self.only_a_right + self.only_b_right < 25 else self.corrected_p


def mcnemar(right_a: npt.ArrayLike, right_b: npt.ArrayLike, confidence: float = 0.95) -> McNemar:
    """Compare two fitted classifiers on one test set (McNemar 1947).

    It compares these two fits, not two ways of learning.

    Args:
        right_a: Whether the first got each row right, shape (n,).
        right_b: Whether the second did, shape (n,).
        confidence: Of the interval for the difference.
    """
    from scipy.special import bdtr, chdtrc, ndtri
    from scipy.stats import binom

    a, b = np.asarray(right_a, dtype=bool), np.asarray(right_b, dtype=bool)
    n = len(a)
    only_a, only_b = int((a & ~b).sum()), int((~a & b).sum())
    discordant, less = only_a + only_b, min(only_a, only_b)
    gap = only_a - only_b
    if discordant == 0:
        plain = corrected = 0.0
        exact = mid = 1.0
    else:
        plain = gap**2 / discordant
        corrected = max(abs(gap) - 1, 0) ** 2 / discordant
        exact = min(1.0, 2 * float(bdtr(less, discordant, 0.5)))
        tail = 2 * float(bdtr(less, discordant, 0.5)) - float(binom.pmf(less, discordant, 0.5))
        mid = min(1.0, tail)
    difference = gap / n if n else float("nan")
    spread = (discordant - gap**2 / n) / n**2 if n else float("nan")
    half = float(ndtri(0.5 + confidence / 2)) * float(np.sqrt(spread))
    return McNemar(
        int((a & b).sum()), only_a, only_b, int((~a & ~b).sum()),
        difference, difference - half, difference + half,
        corrected, float(chdtrc(1, corrected)), plain, float(chdtrc(1, plain)), exact, mid,
    )  # fmt: skip
