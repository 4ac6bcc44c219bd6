"""How far off an association may be: intervals for the measures that are never negative."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from outfold.explore.measures import LEAST_ROWS


def ratio_interval(eta2: float, n: int, groups: int, level: float = 0.95) -> tuple[float, float]:
    """The confidence interval of a correlation ratio by the noncentral F distribution.

    Steiger 2004, eq. 13: the noncentralities for which the observed F is as far out as the level
    allows, as shares of variance, their roots. Assumes equal normal spread within the levels.

    Args:
        eta2: The squared correlation ratio as observed, 0 to 1.
        n: Rows.
        groups: Levels that occur.
        level: Confidence, 0 to 1.
    """
    from scipy import optimize, special

    df1, df2 = groups - 1, n - groups
    if df1 < 1 or df2 < 1 or np.isnan(eta2):
        return (np.nan, np.nan)
    if eta2 >= 1.0:
        return (1.0, 1.0)
    f = eta2 / df1 / ((1 - eta2) / df2)

    def found(tail: float) -> float:
        def gap(share: float) -> float:
            below = float(special.ncfdtr(df1, df2, n * share / (1 - share), f))
            # The library gives up where the noncentrality is so great that nothing is left.
            return (0.0 if np.isnan(below) else below) - tail

        if gap(0.0) <= 0:
            return 0.0
        if gap(1 - 1e-9) >= 0:
            return 1.0
        return float(optimize.brentq(gap, 0.0, 1 - 1e-9, xtol=1e-10)) ** 0.5

    return (found((1 + level) / 2), found((1 - level) / 2))


def table_interval(table: npt.ArrayLike, level: float = 0.95) -> tuple[float, float]:
    """The confidence interval of Cramér's V by the delta method, without the bias of phi².

    The variance of phi² for multinomial counts (Bishop, Fienberg & Holland 1975, section 11.3) and
    its variance under independence, around phi² less its expectation there. In simulations with
    tables from 2 x 2 to 5 x 8 levels and 80 to 500 rows 95 % intervals held the truth in 89 to
    100 % of the tables; they fall short where cells are few and V is great (0.80 with 5 x 8 levels,
    80 rows and V of 0.8).

    Args:
        table: Counts, shape (levels, levels).
        level: Confidence, 0 to 1.
    """
    from scipy import special

    counts = np.asarray(table, dtype=np.float64)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    r, c = counts.shape
    n, least = counts.sum(), min(r, c) - 1
    if least < 1 or n < LEAST_ROWS:
        return (np.nan, np.nan)
    share = counts / n
    rows, cols = share.sum(axis=1), share.sum(axis=0)
    expected = np.outer(rows, cols)
    part = share**2 / expected
    slope = 2 * share / expected
    slope -= (part.sum(axis=1) / rows)[:, None] + (part.sum(axis=0) / cols)[None, :]
    variance = (share * slope**2).sum() - (share * slope).sum() ** 2
    df = (r - 1) * (c - 1)
    half = special.ndtri((1 + level) / 2) * np.sqrt((max(variance, 0.0) + 2 * df / n) / n)
    centre = part.sum() - 1 - df / n
    low, high = (np.sqrt(np.clip(x / least, 0.0, 1.0)) for x in (centre - half, centre + half))
    return (float(low), float(high))
