"""What each row says about a fit: residuals, leverage, influence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.explore.threads import one_thread_each
from outfold.judge.glm_fit import GlmFit
from outfold.judge.glm_solve import column_lengths, triangle_of
from outfold.judge.mostly_zero import mostly_zero, quadratic_forms
from outfold.judge.quantile_residuals import quantile_residuals
from outfold.metrics.metric import Floats

_PIECE = 65_536
FOLLOWED = 1e-8
"""A leverage this near to 1 is 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Diagnostics:
    """One value per row used, in the table's order, all of shape (n_rows,).

    Attributes:
        index: The rows' positions in the table given.
        response: The response.
        fitted: The fitted mean.
        linear_predictor: On the link's scale, with the offset.
        deviance: Signed root of the row's share of the deviance.
        pearson: (y - fitted) / root of the variance function, times root of the weight.
        quantile: Randomised quantile residual, standard normal for a right model; NaN for
            quasi-families, which have no distribution.
        leverage: Diagonal of the hat matrix, from the expected information as in R, 0 to 1.
        cook: Cook's distance; NaN for a row of leverage 1, as in R.
        n_parameters: Estimated coefficients.
        notes: Sentences about what could not be had.
    """

    index: np.ndarray
    response: Floats
    fitted: Floats
    linear_predictor: Floats
    deviance: Floats
    pearson: Floats
    quantile: Floats
    leverage: Floats
    cook: Floats
    n_parameters: int
    notes: tuple[str, ...] = ()

    def frame(self) -> pd.DataFrame:
        """The values as a table: one row per row used."""
        names = (
            "response", "fitted", "linear_predictor", "deviance", "pearson", "quantile",
            "leverage", "cook",
        )  # fmt: skip
        return pd.DataFrame({n: getattr(self, n) for n in names}, index=self.index)


def diagnostics(fit: GlmFit, quantile: bool = True, seed: int = 0) -> Diagnostics:
    """Residuals, leverage and Cook's distance of every row.

    Leverage takes the weights of the expected information, as R does; statsmodels' own default
    takes observed ones, which differ off the canonical link and can be negative. No matrix of
    rows by rows is formed.

    Args:
        fit: The fitted model.
        quantile: Whether to compute randomised quantile residuals (Dunn & Smyth 1996).
        seed: Of their randomisation.
    """
    engine, rows = fit.engine(), fit.rows
    with np.errstate(all="ignore"):
        deviance = np.asarray(engine.resid_dev(rows.y, fit.mu, var_weights=rows.weights))
        spread = np.sqrt(engine.variance(fit.mu) / rows.weights)
        pearson = np.asarray((rows.y - fit.mu) / spread)
    leverage = leverage_of(fit)
    with np.errstate(all="ignore"):
        cook = pearson**2 * leverage / (fit.dispersion * fit.rank * (1 - leverage) ** 2)
    notes: tuple[str, ...] = ()
    random = np.full(fit.n, np.nan)
    if quantile:
        random, notes = quantile_residuals(fit, seed)
    followed = leverage > 1 - FOLLOWED
    if followed.any():
        cook[followed] = np.nan
        count = int(followed.sum())
        notes = (
            *notes,
            f"{count:,} {'row has' if count == 1 else 'rows have'} a leverage of 1: a coefficient "
            "rests on that row alone, so it fits exactly and has no Cook's distance.",
        )
    return Diagnostics(
        rows.index, rows.y, fit.mu, fit.eta, deviance, pearson, random, leverage, cook,
        fit.rank, notes,
    )  # fmt: skip


def leverage_of(fit: GlmFit) -> Floats:
    """Diagonal of the hat matrix, shape (n_rows,): found block by block from a triangle of √W X."""
    root = np.sqrt(fit.working_weights())
    matrix = fit.matrix()
    found = np.zeros(fit.n)
    if matrix.shape[1] == 0:
        return found
    filled = mostly_zero(matrix)
    if filled is not None:
        forms = quadratic_forms(filled, fit.covariance / fit.dispersion)
        return np.minimum(root**2 * forms, 1.0)
    lengths = column_lengths(matrix)
    with one_thread_each():
        triangle = triangle_of(matrix, root) / lengths
        for start in range(0, fit.n, _PIECE):
            piece = slice(start, start + _PIECE)
            part = (matrix[piece] * (root[piece, None] / lengths)).T
            solved = np.linalg.solve(triangle.T, part)
            found[piece] = np.einsum("ij,ij->j", solved, solved)
    return np.minimum(found, 1.0)
