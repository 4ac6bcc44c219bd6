"""Calibration without bins: a smooth curve of what happened against what was predicted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outfold.judge.recalibrate import EDGE, logistic
from outfold.metrics.metric import Floats

KNOTS = (0.05, 0.275, 0.5, 0.725, 0.95)
"""Quantiles of the predictions at which the spline bends (Harrell 2015, table 2.3)."""
POINTS = 101
LEAST_ROWS = 50


@dataclass(frozen=True, slots=True, eq=False)
class SmoothCalibration:
    """The smooth curve and how far it lies from the diagonal.

    Attributes:
        predicted: Probabilities, from the 1st to the 99th percentile of those given, shape (m,).
        happened: The smoothed share of positive rows there, shape (m,).
        low: Lower end of its pointwise 95 % band.
        high: Upper end.
        ici: Integrated calibration index: mean distance from the diagonal over the rows.
        e90: Its 90th percentile over the rows (Austin & Steyerberg 2019).
    """

    predicted: Floats
    happened: Floats
    low: Floats
    high: Floats
    ici: float
    e90: float


def smooth_calibration(
    positive: npt.ArrayLike, probability: npt.ArrayLike, repeats: float = 1.0
) -> SmoothCalibration | None:
    """Fit what happened to a restricted cubic spline of the predicted log-odds.

    After Austin & Steyerberg (2014); the spline has five knots and is straight beyond the outer
    ones, fitted by maximum likelihood.

    Args:
        positive: Whether each row is positive, shape (n,).
        probability: Predicted probability of the positive class, shape (n,).
        repeats: How often each row was predicted; repeats make no band narrower.

    Returns:
        None with fewer than 50 rows or three distinct knots, or where no fit exists.
    """
    y = np.asarray(positive, dtype=np.float64)
    p = np.clip(np.asarray(probability, dtype=np.float64), EDGE, 1 - EDGE)
    if len(y) < LEAST_ROWS or y.min() == y.max():
        return None
    x = np.log(p / (1 - p))
    knots = np.unique(np.quantile(x, KNOTS))
    if len(knots) < 3:
        return None
    basis = restricted_cubic(x, knots)
    fit = logistic(basis, y, np.zeros_like(x))
    if fit is None:
        return None
    beta, covariance, _ = fit
    apart = np.abs(_expit((basis * beta).sum(axis=1)) - p)
    low, high = np.quantile(p, [0.01, 0.99])
    at = np.linspace(float(low), float(high), POINTS)
    rows = restricted_cubic(np.log(at / (1 - at)), knots)
    eta = (rows * beta).sum(axis=1)
    half = 1.959964 * np.sqrt(np.einsum("ni,ij,nj->n", rows, covariance, rows) * repeats)
    return SmoothCalibration(
        at, _expit(eta), _expit(eta - half), _expit(eta + half),
        float(apart.mean()), float(np.quantile(apart, 0.9)),
    )  # fmt: skip


def restricted_cubic(x: Floats, knots: Floats) -> Floats:
    """A constant, x, and the terms that bend between the knots, straight beyond (Harrell 2015).

    Args:
        x: Shape (n,).
        knots: At least three, rising, shape (k,).

    Returns:
        Shape (n, k).
    """
    last, before = knots[-1], knots[-2]
    scale = (last - knots[0]) ** 2

    def cube(values: Floats) -> Floats:
        return np.maximum(values, 0.0) ** 3

    columns = [np.ones_like(x), x]
    for knot in knots[:-2]:
        term = (
            cube(x - knot)
            - cube(x - before) * (last - knot) / (last - before)
            + cube(x - last) * (before - knot) / (last - before)
        )
        columns.append(term / scale)
    return np.column_stack(columns)


def _expit(eta: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(eta, -500, 500))))
