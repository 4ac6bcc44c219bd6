"""Tests of single terms: dropped, added, and type II and III, as R's stats and car make them."""

from __future__ import annotations

from typing import Literal

import numpy as np

from outfold.errors import NotApplicableError
from outfold.judge.analysis_of_deviance import (
    NAN,
    AnalysisOfDeviance,
    DevianceRow,
    Test,
    Yardstick,
    part_of,
    yardstick,
)
from outfold.judge.formula import Formula, Term
from outfold.judge.glm_fit import GlmFit
from outfold.judge.glm_solve import Solution
from outfold.judge.likelihood import without_likelihood
from outfold.metrics.metric import Floats


def drop_one(
    fit: GlmFit, test: Test = "auto", dispersion: Literal["pearson", "deviance"] = "pearson"
) -> AnalysisOfDeviance:
    """Each term dropped from the model that no interaction contains, as R's ``drop1``.

    Args:
        fit: The model.
        test: ``auto``, ``chisq`` or ``f``.
        dispersion: What an F divides by: the model's Pearson dispersion, as in every other table
            here, or deviance over degrees of freedom, as R's ``drop1`` does.

    Returns:
        A first line for the model itself, then one per term. AIC is at the model's own dispersion
        where the family is gamma or inverse Gaussian, as in R, and NaN where there is none.
    """
    measure = yardstick(fit, test)
    if dispersion == "deviance" and measure.test == "f":
        measure = Yardstick("f", fit.residual_deviance / fit.df_residual, measure.df_error)
    formula = fit.spec.formula
    rows = [DevianceRow("<none>", str(formula), fit.df_residual, fit.residual_deviance,
                        aic=fit.aic)]  # fmt: skip
    for term in formula.droppable():
        place = formula.terms.index(term) + 1
        found, rank = part_of(fit, fit.design.term_of != place)
        df = fit.rank - rank
        delta = found.deviance - fit.residual_deviance
        statistic, p_value = measure.judge(delta, df)
        rows.append(
            DevianceRow(
                term.label, str(formula.without(term)), fit.n - rank, found.deviance, df, delta,
                statistic, p_value, aic_beside(fit, fit, found, rank),
            )
        )  # fmt: skip
    return AnalysisOfDeviance(
        "drop1", measure.test, tuple(rows), measure.dispersion, measure.df_error
    )


def add_one(fit: GlmFit, widest: GlmFit, test: Test = "auto") -> AnalysisOfDeviance:
    """Each term added that a wider model has and this one lacks, as R's ``add1``.

    Args:
        fit: The model to add to, fitted on the same rows as the wider one.
        widest: The wider model, fitted; see ``fit_nested``.
        test: ``auto``, ``chisq`` or ``f``; each F has the dispersion of the model with the term.

    Raises:
        NotApplicableError: The wider model has no term that can be added.
    """
    formula, scope = fit.spec.formula, widest.spec.formula
    candidates = formula.addable(scope)
    if not candidates:
        raise NotApplicableError(
            f"{scope} has no term that can be added to {formula}.", "Name more terms."
        )
    measure = yardstick(widest, test)
    rows = [DevianceRow("<none>", str(formula), fit.df_residual, fit.residual_deviance,
                        aic=fit.aic)]  # fmt: skip
    for term in candidates:
        wider = formula.plus(term)
        found, rank = part_of(widest, columns_of(widest, wider))
        df = rank - fit.rank
        delta = fit.residual_deviance - found.deviance
        one = measure
        if widest.dispersion_estimated or measure.test == "f":
            one = Yardstick(measure.test, _pearson(widest, found) / (fit.n - rank), fit.n - rank)
        statistic, p_value = one.judge(delta, df)
        rows.append(
            DevianceRow(
                term.label, str(wider), fit.n - rank, found.deviance, df, delta,
                statistic, p_value, aic_beside(fit, widest, found, rank),
            )
        )  # fmt: skip
    return AnalysisOfDeviance(
        "add1", measure.test, tuple(rows), measure.dispersion, measure.df_error
    )


def columns_of(widest: GlmFit, formula: Formula) -> np.ndarray:
    """Which design columns of a wider model belong to a formula, shape (n_columns,) of bool."""
    places = [i + 1 for i, t in enumerate(widest.spec.formula.terms) if formula.has(t)]
    return np.isin(widest.design.term_of, [0, *places])


