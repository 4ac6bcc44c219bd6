"""A fitted generalised linear model, reported by R's conventions."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from outfold.judge.design import Design
from outfold.judge.formula import Formula
from outfold.judge.glm_families import FAMILIES, Family, statsmodels_family
from outfold.judge.glm_rows import GlmRows
from outfold.metrics.metric import Floats


@dataclass(frozen=True, slots=True)
class GlmSpec:
    """Everything that was chosen for a fit, apart from the rows.

    Attributes:
        formula: Response and terms.
        family: Key of the family.
        link: Key of the link.
        power: Variance power, for Tweedie only.
        theta: Given theta of a negative binomial, or None to estimate it.
        offset: Column added to the linear predictor, or None.
        exposure: Column whose logarithm is added to it, or None.
        weights: Column of prior weights (binomial: trials), or None.
        cluster: Column whose values say which rows belong together, for robust errors, or None.
    """

    formula: Formula
    family: str
    link: str
    power: float | None = None
    theta: float | None = None
    offset: str | None = None
    exposure: str | None = None
    weights: str | None = None
    cluster: str | None = None

    @property
    def family_spec(self) -> Family:
        """The family itself."""
        return FAMILIES[self.family]


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One line of the summary; an aliased column has NaN everywhere.

    Where robust errors cannot judge a coefficient, all but its estimate is NaN.

    Attributes:
        term: Its name in R's spelling.
        estimate: On the link's scale.
        std_error: From the expected information, times the dispersion.
        statistic: Estimate over standard error.
        p_value: Two-sided.
        kind: ``t`` where the dispersion is estimated or errors go by group, else ``z``.
        low: Lower end of the 95 % Wald interval.
        high: Upper end.
        aliased: Whether the column depends on the ones before it.
    """

    term: str
    estimate: float
    std_error: float
    statistic: float
    p_value: float
    kind: Literal["t", "z"]
    low: float
    high: float
    aliased: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class GlmFit:
    """A fitted generalised linear model.

    Deviances are unscaled. AIC and BIC count the dispersion of Gaussian, gamma and inverse
    Gaussian models and an estimated theta, and are NaN for quasi-families and Tweedie, as in R.

    Attributes:
        spec: What was fitted.
        coefficients: The summary, in the formula's order.
        null_deviance: Of the model with only the intercept, the offset and the weights.
        residual_deviance: Of this model.
        df_null: Its degrees of freedom.
        df_residual: Rows minus coefficients.
        d2: 1 - residual / null deviance; R² for Gaussian, McFadden's for 0/1 outcomes.
        d2_adjusted: The same with each deviance over its degrees of freedom.
        aic: Akaike's criterion, NaN where there is no likelihood.
        bic: Schwarz's criterion, likewise.
        loglik: Log-likelihood, likewise.
        n_parameters: Parameters that AIC counts.
        dispersion: 1, or Pearson chi-square over ``df_residual`` where it is estimated.
        dispersion_estimated: Which of the two.
        pearson_chi2: Sum of squared Pearson residuals.
        n: Rows used.
        converged: Whether the deviance had settled.
        iterations: Iterations taken.
        theta: Of a negative binomial, else None.
        theta_std_error: Of an estimated theta, else None.
        aliased: Columns set aside because they depend on earlier ones.
        notes: Sentences about anything unusual.
        rows: The rows it was fitted on.
        design: The design matrix with all columns.
        kept: Which columns were estimated, shape (n_columns,) of bool.
        covariance: Of the estimated coefficients, times the dispersion.
        mu: Fitted means, shape (n_rows,).
        eta: Linear predictor with the offset, shape (n_rows,).
    """

    spec: GlmSpec
    coefficients: tuple[Coefficient, ...]
    null_deviance: float
    residual_deviance: float
    df_null: int
    df_residual: int
    d2: float
    d2_adjusted: float
    aic: float
    bic: float
    loglik: float
    n_parameters: int
    dispersion: float
    dispersion_estimated: bool
    pearson_chi2: float
    n: int
    converged: bool
    iterations: int
    theta: float | None
    theta_std_error: float | None
    aliased: tuple[str, ...]
    notes: tuple[str, ...]
    rows: GlmRows = dataclasses.field(repr=False)
    design: Design = dataclasses.field(repr=False)
    kept: np.ndarray = dataclasses.field(repr=False)
    covariance: Floats = dataclasses.field(repr=False)
    mu: Floats = dataclasses.field(repr=False)
    eta: Floats = dataclasses.field(repr=False)

    @property
    def rank(self) -> int:
        """Estimated coefficients."""
        return int(self.kept.sum())

    def matrix(self) -> Floats:
        """The design columns that were estimated, shape (n_rows, rank)."""
        return self.design.matrix if self.kept.all() else self.design.matrix[:, self.kept]

    def engine(self) -> Any:
        """The statsmodels family with its link, for variances and derivatives."""
        spec = self.spec
        return statsmodels_family(spec.family_spec, spec.link, spec.power, self.theta or 1.0)

    def working_weights(self) -> Floats:
        """The weights of the expected information, shape (n_rows,)."""
        with np.errstate(all="ignore"):
            return np.asarray(self.rows.weights * self.engine().weights(self.mu))

    def frame(self) -> pd.DataFrame:
        """The coefficients as a table: one row each, estimates on the link's scale."""
        return pd.DataFrame([dataclasses.asdict(c) for c in self.coefficients])
