"""Whether a response scatters more than its family allows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outfold.judge.glm_fit import GlmFit


@dataclass(frozen=True, slots=True)
class DispersionTest:
    """One test of the family's own dispersion.

    Attributes:
        name: What is tested, and by whom it is.
        estimate: The dispersion, or for the quadratic alternative the coefficient of mu².
        statistic: z, or Pearson's chi-square.
        p_value: Of more scatter than the family allows; one-sided.
        sentence: How to read it.
    """

    name: str
    estimate: float
    statistic: float
    p_value: float
    sentence: str


def dispersion_tests(fit: GlmFit) -> tuple[DispersionTest, ...]:
    """Tests of over-dispersion: of Poisson counts, or of shares with several trials.

    For counts the regression tests of Cameron & Trivedi (1990, Journal of Econometrics 46), as R's
    ``AER::dispersiontest`` makes them: of a variance phi·mu, and of mu + alpha·mu². For shares
    Pearson's chi-square on the residual degrees of freedom, which holds where most rows have
    several expected successes and failures. Other families have none: their dispersion is
    estimated, or a 0/1 response cannot be over-dispersed.
    """
    from scipy import stats

    y, mu, w = fit.rows.y, fit.mu, fit.rows.weights
    if fit.df_residual <= 0:
        return ()
    if fit.spec.family == "poisson" and (w == 1).all() and (mu > 0).all():
        excess = ((y - mu) ** 2 - y) / mu
        found = []
        z = float(np.sqrt(fit.n) * excess.mean() / excess.std(ddof=1))
        found.append(
            _test("Variance φ·μ (Cameron & Trivedi)", 1 + float(excess.mean()), z,
                  float(stats.norm.sf(z)), "the Quasi-Poisson family allows it")
        )  # fmt: skip
        square = float((mu**2).sum())
        alpha = float((excess * mu).sum() / square)
        error = np.sqrt(float(((excess - alpha * mu) ** 2).sum()) / (fit.n - 1) / square)
        if error > 0:
            z = alpha / float(error)
            found.append(
                _test("Variance μ + α·μ² (Cameron & Trivedi)", alpha, z,
                      float(stats.norm.sf(z)), "the negative binomial family allows it")
            )  # fmt: skip
        return tuple(found)
    if fit.spec.family == "binomial" and float((w > 1).mean()) > 0.5:
        p = float(stats.chi2.sf(fit.pearson_chi2, fit.df_residual))
        return (
            _test("Pearson χ² of the shares", fit.pearson_chi2 / fit.df_residual,
                  fit.pearson_chi2, p, "the quasi-binomial family allows it"),
        )  # fmt: skip
    return ()


def _test(name: str, estimate: float, statistic: float, p: float, way_out: str) -> DispersionTest:
    sentence = (
        f"The response scatters more than the family allows; {way_out}."
        if p < 0.05
        else "No sign of more scatter than the family allows."
    )
    return DispersionTest(name, estimate, statistic, p, sentence)
