"""Hosmer and Lemeshow's test of calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outfold.judge.risk_groups import risk_groups


@dataclass(frozen=True, slots=True)
class HosmerLemeshow:
    """The test of Hosmer & Lemeshow (1980).

    Attributes:
        groups: Groups left after merging equal cuts.
        statistic: Chi-square.
        df: ``groups - 2``.
        p_value: NaN with two groups or fewer. Depends on the number of groups, and with many rows
            finds departures that do not matter.
        n: Rows per group.
        observed: Positive rows per group.
        expected: Sum of the probabilities per group.
    """

    groups: int
    statistic: float
    df: int
    p_value: float
    n: tuple[int, ...]
    observed: tuple[int, ...]
    expected: tuple[float, ...]


def hosmer_lemeshow(
    positive: npt.ArrayLike, probability: npt.ArrayLike, groups: int = 10
) -> HosmerLemeshow:
    """Compare observed and expected positives by groups of predicted risk.

    Groups are cut at type-7 quantiles, right-closed, equal cuts merged, as R's ``cut`` does.

    Args:
        positive: Whether each row is positive, shape (n,).
        probability: Predicted probability of the positive class, shape (n,).
        groups: Most groups.
    """
    from scipy.special import chdtrc

    y = np.asarray(positive, dtype=np.float64)
    p = np.asarray(probability, dtype=np.float64)
    code = risk_groups(p, groups, "quantile")
    n = np.bincount(code)
    hits, expected = np.bincount(code, y), np.bincount(code, p)
    spread = expected * (1 - expected / n)
    gap = (hits - expected) ** 2
    # A group surely predicted adds nothing where it came true, and refutes the model where not.
    terms = np.divide(gap, spread, out=np.where(gap > 0, np.inf, 0.0), where=spread > 0)
    statistic, df = float(terms.sum()), len(n) - 2
    p_value = float(chdtrc(df, statistic)) if df > 0 else float("nan")
    return HosmerLemeshow(
        len(n), statistic, df, p_value,
        tuple(n.tolist()), tuple(int(h) for h in hits), tuple(expected.tolist()),
    )  # fmt: skip
