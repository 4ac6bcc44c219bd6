"""Standard errors that hold where the variance function is wrong: the sandwich estimator."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.expression import quoted, unquoted
from outfold.judge.glm_fit import Coefficient, GlmFit
from outfold.judge.glm_solve import blocks
from outfold.judge.mostly_zero import cross_product, mostly_zero
from outfold.judge.sole_support import rests_on_one
from outfold.metrics.metric import Floats, Ints

Errors = Literal["model", "HC0", "HC1", "HC2", "HC3", "cluster"]

ERRORS: dict[Errors, str] = {
    "model": "By the family",
    "HC0": "Robust, HC0",
    "HC1": "Robust, HC1",
    "HC2": "Robust, HC2",
    "HC3": "Robust, HC3",
    "cluster": "Robust, by group",
}
"""Ways to standard errors, by name."""

FEW_GROUPS = 40
"""Below so many groups errors by group tend to be too small (Cameron & Miller 2015, section VI)."""

NAMED = 6
"""Coefficients that a note names."""


def robust_covariance(fit: GlmFit, errors: Errors = "HC1") -> Floats:
    """The coefficients' covariance without trusting the family's variance (Huber 1967; White 1980).

    The mean is taken as right, and rows as independent but for ``cluster``. ``HC0`` is the plain
    sandwich, ``HC1`` is times n / (n - rank), ``HC2`` divides each squared residual by one minus
    its leverage and ``HC3`` by the square of that, which MacKinnon & White (1985) found best in
    small samples.

    ``cluster`` adds up the scores of each group first (Liang & Zeger 1986), so that only groups
    need be independent, and multiplies by G / (G - 1) for G groups. statsmodels'
    ``cov_type="cluster"`` multiplies by (n - 1) / (n - rank) besides.

    The information is the expected one, as in R's sandwich package; off the canonical link
    statsmodels takes the observed one, so its errors differ there.

    Args:
        fit: The fitted model; for ``cluster`` its spec has to name the column of groups.
        errors: Which; ``model`` gives the family's own.

    Returns:
        Shape (rank, rank).

    Raises:
        NotApplicableError: Errors by group without a column of groups, or with one group only.
    """
    if errors == "model":
        return fit.covariance
    engine, rows, matrix = fit.engine(), fit.rows, fit.matrix()
    with np.errstate(all="ignore"):
        slope = engine.link.deriv(fit.mu)
        score = rows.weights * (rows.y - fit.mu) / (slope * engine.variance(fit.mu))
    if errors in ("HC2", "HC3"):
        from outfold.judge.glm_diagnostics import leverage_of

        left = np.maximum(1 - leverage_of(fit), 1e-8)
        score = score / (np.sqrt(left) if errors == "HC2" else left)
    if errors == "cluster":
        codes, count = groups_of(fit)
        meat = _group_meat(matrix, score, codes, count) * (count / (count - 1))
    elif (filled := mostly_zero(matrix)) is not None:
        meat = cross_product(filled, score**2)
    else:
        meat = np.zeros((fit.rank, fit.rank))
        for b in blocks(fit.n):
            part = matrix[b] * score[b, None]
            meat += part.T @ part
    bread = fit.covariance / fit.dispersion
    found = bread @ meat @ bread
    if errors == "HC1" and fit.df_residual > 0:
        found = found * (fit.n / fit.df_residual)
    return np.asarray(found)


def groups_of(fit: GlmFit) -> tuple[Ints, int]:
    """Each row's group, shape (n_rows,), counted from 0, and the number of groups.

    Raises:
        NotApplicableError: No column of groups was named, or it has one value in the rows used.
    """
    column = fit.spec.cluster
    if column is None:
        raise NotApplicableError(
            "Standard errors by group need a column of groups.",
            "Name the column whose values say which rows belong together.",
        )
    codes, names = pd.factorize(fit.rows.frame[column])
    if len(names) < 2:
        raise NotApplicableError(
            f"{quoted(column)} has one group in the rows used, and errors by group need several.",
            "Take another column of groups, or other standard errors.",
        )
    return np.asarray(codes, dtype=np.intp), len(names)


def _group_meat(matrix: Floats, score: Floats, codes: Ints, count: int) -> Floats:
    """The inner products of the groups' summed scores, shape (n_columns, n_columns)."""
    sums = np.empty((count, matrix.shape[1]))
    for place in range(matrix.shape[1]):
        sums[:, place] = np.bincount(codes, weights=matrix[:, place] * score, minlength=count)
    return np.asarray(sums.T @ sums)


