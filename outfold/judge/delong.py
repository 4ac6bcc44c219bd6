"""The area under the ROC curve with its variance, and the test of two on the same rows.

For one fixed test set and scores on one scale. Pooled out-of-fold scores come from several fitted
models, so for those it is an approximation; nested models fitted on the same rows are outside its
reach (Demler, Pencina & D'Agostino 2012).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Auc:
    """An area under the curve.

    Attributes:
        auc: The area, ties counting one half.
        variance: By DeLong's structural components.
        low: Lower end of the normal interval, not below 0.
        high: Upper end, not above 1.
        degenerate: Whether the scores separate the classes fully, so that the variance is 0 and
            the interval means nothing.
    """

    auc: float
    variance: float
    low: float
    high: float
    degenerate: bool


@dataclass(frozen=True, slots=True)
class AucDifference:
    """Two areas on the same rows, and whether they differ.

    Attributes:
        a: The first area.
        b: The second.
        covariance: Of the two.
        difference: First minus second.
        statistic: The difference over its standard error, z.
        p_value: Two-sided, normal; 1 where the scores rank the rows alike.
    """

    a: Auc
    b: Auc
    covariance: float
    difference: float
    statistic: float
    p_value: float


def _components(positive: npt.NDArray[np.bool_], score: Floats) -> tuple[float, Floats, Floats]:
    """The area and the placement values of positive and negative rows (Sun & Xu 2014)."""
    from scipy.stats import rankdata

    above, below = score[positive], score[~positive]
    m, n = len(above), len(below)
    ranks = rankdata(np.concatenate([above, below]))
    of_positive = (ranks[:m] - rankdata(above)) / n
    of_negative = 1 - (ranks[m:] - rankdata(below)) / m
    return float(of_positive.mean()), of_positive, of_negative


def _interval(auc: float, variance: float, confidence: float) -> Auc:
    from scipy.special import ndtri

    half = float(ndtri(0.5 + confidence / 2)) * float(np.sqrt(variance))
    return Auc(auc, variance, max(0.0, auc - half), min(1.0, auc + half), not variance > 0)


def auc_interval(
    positive: npt.ArrayLike, score: npt.ArrayLike, confidence: float = 0.95
) -> Auc | None:
    """The area under the ROC curve with DeLong's interval (DeLong et al. 1988).

    Args:
        positive: Whether each row is positive, shape (n,).
        score: Rises with the positive class, shape (n,).
        confidence: Of the interval, two-sided.

    Returns:
        None where a class has fewer than two rows.
    """
    truth = np.asarray(positive, dtype=bool)
    if min(truth.sum(), (~truth).sum()) < 2:
        return None
    auc, v10, v01 = _components(truth, np.asarray(score, dtype=np.float64))
    variance = float(v10.var(ddof=1) / len(v10) + v01.var(ddof=1) / len(v01))
    return _interval(auc, variance, confidence)


def compare_auc(
    positive: npt.ArrayLike, a: npt.ArrayLike, b: npt.ArrayLike, confidence: float = 0.95
) -> AucDifference | None:
    """Test whether two scores of the same rows rank them equally well (DeLong et al. 1988).

    Args:
        positive: Whether each row is positive, shape (n,).
        a: Scores of the first model, shape (n,).
        b: Scores of the second, shape (n,).
        confidence: Of the areas' intervals.

    Returns:
        None where a class has fewer than two rows.
    """
    from scipy.special import ndtr

    truth = np.asarray(positive, dtype=bool)
    if min(truth.sum(), (~truth).sum()) < 2:
        return None
    first, a10, a01 = _components(truth, np.asarray(a, dtype=np.float64))
    second, b10, b01 = _components(truth, np.asarray(b, dtype=np.float64))
    s10, s01 = np.cov(a10, b10) / len(a10), np.cov(a01, b01) / len(a01)
    total = s10 + s01
    spread = float(total[0, 0] + total[1, 1] - 2 * total[0, 1])
    difference = first - second
    if spread <= 1e-15:
        z = 0.0 if difference == 0 else float(np.copysign(np.inf, difference))
    else:
        z = difference / float(np.sqrt(spread))
    return AucDifference(
        _interval(first, float(total[0, 0]), confidence),
        _interval(second, float(total[1, 1]), confidence),
        float(total[0, 1]),
        difference,
        z,
        2 * float(ndtr(-abs(z))),
    )
