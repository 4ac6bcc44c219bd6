"""Means over resampled splits: their uncertainty, given that the training rows overlap.

Scores of splits are not independent, because the splits share training rows. Nadeau & Bengio (2003)
raise the variance of their mean from s²/J to s² (1/J + n_test/n_train); without that, ten repeats
of ten folds call more than half of all equal models different.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class CorrectedT:
    """A mean over splits, with the corrected resampled t interval and test against 0.

    Attributes:
        n: Splits, J.
        mean: Mean over the splits.
        variance: Variance over the splits, ddof 1.
        std_error: Of the mean, corrected.
        statistic: ``mean / std_error``; 0 where both are 0, infinite where only the latter is.
        df: J - 1.
        p_value: Two-sided.
        low: Lower end of the interval.
        high: Upper end of the interval.
    """

    n: int
    mean: float
    variance: float
    std_error: float
    statistic: float
    df: int
    p_value: float
    low: float
    high: float


def corrected_t(values: npt.ArrayLike, ratio: float, confidence: float = 0.95) -> CorrectedT:
    """Judge a mean over splits.

    Args:
        values: One number per split, such as differences between two candidates on the same
            splits, shape (J,). NaN is left out.
        ratio: Validation rows over training rows; for k folds 1/(k-1).
        confidence: Of the interval, two-sided.

    Returns:
        The mean alone, all else NaN, where fewer than two splits have a value.
    """
    from scipy.special import stdtr, stdtrit

    given = np.asarray(values, dtype=np.float64)
    given = given[~np.isnan(given)]
    n = len(given)
    nan = float("nan")
    if n < 2:
        return CorrectedT(n, float(given[0]) if n else nan, nan, nan, nan, n - 1, nan, nan, nan)
    mean, variance = float(given.mean()), float(given.var(ddof=1))
    error = float(np.sqrt(variance * (1 / n + ratio)))
    df = n - 1
    # Equal differences leave rounding noise of the size of the last digit; that is no spread.
    if not error > 1e-14 * max(1.0, float(np.abs(given).max())):
        statistic = 0.0 if mean == 0 else float(np.copysign(np.inf, mean))
        return CorrectedT(n, mean, variance, error, statistic, df, float(mean == 0), mean, mean)
    half = float(stdtrit(df, 0.5 + confidence / 2)) * error
    statistic = mean / error
    p = 2 * float(stdtr(df, -abs(statistic)))
    return CorrectedT(n, mean, variance, error, statistic, df, p, mean - half, mean + half)
