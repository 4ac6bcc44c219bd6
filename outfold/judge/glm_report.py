"""Everything a page shows of one model, without the arrays that made it."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import pandas as pd

from outfold.judge.analysis_of_deviance import AnalysisOfDeviance, Test, sequential
from outfold.judge.count_frequencies import CountFrequencies, glm_frequencies
from outfold.judge.diagnostic_points import DiagnosticPoints, diagnostic_points
from outfold.judge.dispersion_test import DispersionTest, dispersion_tests
from outfold.judge.glm import fit_glm
from outfold.judge.glm_alarms import overdispersion
from outfold.judge.glm_diagnostics import diagnostics
from outfold.judge.glm_fit import Coefficient, GlmFit
from outfold.judge.likelihood import without_likelihood
from outfold.judge.robust_errors import Errors, notes_of, with_errors
from outfold.judge.term_tests import drop_one


@dataclass(frozen=True, slots=True, eq=False)
class GlmReport:
    """One model and what was asked about it.

    Attributes:
        formula: The model.
        family: The family's label.
        link: The link's key.
        n: Rows used.
        figures: Named numbers: deviances, degrees of freedom, D², criteria, dispersion.
        coefficients: The summary.
        terms: Its terms in order, type I.
        dropped: Each term dropped in turn.
        points: Residuals and influence, few enough to draw.
        frequencies: How often each count occurs and is expected, for families of counts.
        dispersion_tests: Of more scatter than the family allows, where it fixes it.
        errors: How the standard errors were found.
        notes: Sentences about anything unusual.
        asides: Sentences about rows left out and about what the response means.
        too_small: By what factor errors by the family are too small, where the response scatters
            more than it allows; else 1.
        without_likelihood: Why there is no AIC and BIC; empty where there are.
    """

    formula: str
    family: str
    link: str
    n: int
    figures: dict[str, float]
    coefficients: tuple[Coefficient, ...]
    terms: AnalysisOfDeviance | None
    dropped: AnalysisOfDeviance | None
    points: DiagnosticPoints
    notes: tuple[str, ...]
    frequencies: CountFrequencies | None = None
    dispersion_tests: tuple[DispersionTest, ...] = ()
    errors: Errors = "model"
    asides: tuple[str, ...] = ()
    without_likelihood: str = ""
    too_small: float = 1.0


def glm_report(
    frame: pd.DataFrame,
    formula: str,
    family: str,
    link: str | None = None,
    power: float | None = None,
    theta: float | None = None,
    offset: str | None = None,
    exposure: str | None = None,
    weights: str | None = None,
    test: Test = "auto",
    seed: int = 0,
    errors: Errors = "model",
    cluster: str | None = None,
) -> GlmReport:
    """Fit a model and analyse its deviance, its terms and its residuals.

    Args:
        frame: The table.
        formula: See ``fit_glm``, as the rest.
        family: One of ``FAMILIES``.
        link: Of the family.
        power: Of Tweedie.
        theta: Of the negative binomial.
        offset: A column.
        exposure: A column.
        weights: A column.
        test: By the family unless given.
        seed: Of the quantile residuals.
        errors: Standard errors by the family, or robust ones.
        cluster: A column of groups, for errors by group.

    Raises:
        OutfoldError: What ``fit_glm`` raises.
    """
    fit = fit_glm(frame, formula, family, link, power, theta, offset, exposure, weights, cluster)
    tested = fit.df_residual > 0
    return GlmReport(
        formula=str(fit.spec.formula),
        family=fit.spec.family_spec.label,
        link=fit.spec.link,
        n=fit.n,
        figures=_figures(fit),
        coefficients=with_errors(fit, errors),
        terms=sequential(fit, test) if tested and fit.spec.formula.terms else None,
        dropped=drop_one(fit, test) if tested and fit.spec.formula.terms else None,
        points=diagnostic_points(diagnostics(fit, seed=seed), seed=seed),
        notes=(*fit.notes[len(fit.rows.notes) :], *notes_of(fit, errors)),
        frequencies=glm_frequencies(fit),
        dispersion_tests=dispersion_tests(fit),
        errors=errors,
        asides=fit.rows.notes,
        without_likelihood=without_likelihood(fit.spec.family_spec, fit.rows, fit.mu),
        too_small=sqrt(overdispersion(fit)),
    )


def _figures(fit: GlmFit) -> dict[str, float]:
    return {
        "null_deviance": fit.null_deviance,
        "residual_deviance": fit.residual_deviance,
        "df_null": fit.df_null,
        "df_residual": fit.df_residual,
        "d2": fit.d2,
        "d2_adjusted": fit.d2_adjusted,
        "aic": fit.aic,
        "bic": fit.bic,
        "loglik": fit.loglik,
        "dispersion": fit.dispersion,
        "pearson_dispersion": fit.pearson_chi2 / fit.df_residual
        if fit.df_residual > 0
        else float("nan"),
        "theta": fit.theta if fit.theta is not None else float("nan"),
    }
