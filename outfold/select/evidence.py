"""p-values that stay apart where they are too small for a float, and which of them are kept."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from outfold.registry import Param
from outfold.select.columns import Floats

ALPHA = Param(
    key="alpha",
    label="False discovery rate",
    kind="float",
    default=0.05,
    low=0.0001,
    high=1.0,
    help="Share of columns without any effect that is accepted among those kept.",
    scale="log",
    source="Benjamini & Hochberg (1995)",
)

SMALLEST = 1e-290
"""Below this a p-value from scipy is no longer trusted and its logarithm is computed apart."""


def neg_log10_p_of_f(statistic: Floats, df1: Floats, df2: Floats) -> Floats:
    """-log10 of the upper tail of F; 0 where the statistic is undefined, inf where it is."""
    from scipy.special import betainc, betaln, hyp2f1

    statistic = np.asarray(statistic, dtype=np.float64)
    df1, df2 = np.broadcast_to(df1, statistic.shape), np.broadcast_to(df2, statistic.shape)
    found = np.zeros(statistic.shape)
    found[np.isposinf(statistic)] = np.inf
    usable = np.isfinite(statistic) & (statistic > 0) & (df1 > 0) & (df2 > 0)
    a, b = df2[usable] / 2.0, df1[usable] / 2.0
    x = df2[usable] / (df2[usable] + df1[usable] * statistic[usable])
    p = betainc(a, b, x)
    # The incomplete beta function as its series at 0, in logarithms (DLMF 8.17.8).
    # It is of use for tiny p only; at x = 1, where F is next to nothing and p is 1, it diverges.
    with np.errstate(divide="ignore", invalid="ignore"):
        log_p = a * np.log(x) + b * np.log1p(-x) - np.log(a) - betaln(a, b)
        log_p = log_p + np.log(hyp2f1(a + b, 1.0, a + 1.0, x))
    found[usable] = np.where(p > SMALLEST, -np.log10(np.maximum(p, SMALLEST)), -log_p / np.log(10))
    return found


def neg_log10_p_of_chi2(statistic: Floats, df: Floats) -> Floats:
    """-log10 of the upper tail of chi-square; 0 where there are no degrees of freedom."""
    from scipy.special import gammaincc, gammaln

    statistic, df = np.asarray(statistic, dtype=np.float64), np.asarray(df, dtype=np.float64)
    a, z = np.maximum(df, 1.0) / 2.0, np.maximum(statistic, 1e-12) / 2.0
    p = gammaincc(a, z)
    # The leading terms of the incomplete gamma function for large z (DLMF 8.11.2).
    tail = 1.0 + (a - 1.0) / z + (a - 1.0) * (a - 2.0) / z**2
    log_p = (a - 1.0) * np.log(z) - z - gammaln(a) + np.log(np.maximum(tail, 1e-12))
    found = np.where(p > SMALLEST, -np.log10(np.maximum(p, SMALLEST)), -log_p / np.log(10))
    return np.where(df > 0, np.maximum(found, 0.0), 0.0)


def discoveries(scores: Mapping[str, float], alpha: float) -> set[str]:
    """The columns that Benjamini & Hochberg (1995) keep at a false discovery rate.

    Args:
        scores: -log10 p of each column.
        alpha: The rate, 0 to 1.
    """
    order = sorted(scores, key=lambda n: -scores[n])
    limits = -np.log10(alpha * np.arange(1, len(order) + 1) / len(order))
    passing = [i for i, name in enumerate(order) if scores[name] >= limits[i] - 1e-12]
    return set(order[: passing[-1] + 1]) if passing else set()
