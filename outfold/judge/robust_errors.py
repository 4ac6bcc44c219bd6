"""Standard errors that hold where the variance function is wrong: the sandwich estimator."""

from __future__ import annotations

import dataclasses
from typing import Literal

import numpy as np

from outfold.judge.glm_fit import Coefficient, GlmFit
from outfold.judge.glm_solve import blocks
from outfold.metrics.metric import Floats

Errors = Literal["model", "HC0", "HC1", "HC3"]

ERRORS: dict[Errors, str] = {
    "model": "By the family",
    "HC0": "Robust, HC0",
    "HC1": "Robust, HC1",
    "HC3": "Robust, HC3",
}
"""Ways to standard errors, by name."""


def robust_covariance(fit: GlmFit, errors: Errors = "HC1") -> Floats:
    """The coefficients' covariance without trusting the family's variance (Huber 1967; White 1980).

    Rows are taken as independent and the mean as right. ``HC0`` is the plain sandwich, ``HC1`` is
    times n / (n - rank), ``HC3`` divides each residual by one minus its leverage, which MacKinnon &
    White (1985) found best in small samples.

    Args:
        fit: The fitted model.
        errors: Which; ``model`` gives the family's own.

    Returns:
        Shape (rank, rank).
    """
    if errors == "model":
        return fit.covariance
    engine, rows, matrix = fit.engine(), fit.rows, fit.matrix()
    with np.errstate(all="ignore"):
        slope = engine.link.deriv(fit.mu)
        score = rows.weights * (rows.y - fit.mu) / (slope * engine.variance(fit.mu))
    if errors == "HC3":
        from outfold.judge.glm_diagnostics import leverage_of

        score = score / np.maximum(1 - leverage_of(fit), 1e-8)
    meat = np.zeros((fit.rank, fit.rank))
    for b in blocks(fit.n):
        part = matrix[b] * score[b, None]
        meat += part.T @ part
    bread = fit.covariance / fit.dispersion
    found = bread @ meat @ bread
    if errors == "HC1" and fit.df_residual > 0:
        found = found * (fit.n / fit.df_residual)
    return np.asarray(found)


def with_errors(fit: GlmFit, errors: Errors) -> tuple[Coefficient, ...]:
    """The summary with other standard errors; robust ones are judged by the normal distribution.

    Args:
        fit: The fitted model.
        errors: Which standard errors.
    """
    if errors == "model":
        return fit.coefficients
    from scipy import stats

    half = float(stats.norm.ppf(0.975))
    spread = iter(np.sqrt(np.diag(robust_covariance(fit, errors))))
    lines: list[Coefficient] = []
    for line in fit.coefficients:
        if line.aliased:
            lines.append(line)
            continue
        error = float(next(spread))
        with np.errstate(all="ignore"):
            z = float(np.divide(line.estimate, error))
        lines.append(
            dataclasses.replace(
                line, std_error=error, statistic=z, p_value=float(2 * stats.norm.sf(abs(z))),
                kind="z", low=line.estimate - half * error, high=line.estimate + half * error,
            )
        )  # fmt: skip
    return tuple(lines)
