"""How predicted probabilities would have to be stretched and shifted to come true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outfold.metrics.metric import Floats

EDGE = 1e-12
"""Probabilities are kept this far from 0 and 1 before their logit is taken."""


@dataclass(frozen=True, slots=True)
class Recalibration:
    """Logistic recalibration: logit(truth) = intercept + slope · logit(p) (Cox 1958).

    Attributes:
        slope: 1 is right; below 1 the probabilities are too extreme, above too timid.
        slope_se: Its standard error.
        intercept: Of the model with a free slope.
        in_the_large: Intercept with the slope held at 1: above 0 the probabilities are too low.
        in_the_large_se: Its standard error.
        chi2: Likelihood ratio against intercept 0 and slope 1.
        df: 2.
        p_value: Of the likelihood ratio.
    """

    slope: float
    slope_se: float
    intercept: float
    in_the_large: float
    in_the_large_se: float
    chi2: float
    df: int
    p_value: float


def recalibrate(
    positive: npt.ArrayLike, probability: npt.ArrayLike, repeats: float = 1.0
) -> Recalibration | None:
    """Slope and intercepts of the logistic recalibration, as R's ``glm`` gives them.

    Args:
        positive: Whether each row is positive, shape (n,).
        probability: Predicted probability of the positive class, shape (n,).
        repeats: How often each row was predicted; repeats make no error smaller and no p-value
            less.

    Returns:
        None where one class alone occurs, the probabilities do not vary, or they separate the
        classes, so that no slope exists.
    """
    from scipy.special import chdtrc

    y = np.asarray(positive, dtype=np.float64)
    p = np.clip(np.asarray(probability, dtype=np.float64), EDGE, 1 - EDGE)
    x = np.log(p / (1 - p))
    if y.min() == y.max() or np.ptp(x) == 0:
        return None
    free = logistic(np.column_stack([np.ones_like(x), x]), y, np.zeros_like(x))
    held = logistic(np.ones((len(x), 1)), y, x)
    if free is None or held is None:
        return None
    as_given = float((y * np.log(p) + (1 - y) * np.log1p(-p)).sum())
    chi2 = max(0.0, 2 * (free[2] - as_given)) / repeats
    return Recalibration(
        float(free[0][1]), float(np.sqrt(free[1][1, 1] * repeats)), float(free[0][0]),
        float(held[0][0]), float(np.sqrt(held[1][0, 0] * repeats)), chi2, 2, float(chdtrc(2, chi2)),
    )  # fmt: skip


def logistic(x: Floats, y: Floats, offset: Floats) -> tuple[Floats, Floats, float] | None:
    """Coefficients, their covariance and log-likelihood of a logistic fit, by Newton's method.

    A few parameters need no library, and a slider must not wait for one to load. The step is halved
    while the likelihood falls. None where it does not settle, as under separation.
    """
    beta = np.zeros(x.shape[1])
    beta[1:2] = 1.0  # as if the probabilities were right, which is near

    def likelihood(at: Floats) -> float:
        eta = (x * at).sum(axis=1) + offset
        return float((y * eta - np.maximum(eta, 0) - np.log1p(np.exp(-np.abs(eta)))).sum())

    now = likelihood(beta)
    for _ in range(100):
        eta = (x * beta).sum(axis=1) + offset
        mu = 1 / (1 + np.exp(-np.clip(eta, -500, 500)))
        weight = mu * (1 - mu)
        information = np.einsum("ni,n,nj->ij", x, weight, x)
        # Of a separated fit the information vanishes as the slope runs off.
        if not np.isfinite(information).all() or np.linalg.cond(information) > 1e14:
            return None
        step = np.linalg.solve(information, np.einsum("ni,n->i", x, y - mu))
        size = 1.0
        while (then := likelihood(beta + size * step)) < now - 1e-12 * abs(now) and size > 1e-6:
            size /= 2
        beta, before, now = beta + size * step, now, then
        if float(np.abs(step).max()) < 1e-10 * (1 + float(np.abs(beta).max())):
            return beta, np.linalg.inv(information), now
        if np.abs(beta).max() > 1e6 or not np.isfinite(before):
            return None
    return None
