"""The negative binomial's theta by maximum likelihood, as MASS's ``glm.nb`` finds it."""

from __future__ import annotations

import numpy as np

from outfold.judge.glm_families import (
    Family,
    negative_binomial_likelihood,
    statsmodels_family,
)
from outfold.judge.glm_solve import Solution, solve
from outfold.metrics.metric import Floats

LARGEST = 1e7
"""Theta beyond which the family is Poisson for all purposes."""


def theta_given_mean(y: Floats, mu: Floats, weights: Floats) -> tuple[float, float]:
    """The theta that maximises the likelihood at given means, and its standard error.

    Returns:
        Theta between 1e-6 and 1e7, and its standard error (infinite at the upper bound).
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import polygamma

    def loss(log_theta: float) -> float:
        return -negative_binomial_likelihood(y, mu, weights, 0.0, float(np.exp(log_theta)))

    grid = np.linspace(np.log(1e-6), np.log(LARGEST), 40)
    best = int(np.argmin([loss(g) for g in grid]))
    if best == len(grid) - 1:
        return LARGEST, float("inf")
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    found = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-12})
    theta = float(np.exp(found.x))
    theta = _polish(theta, y, mu, weights)
    curvature = (
        -polygamma(1, y + theta) + polygamma(1, theta) - 1 / theta
        + 2 / (mu + theta) - (y + theta) / (mu + theta) ** 2
    )  # fmt: skip
    information = float((weights * curvature).sum())
    return theta, float(1 / np.sqrt(information)) if information > 0 else float("inf")


def _polish(theta: float, y: Floats, mu: Floats, weights: Floats) -> float:
    """Newton steps on the score: a minimum alone gives only half of the digits."""
    from scipy.special import polygamma, psi

    for _ in range(20):
        score = (
            psi(y + theta) - psi(theta) + np.log(theta) + 1
            - np.log(theta + mu) - (y + theta) / (mu + theta)
        )  # fmt: skip
        slope = (
            polygamma(1, y + theta) - polygamma(1, theta) + 1 / theta
            - 2 / (mu + theta) + (y + theta) / (mu + theta) ** 2
        )  # fmt: skip
        total = float((weights * slope).sum())
        if total >= 0:
            break
        step = float((weights * score).sum()) / total
        if not abs(step) < theta / 2:
            break
        theta -= step
        if abs(step) < 1e-13 * theta:
            break
    return theta


def solve_negative_binomial(
    y: Floats, matrix: Floats, family: Family, link: str, weights: Floats, offset: Floats
) -> tuple[Solution, float, float]:
    """Coefficients and theta together, by turns until neither moves.

    Returns:
        The solution at the final theta, theta, and theta's standard error.
    """
    found = solve(y, matrix, statsmodels_family(family, link, None, LARGEST), weights, offset)
    theta, error = theta_given_mean(y, found.mu, weights)
    for _ in range(60):
        before = theta
        made = statsmodels_family(family, link, None, theta)
        found = solve(y, matrix, made, weights, offset, start=found.beta)
        theta, error = theta_given_mean(y, found.mu, weights)
        if abs(theta - before) <= 1e-11 * theta:
            break
    return found, theta, error
