"""Quantile residuals are standard normal where the model is right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from outfold.judge.diagnostic_points import diagnostic_points
from outfold.judge.glm import fit_glm
from outfold.judge.glm_diagnostics import diagnostics
from tests.reference.cases import table

RNG = np.random.default_rng(7)
N = 3000
X = RNG.uniform(-1, 1, N)
MU = np.exp(0.7 + 0.5 * X)


def _tweedie() -> np.ndarray:
    """Poisson sums of gamma amounts: power 1.5, dispersion 1.2."""
    claims = RNG.poisson(MU**0.5 / (1.2 * 0.5))
    scale = 1.2 * 0.5 * MU**0.5
    return np.where(claims > 0, RNG.gamma(np.maximum(claims, 1), scale), 0.0)


RESPONSES: dict[str, tuple[np.ndarray, dict[str, Any]]] = {
    "gaussian": (MU + RNG.normal(0, 0.4, N), {"link": "log"}),
    "binomial": ((RNG.uniform(size=N) < 1 / (1 + np.exp(-X))).astype(float), {}),
    "poisson": (RNG.poisson(MU).astype(float), {}),
    "negative_binomial": (RNG.negative_binomial(1.5, 1.5 / (1.5 + MU)).astype(float), {}),
    "gamma": (RNG.gamma(3, MU / 3), {"link": "log"}),
    "inverse_gaussian": (RNG.wald(MU, 4.0), {"link": "log"}),
    "tweedie": (_tweedie(), {"power": 1.5}),
}


@pytest.mark.parametrize("family", RESPONSES)
def test_residuals_of_the_right_model_are_standard_normal(family: str) -> None:
    """Kolmogorov-Smirnov does not tell them from a normal sample."""
    y, more = RESPONSES[family]
    fit = fit_glm(pd.DataFrame({"y": y, "x": X}), "y ~ x", family, **more)
    found = diagnostics(fit, seed=1).quantile
    assert stats.kstest(found, "norm").pvalue > 0.01
    assert abs(found.std() - 1) < 0.06


def test_residuals_of_a_wrong_family_are_not() -> None:
    """Poisson for counts that scatter more: the tails give it away."""
    y, _ = RESPONSES["negative_binomial"]
    fit = fit_glm(pd.DataFrame({"y": y, "x": X}), "y ~ x", "poisson")
    assert stats.kstest(diagnostics(fit).quantile, "norm").pvalue < 1e-6


def test_the_seed_decides_the_randomisation() -> None:
    """Same seed, same residuals; another seed, others."""
    y, _ = RESPONSES["poisson"]
    fit = fit_glm(pd.DataFrame({"y": y, "x": X}), "y ~ x", "poisson")
    one, same, other = (diagnostics(fit, seed=s).quantile for s in (3, 3, 4))
    assert (one == same).all()
    assert (one != other).any()


def test_quasi_families_have_none_and_say_so() -> None:
    """Mean and variance make no distribution."""
    found = diagnostics(fit_glm(table("warpbreaks.csv"), "breaks ~ wool", "quasi_poisson"))
    assert np.isnan(found.quantile).all()
    assert "no distribution" in found.notes[0]


def test_leverages_add_up_to_the_rank() -> None:
    """The trace of the hat matrix."""
    fit = fit_glm(table("infert.csv"), "case ~ age * education", "binomial", "probit")
    assert diagnostics(fit).leverage.sum() == pytest.approx(fit.rank)


@pytest.mark.parametrize(("formula", "right"), [("y ~ x + z", True), ("y ~ z", False)])
def test_the_trend_accuses_a_model_only_where_a_term_is_missing(formula: str, right: bool) -> None:
    """0/1 data of a known logit: bins leave zero by chance alone, unless x's square is left out."""
    rng = np.random.default_rng(3)
    x, z = rng.normal(size=(2, 4000))
    eta = -0.5 + 1.5 * x + 0.7 * z if right else -0.5 + 1.2 * z**2
    frame = pd.DataFrame({"x": x, "z": z, "y": (rng.random(4000) < 1 / (1 + np.exp(-eta))) * 1.0})
    points = diagnostic_points(diagnostics(fit_glm(frame, formula, "binomial")))
    off = np.abs(points.trend) > 2 * points.trend_error
    assert (off.mean() <= 0.15) == right