def aic_beside(own: GlmFit, engine_of: GlmFit, found: Solution, rank: int) -> float:
    """AIC of a refit, comparable with ``own.aic``."""
    family = own.spec.family_spec
    if own.aic != own.aic or without_likelihood(family, own.rows, found.mu):
        return NAN
    assert family.likelihood is not None
    if family.key in ("gamma", "inverse_gaussian"):
        change = (found.deviance - own.residual_deviance) / own.dispersion
        return own.aic + change + 2 * (rank - own.rank)
    rows = own.rows
    loglik = family.likelihood(
        rows.y, found.mu, rows.weights, found.deviance, engine_of.theta or 0.0
    )
    return -2 * loglik + 2 * (rank + own.n_parameters - own.rank)


def _pearson(fit: GlmFit, found: Solution) -> float:
    rows = fit.rows
    with np.errstate(all="ignore"):
        squares = (rows.y - found.mu) ** 2 / fit.engine().variance(found.mu)
    return float((rows.weights * squares).sum())


def type_two(fit: GlmFit, test: Test | Literal["wald"] = "auto") -> AnalysisOfDeviance:
    """Each term beside all others that do not contain it (type II), as car's ``Anova``.

    Args:
        fit: The model.
        test: ``auto``, ``chisq`` (likelihood ratio), ``f`` or ``wald``.
    """
    return _beside_others(fit, test, second=True)


def type_three(fit: GlmFit, test: Test | Literal["wald"] = "auto") -> AnalysisOfDeviance:
    """Each term beside all others (type III), as car's ``Anova``.

    With interactions the result depends on the coding; here it is treatment coding, so a main
    effect is the one at the other factors' first levels.

    Args:
        fit: The model.
        test: ``auto``, ``chisq`` (likelihood ratio), ``f`` or ``wald``.
    """
    return _beside_others(fit, test, second=False)


def _beside_others(fit: GlmFit, test: Test | Literal["wald"], second: bool) -> AnalysisOfDeviance:
    measure = yardstick(fit, "chisq" if test == "wald" else test)
    if measure.test == "rao":
        raise NotApplicableError("The score test serves sequential tables.", "Take chisq or f.")
    formula, place = fit.spec.formula, fit.design.term_of
    rows: list[DevianceRow] = []
    for i, term in enumerate(formula.terms, start=1):
        relatives = [j for j, t in enumerate(formula.terms, start=1) if second and t.contains(term)]
        beside = ~np.isin(place, relatives)
        if test == "wald":
            rows.append(_wald(fit, term, np.isin(place, [i, *relatives]), ~beside))
            continue
        if relatives:
            wide, wide_rank = part_of(fit, beside)
            wide_deviance = wide.deviance
        else:
            wide_deviance, wide_rank = fit.residual_deviance, fit.rank
        narrow, rank = part_of(fit, beside & (place != i))
        df = wide_rank - rank
        delta = narrow.deviance - wide_deviance
        statistic, p_value = measure.judge(delta, df)
        rows.append(
            DevianceRow(
                term.label, str(formula.without(term)), fit.n - rank, narrow.deviance,
                df, delta, statistic, p_value,
            )
        )  # fmt: skip
    note = (
        "Each term is judged beside all others that do not contain it."
        if second
        else "Each term is judged beside all others; main effects within interactions depend on "
        "the coding, here on the first levels."
    )
    return AnalysisOfDeviance(
        "type2" if second else "type3", measure.test, tuple(rows), measure.dispersion,
        measure.df_error, (note,),
    )  # fmt: skip


def _wald(fit: GlmFit, term: Term, wide: np.ndarray, narrow: np.ndarray) -> DevianceRow:
    """The Wald statistic of a term and its relatives minus that of the relatives.

    That is the quadratic form on the part of the term that is conjugate to its relatives, which is
    what car tests.
    """
    from scipy import stats

    beta = np.array([c.estimate for c in fit.coefficients if not c.aliased])

    def quadratic(columns: np.ndarray) -> tuple[float, int]:
        chosen = columns[fit.kept]
        if not chosen.any():
            return 0.0, 0
        part: Floats = beta[chosen]
        inner = fit.covariance[np.ix_(chosen, chosen)]
        return float(part @ np.linalg.solve(inner, part)), int(chosen.sum())

    whole, df_whole = quadratic(wide)
    less, df_less = quadratic(narrow)
    df = df_whole - df_less
    value = whole - less
    p_value = float(stats.chi2.sf(value, df)) if df > 0 else NAN
    return DevianceRow(term.label, str(fit.spec.formula), NAN, NAN, df, NAN, value, p_value)
