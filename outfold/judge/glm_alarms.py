"""What to say about a fit that converged but cannot be taken at face value.

Neither R nor statsmodels warns of quasi-separation, of a level whose counts are all zero, or of a
Poisson model whose standard errors are several times too small.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from outfold.judge.glm_fit import GlmFit
from outfold.judge.likelihood import impossible_means

AT_A_BOUND = 1e-8
HUGE = 30.0
"""A standard error this large, over the column's whole range and on a log or logit scale, means
that the data hardly say anything about the coefficient (e^30 is 10^13)."""
OVERDISPERSED = 1.5
FEW_ROWS = 30
NAMED = 6
"""Levels that are named."""


def alarms(fit: GlmFit) -> Iterator[str]:
    """Sentences about a fit that deserve to be read before its numbers."""
    if not fit.converged:
        yield (
            f"The fit did not converge in {fit.iterations} iterations; its numbers are not final. "
            "Take another link, or fewer terms."
        )
    if fit.aliased:
        shown = ", ".join(fit.aliased[:6]) + (", …" if len(fit.aliased) > 6 else "")
        yield f"Depends on the terms before it and was set aside: {shown}."
    if fit.df_residual <= 0:
        yield "There are as many coefficients as rows: the model repeats the data."
    family = fit.spec.family_spec
    if count := impossible_means(family, fit.mu):
        yield (
            f"{count:,} of {fit.n:,} fitted means lie outside what the {family.label} family can "
            f"have, because the {fit.spec.link} link does not keep them in, so deviance, errors "
            f"and tests mean little. Take the {'logit' if family.is_binomial else 'log'} link."
        )
    if family.is_binomial or family.is_count:
        yield from _separation(fit)
    yield from _overdispersion(fit)
    if family.key == "negative_binomial" and fit.theta_std_error == float("inf"):
        yield "The counts scatter no more than Poisson, so theta has no finite estimate."


def _separation(fit: GlmFit) -> Iterator[str]:
    y, w, mu = fit.rows.y, fit.rows.weights, fit.mu
    binomial = fit.spec.family_spec.is_binomial
    bound = mu < AT_A_BOUND
    if binomial:
        bound |= mu > 1 - AT_A_BOUND
        if bool(bound.all()) and bool(np.all(np.abs(y - mu) < AT_A_BOUND)):
            yield (
                "The terms separate the two outcomes completely: every row is predicted exactly, "
                "and coefficients and standard errors mean nothing."
            )
            return
    count = int(bound.sum())
    if count:
        ends = "0 or 1" if binomial else "0"
        yield (
            f"{count:,} {'row is' if count == 1 else 'rows are'} fitted at {ends} to eight digits: "
            "part of the outcome may be separated, with coefficients that run to infinity."
        )
    yield from _levels_of_one_outcome(fit, y, w, binomial)
    if fit.spec.link in ("log", "logit", "probit", "cloglog", "loglog"):
        matrix = fit.matrix()
        reach = np.ptp(matrix, axis=0)
        reach[reach == 0] = 1.0
        names = [c.term for c in fit.coefficients if not c.aliased]
        errors = np.array([c.std_error for c in fit.coefficients if not c.aliased])
        large = [n for n, e in zip(names, errors * reach, strict=True) if e > HUGE]
        if large:
            shown = ", ".join(large[:6]) + (", …" if len(large) > 6 else "")
            yield (
                f"The standard error is so large that nothing is known about: {shown}. "
                "This is separation, or terms that nearly repeat each other."
            )


def _levels_of_one_outcome(
    fit: GlmFit, y: np.ndarray, w: np.ndarray, binomial: bool
) -> Iterator[str]:
    for label, levels in fit.design.levels.items():
        size = len(levels.names)
        yes = np.bincount(levels.codes, weights=w * y, minlength=size)
        trials = np.bincount(levels.codes, weights=w, minlength=size)
        for outcome, alike in ((0, yes == 0), (1, binomial & (yes == trials))):
            names = [repr(levels.names[i]) for i in np.flatnonzero(alike)]
            if len(names) == 1:
                yield (
                    f"Every response with {label} = {names[0]} is {outcome}, so its coefficient "
                    "has no finite estimate."
                )
            elif names:
                more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
                yield (
                    f"Every response is {outcome} with {label} = {', '.join(names[:NAMED])}{more}, "
                    "so their coefficients have no finite estimate."
                )


def overdispersion(fit: GlmFit) -> float:
    """Pearson dispersion of a family that fixes it at 1, where it is too large to be passed over.

    The family's standard errors are too small by its root. 1 where there is no such finding.
    """
    if fit.spec.family not in ("poisson", "binomial") or fit.df_residual < FEW_ROWS:
        return 1.0
    grouped = fit.spec.family == "poisson" or bool((fit.rows.weights > 1).mean() > 0.5)
    ratio = fit.pearson_chi2 / fit.df_residual
    return ratio if grouped and ratio > OVERDISPERSED else 1.0


def _overdispersion(fit: GlmFit) -> Iterator[str]:
    ratio = overdispersion(fit)
    if ratio > 1:
        other = (
            "the Quasi-Poisson or negative binomial family"
            if fit.spec.family == "poisson"
            else "the Quasi-binomial family"
        )
        yield (
            f"The response scatters {ratio:.1f} times as much as the {fit.spec.family_spec.label} "
            f"family allows (Pearson dispersion), so standard errors by the family are "
            f"{np.sqrt(ratio):.1f} times too small; take {other}, or robust errors."
        )
