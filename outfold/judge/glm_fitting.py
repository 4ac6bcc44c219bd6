"""From a checked choice and prepared rows to a fit: the part that comparisons share."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.design import Design, design_of
from outfold.judge.glm_alarms import alarms
from outfold.judge.glm_families import family_named, link_named, statsmodels_family
from outfold.judge.glm_fit import Coefficient, GlmFit, GlmSpec
from outfold.judge.glm_rows import GlmRows, rows_for
from outfold.judge.glm_solve import Solution, independent_columns, solve
from outfold.judge.glm_theta import LARGEST, solve_negative_binomial
from outfold.judge.likelihood import without_likelihood
from outfold.judge.parse_formula import parse_formula

LEVEL = 0.95
"""Coverage of the coefficients' intervals."""


def spec_of(
    frame: pd.DataFrame,
    formula: str,
    family: str,
    link: str | None = None,
    power: float | None = None,
    theta: float | None = None,
    offset: str | None = None,
    exposure: str | None = None,
    weights: str | None = None,
    cluster: str | None = None,
) -> GlmSpec:
    """Check what was chosen, without fitting anything; see ``fit_glm``."""
    chosen = family_named(family)
    if chosen.key == "tweedie":
        if power is None:
            raise NotApplicableError(
                "The Tweedie family needs its variance power.", "Give power, often 1.5."
            )
        if not (power == 0 or 1 <= power <= 4):
            raise NotApplicableError(f"The power is {power:g}.", "Take 0, or 1 to 4.")
    elif power is not None:
        raise NotApplicableError(
            f"The {chosen.label} family has no power.", "Only tweedie takes one."
        )
    if theta is not None and (chosen.key != "negative_binomial" or not 0 < theta < LARGEST):
        raise NotApplicableError(
            f"Theta is {theta:g} and the family {chosen.label}.",
            "A theta above 0 belongs to negative_binomial.",
        )
    parsed = parse_formula(formula, [str(c) for c in frame.columns])
    return GlmSpec(
        parsed, chosen.key, link_named(link, chosen), power, theta, offset, exposure, weights,
        cluster,
    )  # fmt: skip


def rows_of(frame: pd.DataFrame, specs: list[GlmSpec]) -> GlmRows:
    """The rows that all of some specs can be fitted on; they differ in their terms only."""
    one = specs[0]
    return rows_for(
        frame,
        [s.formula for s in specs],
        one.family_spec,
        one.link,
        one.offset,
        one.exposure,
        one.weights,
        one.power,
        one.cluster,
    )


def fit_spec(spec: GlmSpec, rows: GlmRows, design: Design | None = None) -> GlmFit:
    """Fit one model on rows already prepared, as when models are compared.

    Args:
        spec: What to fit.
        rows: What to fit it on.
        design: A design matrix made already, else it is made from the spec's formula.

    Raises:
        NotApplicableError: The terms do not fit the rows.
    """
    family = spec.family_spec
    design = design or design_of(spec.formula, rows.frame)
    kept = independent_columns(design.matrix)
    matrix = design.matrix if kept.all() else design.matrix[:, kept]
    y, w, offset = rows.y, rows.weights, rows.offset
    theta, theta_error = spec.theta, None
    if family.key == "negative_binomial" and theta is None:
        found, theta, theta_error = solve_negative_binomial(y, matrix, family, spec.link, w, offset)
        engine = statsmodels_family(family, spec.link, None, theta)
    else:
        engine = statsmodels_family(family, spec.link, spec.power, theta or 1.0)
        found = solve(y, matrix, engine, w, offset)
    df = len(y) - matrix.shape[1]
    with np.errstate(all="ignore"):
        pearson = float((w * (y - found.mu) ** 2 / engine.variance(found.mu)).sum())
    estimated = family.estimated or spec.theta is not None
    dispersion = (pearson / df if df > 0 else float("nan")) if estimated else 1.0
    null, df_null = _null(spec, rows, engine)
    loglik = float("nan")
    if family.likelihood is not None and not without_likelihood(family, rows, found.mu):
        with np.errstate(all="ignore"):
            loglik = family.likelihood(y, found.mu, w, found.deviance, theta or 0.0)
    counted = matrix.shape[1] + family.counted - (spec.theta is not None)
    names = np.asarray(design.names, dtype=object)
    fit = GlmFit(
        spec=spec,
        coefficients=_coefficients(design, kept, found, dispersion, estimated, df),
        null_deviance=null,
        residual_deviance=found.deviance,
        df_null=df_null,
        df_residual=df,
        d2=1 - found.deviance / null if null > 0 else float("nan"),
        d2_adjusted=1 - (found.deviance / df) / (null / df_null)
        if df > 0 and null > 0
        else float("nan"),
        aic=-2 * loglik + 2 * counted,
        bic=-2 * loglik + float(np.log(len(y) + rows.zero_weight)) * counted,
        loglik=loglik,
        n_parameters=counted,
        dispersion=dispersion,
        dispersion_estimated=estimated,
        pearson_chi2=pearson,
        n=len(y),
        converged=found.converged,
        iterations=found.iterations,
        theta=theta,
        theta_std_error=theta_error,
        aliased=tuple(str(n) for n in names[~kept]),
        notes=rows.notes,
        rows=rows,
        design=design,
        kept=kept,
        covariance=found.unscaled * dispersion,
        mu=found.mu,
        eta=found.eta,
    )
    return dataclasses.replace(fit, notes=(*rows.notes, *alarms(fit)))


def _null(spec: GlmSpec, rows: GlmRows, engine: Any) -> tuple[float, int]:
    """Deviance and degrees of freedom with the intercept, offset and weights alone."""
    n = len(rows.y)
    constant = np.ones((n, 1 if spec.formula.intercept else 0))
    if spec.formula.intercept and not rows.has_offset:
        mu = np.full(n, np.average(rows.y, weights=rows.weights))
        return float(engine.deviance(rows.y, mu, var_weights=rows.weights)), n - 1
    found = solve(rows.y, constant, engine, rows.weights, rows.offset)
    return found.deviance, n - constant.shape[1]


def _coefficients(
    design: Design, kept: np.ndarray, found: Solution, dispersion: float, estimated: bool, df: int
) -> tuple[Coefficient, ...]:
    from scipy import stats

    law = stats.t(df) if estimated and df > 0 else stats.norm()
    half = float(law.ppf(0.5 + LEVEL / 2))
    kind: Literal["t", "z"] = "t" if estimated else "z"
    errors = np.sqrt(np.diag(found.unscaled) * dispersion)
    with np.errstate(all="ignore"):
        statistics = found.beta / errors
    p_values = 2 * law.sf(np.abs(statistics))
    nan = float("nan")
    lines: list[Coefficient] = []
    at = 0
    for name, used in zip(design.names, kept.tolist(), strict=True):
        if not used:
            lines.append(Coefficient(name, nan, nan, nan, nan, kind, nan, nan, aliased=True))
            continue
        b, e = float(found.beta[at]), float(errors[at])
        lines.append(
            Coefficient(
                name, b, e, float(statistics[at]), float(p_values[at]), kind,
                b - half * e, b + half * e,
            )
        )  # fmt: skip
        at += 1
    return tuple(lines)