def notes_of(fit: GlmFit, errors: Errors) -> tuple[str, ...]:
    """Sentences about standard errors that deserve to be read before they are used."""
    if errors == "model":
        return ()
    alone = _alone(fit, errors)
    if errors != "cluster":
        return alone
    _, count = groups_of(fit)
    if count <= fit.rank:
        return (
            *alone,
            f"There are {count:,} groups for {fit.rank:,} coefficients, so errors by group cannot "
            "judge them all; take fewer terms or other standard errors.",
        )
    if count < FEW_GROUPS:
        return (
            *alone,
            f"There are {count:,} groups only; errors by group tend to be too small below about "
            f"{FEW_GROUPS} (Cameron & Miller 2015).",
        )
    return alone


def _alone(fit: GlmFit, errors: Errors) -> tuple[str, ...]:
    """Which coefficients have no robust error, and for want of what."""
    resting = _resting(fit, errors)
    if not resting:
        return ()
    terms = list(dict.fromkeys(t for names in resting.values() for t in names))
    shown = ", ".join(unquoted(t) for t in terms[:NAMED])
    shown += f" and {len(terms) - NAMED:,} more" if len(terms) > NAMED else ""
    if errors == "cluster":
        first = fit.rows.frame[fit.spec.cluster].iloc[
            int(np.flatnonzero(groups_of(fit)[0] == next(iter(resting)))[0])
        ]
        what, which = "group", f"{quoted(str(fit.spec.cluster))} = {str(first)!r}"
    else:
        what, which = "row", f"row {int(fit.rows.index[next(iter(resting))]) + 1:,}"
    one = len(resting) == 1
    it, each = ("it" if len(terms) == 1 else "them"), ("its" if one else "their")
    return (
        f"Robust errors cannot judge {shown}: "
        + (f"one {what} alone ({which}) tells" if one else f"single {what}s alone tell")
        + f" anything about {it}, and {each} residuals are none of the scatter that such errors "
        "are made of. No robust error, interval or p-value is given there.",
    )


def _resting(fit: GlmFit, errors: Errors) -> dict[int, tuple[str, ...]]:
    return rests_on_one(fit, groups_of(fit)[0] if errors == "cluster" else None)


def with_errors(fit: GlmFit, errors: Errors) -> tuple[Coefficient, ...]:
    """The summary with other standard errors.

    Robust ones are judged by the normal distribution; errors by group by t with G - 1 degrees of
    freedom for G groups (Cameron & Miller 2015), which is statsmodels' ``use_t=True``.

    A coefficient that rests on one row, or for errors by group on one group, has NaN for its
    error, interval and p-value: residuals cannot tell how far it may be off.

    Args:
        fit: The fitted model.
        errors: Which standard errors.

    Raises:
        NotApplicableError: See ``robust_covariance``.
    """
    if errors == "model":
        return fit.coefficients
    from scipy import stats

    kind: Literal["t", "z"] = "t" if errors == "cluster" else "z"
    law: Any = stats.t(groups_of(fit)[1] - 1) if kind == "t" else stats.norm()
    half = float(law.ppf(0.975))
    spread = iter(np.sqrt(np.maximum(np.diag(robust_covariance(fit, errors)), 0.0)))
    resting = {t for names in _resting(fit, errors).values() for t in names}
    lines: list[Coefficient] = []
    for line in fit.coefficients:
        if line.aliased:
            lines.append(line)
            continue
        error = float(next(spread))
        if line.term in resting:
            error = float("nan")
        with np.errstate(all="ignore"):
            z = float(np.divide(line.estimate, error))
        lines.append(
            dataclasses.replace(
                line, std_error=error, statistic=z, p_value=float(2 * law.sf(abs(z))),
                kind=kind, low=line.estimate - half * error, high=line.estimate + half * error,
            )
        )  # fmt: skip
    return tuple(lines)
