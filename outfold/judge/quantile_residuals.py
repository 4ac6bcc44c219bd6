"""Randomised quantile residuals: standard normal whenever the model is right, counts included."""

from __future__ import annotations

import numpy as np

from outfold.judge.glm_fit import GlmFit
from outfold.metrics.metric import Floats

_EDGE = 1e-300


def quantile_residuals(fit: GlmFit, seed: int = 0) -> tuple[Floats, tuple[str, ...]]:
    """The normal quantile of each response's probability under its fitted distribution.

    For a discrete response the probability is drawn uniformly between those just below and at the
    value, so that counts and 0/1 outcomes give a normal plot without stripes. Source: Dunn & Smyth
    (1996), Journal of Computational and Graphical Statistics 5, 236-244; for Tweedie Dunn & Smyth
    (2005). The dispersion is the Pearson one.

    Args:
        fit: The fitted model.
        seed: Of the uniform draws.

    Returns:
        The residuals, shape (n_rows,), NaN where the family has no distribution; and sentences
        about that.
    """
    from scipy import stats

    family = fit.spec.family_spec
    if family.is_quasi:
        nothing = np.full(fit.n, np.nan)
        return nothing, (
            f"The {family.label} family is no distribution, so it has no quantile residuals.",
        )
    with np.errstate(all="ignore"):
        found = _tails(fit)
    if found is None:
        return np.full(fit.n, np.nan), (
            "Quantile residuals of a Tweedie model exist for powers from 1 to 2, for 0 and 3.",
        )
    below, at, above_at, above = found
    draw = np.random.default_rng(seed).uniform(size=fit.n)
    # The smaller of the two tails keeps its digits, so far-out rows stay far out.
    lower = below + draw * (at - below)
    upper = above + (1 - draw) * (above_at - above)
    low_side = lower <= 0.5
    residuals = np.where(
        low_side,
        stats.norm.ppf(np.clip(lower, _EDGE, None)),
        stats.norm.isf(np.clip(upper, _EDGE, None)),
    )
    return np.asarray(residuals), ()


_Tails = tuple[Floats, Floats, Floats, Floats]


def _tails(fit: GlmFit) -> _Tails | None:
    """P(Y < y), P(Y <= y), P(Y >= y), P(Y > y) under each row's fitted distribution."""
    from scipy import stats

    y, mu, w = fit.rows.y, fit.mu, fit.rows.weights
    phi = fit.dispersion / w
    match fit.spec.family:
        case "gaussian":
            return _continuous(stats.norm(mu, np.sqrt(phi)), y)
        case "gamma":
            return _continuous(stats.gamma(1 / phi, scale=mu * phi), y)
        case "inverse_gaussian":
            return _continuous(stats.invgauss(mu * phi, scale=1 / phi), y)
        case "binomial":
            return _discrete(stats.binom(np.round(w), mu), np.round(y * w))
        case "poisson":
            return _discrete(stats.poisson(mu), y)
        case "negative_binomial":
            theta = fit.theta or 1.0
            return _discrete(stats.nbinom(theta, theta / (theta + mu)), y)
        case _:
            return _tweedie(y, mu, phi, fit.spec.power or 0.0)


def _continuous(law: object, y: Floats) -> _Tails:
    cdf, sf = law.cdf(y), law.sf(y)  # type: ignore[attr-defined]
    return cdf, cdf, sf, sf


def _discrete(law: object, y: Floats) -> _Tails:
    return law.cdf(y - 1), law.cdf(y), law.sf(y - 1), law.sf(y)  # type: ignore[attr-defined]


def _tweedie(y: Floats, mu: Floats, phi: Floats, power: float) -> _Tails | None:
    """A Tweedie distribution by its power; between 1 and 2 a Poisson sum of gamma amounts."""
    from scipy import stats

    if power == 0:
        return _continuous(stats.norm(mu, np.sqrt(phi)), y)
    if power == 1:
        return _discrete(stats.poisson(mu / phi), np.round(y / phi))
    if power == 2:
        return _continuous(stats.gamma(1 / phi, scale=mu * phi), y)
    if power == 3:
        return _continuous(stats.invgauss(mu * phi, scale=1 / phi), y)
    if power > 2:
        return None
    rate = mu ** (2 - power) / (phi * (2 - power))
    shape = (2 - power) / (power - 1)
    scale = phi * (power - 1) * mu ** (power - 1)
    none = np.exp(-rate)
    cdf, sf = none.copy(), np.zeros_like(none)
    most = int(stats.poisson.isf(1e-12, rate.max())) + 1
    for count in range(1, most + 1):
        chance = stats.poisson.pmf(count, rate)
        cdf += chance * stats.gamma.cdf(y, count * shape, scale=scale)
        sf += chance * stats.gamma.sf(y, count * shape, scale=scale)
    zero = y == 0
    return (
        np.where(zero, 0.0, cdf),
        np.where(zero, none, cdf),
        np.where(zero, 1.0, sf),
        np.where(zero, 1 - none, sf),
    )
