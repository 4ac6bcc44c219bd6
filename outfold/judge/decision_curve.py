"""Whether acting on a candidate's probabilities helps more than acting on all rows, or on none.

Who acts from a probability of p on says that a miss is (1 - p)/p times as bad as a false alarm. Net
benefit counts hits less false alarms at that exchange rate, per row (Vickers & Elkin 2006).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.threshold import Thresholds, flagged
from outfold.metrics.metric import Floats

GRID = np.arange(1, 100) / 100
"""Probabilities from which on one acts."""


@dataclass(frozen=True, slots=True, eq=False)
class DecisionCurve:
    """Net benefit of one candidate along the probability from which on one acts.

    Attributes:
        candidate: Its name.
        positive: Name of the positive class.
        at: The probabilities, shape (m,).
        benefit: Net benefit per row, in hits: 0.1 is worth ten hits in a hundred rows, shape (m,).
        low: Lower end of its normal interval over the rows, models held fixed.
        high: Upper end.
        over_all_low: Lower end of the interval of its gain over acting on every row, shape (m,);
            both follow the same rows, so this is surer than two intervals side by side.
        act_on_all: Net benefit of acting on every row, shape (m,); acting on none gives 0.
        prevalence: Share of positive rows.
        n: Rows.
        confidence: Of the interval.
    """

    candidate: str
    positive: str
    at: Floats
    benefit: Floats
    low: Floats
    high: Floats
    over_all_low: Floats
    act_on_all: Floats
    prevalence: float
    n: int
    confidence: float

    def useful(self) -> tuple[float, float] | None:
        """The longest stretch of probabilities where it beats both simple policies; or None.

        Beats by more than the intervals.
        """
        better = (self.low > 0) & (self.over_all_low > 0)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], better, [False]])))
        if not len(edges):
            return None
        begin, end = edges[::2], edges[1::2]
        longest = int((end - begin).argmax())
        return float(self.at[begin[longest]]), float(self.at[end[longest] - 1])

    def frame(self) -> pd.DataFrame:
        """One row per probability: act_from, net_benefit, low, high, act_on_all."""
        return pd.DataFrame(
            {"act_from": self.at, "net_benefit": self.benefit, "low": self.low, "high": self.high,
             "act_on_all": self.act_on_all}
        )  # fmt: skip


def decision_curve(
    prepared: Thresholds, repeats: float = 1.0, confidence: float = 0.95
) -> DecisionCurve:
    """The net benefit at every probability.

    Args:
        prepared: A binary candidate's predictions.
        repeats: How often each row was predicted; repeats make no interval narrower.
        confidence: Of the interval.

    Raises:
        NotApplicableError: The candidate gives scores that are no probabilities.
    """
    from scipy.special import ndtri

    if not prepared.probabilities:
        raise NotApplicableError(
            "This model gives scores, not probabilities, and net benefit needs probabilities.",
            "Look at the threshold and its costs instead.",
        )
    of = prepared.pooled
    total = of.positives + of.negatives
    tp, fp = flagged(of, GRID)
    odds = GRID / (1 - GRID)
    share = of.positives / total
    benefit = tp / total - fp / total * odds
    n = prepared.n / repeats
    spread = (tp + fp * odds**2) / total - benefit**2
    z = float(ndtri(0.5 + confidence / 2))
    half = z * np.sqrt(np.maximum(spread, 0) / n)
    # Beside acting on all, only rows left alone count: misses lose, correct rejections gain.
    fn, tn = of.positives - tp, of.negatives - fp
    gain = (tn * odds - fn) / total
    gain_half = z * np.sqrt(np.maximum((fn + tn * odds**2) / total - gain**2, 0) / n)
    return DecisionCurve(
        prepared.candidate, prepared.positive, GRID, benefit, benefit - half, benefit + half,
        gain - gain_half,
        share - (1 - share) * odds, float(share), round(n), confidence,
    )  # fmt: skip
