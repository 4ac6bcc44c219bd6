"""The half-normal plot with a simulated envelope: do residuals go beyond what the model makes?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from outfold.errors import NotApplicableError
from outfold.judge.glm_fit import GlmFit
from outfold.judge.glm_solve import solve
from outfold.metrics.metric import Floats

SIMULATIONS = 19
"""Responses simulated: with 19 the largest of them is passed by chance in one of 20 samples."""
MOST_CELLS = 1_000_000
"""Rows times columns of a model up to which it is simulated."""
POINTS = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class HalfNormal:
    """Absolute deviance residuals in order, arrays of shape (n_points,).

    Attributes:
        expected: Half-normal quantiles of the ranks.
        observed: Absolute deviance residuals, rising.
        index: The rows' positions in the table given.
        low: Least of the simulated ones at that rank; empty where nothing was simulated.
        middle: Their mean.
        high: Their largest.
        outside: Share of all rows above ``high``; NaN without an envelope.
        n: Rows of the fit.
        note: Why there is no envelope, or empty.
    """

    expected: Floats
    observed: Floats
    index: np.ndarray
    low: Floats
    middle: Floats
    high: Floats
    outside: float
    n: int
    note: str = ""


def half_normal(fit: GlmFit, seed: int = 0) -> HalfNormal:
    """Absolute deviance residuals against half-normal quantiles (Atkinson 1985, section 4.2).

    The envelope comes from responses drawn from the fitted model, each fitted again with the same
    terms, so it needs no assumption about how the residuals are distributed.

    Args:
        fit: The fitted model.
        seed: Of the simulation.
    """
    from scipy import stats

    n = fit.n
    size = np.abs(_residuals(fit, fit.rows.y, fit.mu))
    order = np.argsort(size, kind="stable")
    observed = size[order]
    rank = np.arange(1, n + 1)
    # Blom's positions for the half-normal distribution (Atkinson 1985).
    expected = stats.norm.ppf((rank + n - 0.125) / (2 * n + 0.5))
    take = np.unique(np.linspace(0, n - 1, min(n, POINTS)).round().astype(int))
    take = np.union1d(take, np.arange(max(0, n - 100), n))
    draws, note = _simulated(fit, seed)
    empty = np.empty(0)
    if not len(draws):
        return HalfNormal(expected[take], observed[take], fit.rows.index[order][take],
                          empty, empty, empty, float("nan"), n, note)  # fmt: skip
    low, middle, high = draws.min(axis=0), draws.mean(axis=0), draws.max(axis=0)
    return HalfNormal(
        expected[take], observed[take], fit.rows.index[order][take], low[take], middle[take],
        high[take], float((observed > high).mean()), n, note,
    )  # fmt: skip


def _residuals(fit: GlmFit, y: Floats, mu: Floats) -> Floats:
    with np.errstate(all="ignore"):
        found = fit.engine().resid_dev(y, mu, var_weights=fit.rows.weights)
    return np.asarray(found, dtype=np.float64)


def _simulated(fit: GlmFit, seed: int) -> tuple[Floats, str]:
    """Sorted absolute residuals of simulated responses, shape (n_simulations, n_rows)."""
    nothing = np.empty((0, fit.n))
    family = fit.spec.family_spec
    if family.is_quasi or family.key == "tweedie":
        return nothing, f"The {family.label} family is not simulated, so there is no envelope"
    if fit.n * max(1, fit.rank) > MOST_CELLS:
        return nothing, f"No envelope: {SIMULATIONS} more fits of {fit.n:,} rows take too long"
    rng = np.random.default_rng(seed)
    rows, matrix, engine = fit.rows, fit.matrix(), fit.engine()
    start = np.array([c.estimate for c in fit.coefficients if not c.aliased])
    found = []
    for _ in range(SIMULATIONS):
        y = draw(fit, rng)
        try:
            again = solve(y, matrix, engine, rows.weights, rows.offset, start)
        except NotApplicableError:  # this draw runs to means that the family cannot have
            continue
        found.append(np.sort(np.abs(_residuals(fit, y, again.mu))))
    return (np.array(found), "") if found else (nothing, "No simulated response could be fitted")


def draw(fit: GlmFit, rng: np.random.Generator) -> Floats:
    """One response from a fitted model, shape (n_rows,).

    Raises:
        ValueError: The family is no distribution.
    """
    mu, w = fit.mu, fit.rows.weights
    phi: Any = fit.dispersion / w
    match fit.spec.family:
        case "gaussian":
            return rng.normal(mu, np.sqrt(phi))
        case "binomial":
            trials = np.maximum(np.round(w).astype(int), 1)
            return rng.binomial(trials, np.clip(mu, 0, 1)) / trials
        case "poisson":
            return rng.poisson(mu).astype(np.float64)
        case "negative_binomial":
            theta = fit.theta or 1.0
            return rng.poisson(rng.gamma(theta, mu / theta)).astype(np.float64)
        case "gamma":
            return rng.gamma(1 / phi, mu * phi)
        case "inverse_gaussian":
            return rng.wald(mu, 1 / phi)
        case other:
            raise ValueError(f"the family {other} is no distribution")
