"""Fitting the coefficients: iteratively reweighted least squares by statsmodels, made safe.

statsmodels returns a pseudo-inverse solution where columns depend on each other, has no second
try where a start runs out of the link's range, and stops on an absolute change of the deviance.
Here aliased columns are set aside first as R does, columns are scaled to length one, and the
deviance has to settle to 13 digits or as far as it will.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from outfold.errors import NotApplicableError
from outfold.metrics.metric import Floats

ALIAS_TOLERANCE = 1e-11
"""A column is aliased when less than this share of its length is left beside the ones before it;
R's ``glm`` uses min(1e-7, epsilon/1000), which is the same at its default epsilon of 1e-8."""
SETTLED = 1e-13
CONVERGED = 1e-8
"""Relative change of the deviance in the last iteration below which a fit counts as converged, R's
rule and default."""
MOST_ITERATIONS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Coefficients and what belongs to them.

    Attributes:
        beta: Coefficients, shape (n_columns,).
        unscaled: Their covariance for a dispersion of one, shape (n_columns, n_columns).
        mu: Fitted means, shape (n_rows,).
        eta: Linear predictor with the offset, shape (n_rows,).
        deviance: Residual deviance, unscaled.
        converged: Whether the deviance had settled.
        iterations: Iterations taken.
    """

    beta: Floats
    unscaled: Floats
    mu: Floats
    eta: Floats
    deviance: float
    converged: bool
    iterations: int


@cache
def _threads() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep linear algebra to one thread.

    Factors of tall, narrow matrices gain nothing from more, and on a busy machine waiting for the
    others takes ten times as long as the work.
    """
    with _threads().limit(limits=1, user_api="blas"):
        yield


def independent_columns(matrix: Floats) -> np.ndarray:
    """Which columns do not depend linearly on the ones before them, shape (n_columns,) of bool."""
    width = matrix.shape[1]
    keep = np.zeros(width, dtype=bool)
    if width == 0:
        return keep
    lengths = np.sqrt(np.einsum("ij,ij->j", matrix, matrix))
    # The triangle of a QR has the columns' inner products, so a small matrix stands for all rows.
    tall = matrix.shape[0] > width
    with one_thread():
        small = np.asarray(np.linalg.qr(matrix, mode="r")) if tall else matrix
    basis = np.empty((small.shape[0], min(small.shape)), order="F")
    found = 0
    for j in range(width):
        if lengths[j] == 0 or found == basis.shape[1]:
            continue
        left = small[:, j] / lengths[j]
        for _ in range(2):  # once more, because the first pass leaves rounding behind
            left = left - basis[:, :found] @ (basis[:, :found].T @ left)
        rest = float(np.linalg.norm(left))
        if rest > ALIAS_TOLERANCE:
            basis[:, found] = left / rest
            found += 1
            keep[j] = True
    return keep


def solve(
    y: Floats,
    matrix: Floats,
    family: Any,
    weights: Floats,
    offset: Floats,
    start: Floats | None = None,
) -> Solution:
    """The maximum-likelihood coefficients of independent columns.

    Args:
        y: Response, shape (n_rows,).
        matrix: Independent columns, shape (n_rows, n_columns).
        family: A statsmodels family with its link.
        weights: Prior weights above 0, shape (n_rows,).
        offset: Shape (n_rows,).
        start: Coefficients to start from.

    Raises:
        NotApplicableError: No start leads to means that the family can have.
    """
    if matrix.shape[1] == 0:
        with np.errstate(all="ignore"):
            mu = np.asarray(family.link.inverse(offset), dtype=np.float64)
        deviance = float(family.deviance(y, mu, var_weights=weights))
        return Solution(np.zeros(0), np.zeros((0, 0)), mu, offset, deviance, True, 0)
    lengths = np.sqrt(np.einsum("ij,ij->j", matrix, matrix))
    scaled = matrix / lengths
    with one_thread():
        best = _irls(
            y, scaled, family, weights, offset, start if start is None else start * lengths
        )
        if best is None or not best.converged:
            second = _irls(
                y, scaled, family, weights, offset, _flat(y, scaled, family, weights, offset)
            )
            if best is None or (second is not None and second.converged):
                best = second
    if best is None:
        raise NotApplicableError(
            "The fit ran to means that the family cannot have.",
            "Take another link, such as log, or fewer terms.",
        )
    return Solution(
        best.beta / lengths,
        best.unscaled / np.outer(lengths, lengths),
        best.mu,
        best.eta,
        best.deviance,
        best.converged,
        best.iterations,
    )


def _flat(y: Floats, scaled: Floats, family: Any, weights: Floats, offset: Floats) -> Floats:
    """Coefficients that give every row about the mean: a start that is always in range."""
    level = np.full(len(y), float(family.link(np.average(y, weights=weights))))
    return np.asarray(np.linalg.lstsq(scaled, level - offset, rcond=None)[0], dtype=np.float64)


def _irls(
    y: Floats, scaled: Floats, family: Any, weights: Floats, offset: Floats, start: Floats | None
) -> Solution | None:
    from statsmodels.genmod.generalized_linear_model import GLM

    # Warnings of the iterations (overflow, separation, no convergence) come back as `converged`
    # and as our own alarms, which also see what statsmodels does not.
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            fit = GLM(y, scaled, family=family, offset=offset, var_weights=weights).fit(
                start_params=start,
                maxiter=MOST_ITERATIONS,
                atol=SETTLED * 0.1,
                rtol=SETTLED,
                wls_method="qr",
                scale=1.0,
            )
        except (ValueError, np.linalg.LinAlgError):
            # statsmodels says so when weights or the deviance stop being finite.
            return None
        beta = np.asarray(fit.params, dtype=np.float64)
        eta = scaled @ beta + offset
        mu = np.asarray(family.fitted(eta), dtype=np.float64)
        deviance = float(family.deviance(y, mu, var_weights=weights))
    path = fit.fit_history["deviance"]
    if not np.isfinite(deviance) or not np.isfinite(beta).all() or not np.isfinite(mu).all():
        return None
    change = abs(path[-1] - path[-2]) / (abs(path[-1]) + 0.1)
    return Solution(
        beta,
        np.asarray(fit.normalized_cov_params, dtype=np.float64),
        mu,
        eta,
        deviance,
        bool(change < CONVERGED),
        int(fit.fit_history["iteration"]),
    )
