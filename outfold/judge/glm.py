"""Generalised linear models: one call to fit one, and one for what the command line prints."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Any, Literal

import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.analysis_of_deviance import AnalysisOfDeviance, sequential
from outfold.judge.glm_families import FAMILIES, LINKS
from outfold.judge.glm_fit import GlmFit
from outfold.judge.glm_fitting import fit_spec, rows_of, spec_of
from outfold.judge.nested import compare_nested, fewer_rows, fit_nested
from outfold.judge.robust_errors import Errors, notes_of, with_errors
from outfold.judge.step_selection import Criterion, Direction, step_selection
from outfold.judge.term_tests import add_one, drop_one, type_three, type_two

__all__ = [
    "FAMILIES",
    "LINKS",
    "GlmFit",
    "analysis_of_deviance",
    "deviance_json",
    "fit_glm",
    "stepwise_json",
]

Tested = Literal["auto", "chisq", "f"]
TermTable = Literal["sequential", "type2", "type3", "drop1", "add1"]


def fit_glm(
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
) -> GlmFit:
    """Fit a generalised linear model by maximum likelihood.

    Args:
        frame: The table.
        formula: Such as ``claims ~ age * C(region) + offset(log(years))``; see ``parse_formula``.
        family: One of ``FAMILIES``.
        link: One of the family's links; its default where nothing is said.
        power: The Tweedie variance power: 0, or 1 and above.
        theta: A negative binomial's theta, if it is known. The dispersion is then estimated and
            tests are t and F, as R's ``summary.glm`` does; otherwise theta is estimated and the
            dispersion is one.
        offset: A column added to the linear predictor.
        exposure: A column of time, people or area; its logarithm is added (log link only).
        weights: A column of prior weights; the numbers of trials where the response is a share.
        cluster: A column of groups of rows that belong together, for ``with_errors``; rows where
            it is missing are left out.

    Raises:
        FormulaError: The formula cannot be understood.
        UnknownNameError: A column, family or link that does not exist.
        NotApplicableError: The family, link or terms do not fit the table.
    """
    spec = spec_of(frame, formula, family, link, power, theta, offset, exposure, weights, cluster)
    rows = rows_of(frame, [spec])
    return fit_spec(spec, rows)


def analysis_of_deviance(
    fits: GlmFit | Sequence[GlmFit], test: Literal["auto", "chisq", "f"] = "auto"
) -> AnalysisOfDeviance:
    """The terms of one model in order, or nested models side by side.

    Args:
        fits: One fit, or several from ``fit_nested``.
        test: ``auto`` takes F where the dispersion is estimated and chi-square where it is one.

    Raises:
        NotApplicableError: Several fits that are not nested in one another.
    """
    if isinstance(fits, GlmFit):
        return sequential(fits, test)
    return sequential(fits[0], test) if len(fits) == 1 else compare_nested(fits, test)


def deviance_json(
    frame: pd.DataFrame,
    formula: str,
    family: str,
    link: str | None = None,
    power: float | None = None,
    theta: float | None = None,
    offset: str | None = None,
    exposure: str | None = None,
    weights: str | None = None,
    against: Sequence[str] = (),
    test: Literal["chisq", "f"] | None = None,
    table: TermTable = "sequential",
    errors: Errors = "model",
    cluster: str | None = None,
) -> dict[str, Any]:
    """A fit and its analysis of deviance, as the command line prints them.

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
        against: Formulas nested with the first; without any, the first one's terms in order. For
            ``add1`` one wider formula, whose terms are added one at a time.
        test: By the family unless given.
        table: Which tests of the first formula's terms, where no other one is given.
        errors: Standard errors by the family, or robust ones.
        cluster: A column of groups, for errors by group.

    Returns:
        ``fit``, ``analysis_of_deviance`` and ``test``; what is undefined is None.

    Raises:
        OutfoldError: What ``fit_glm`` and ``analysis_of_deviance`` raise.
    """
    fits = fit_nested(
        frame, [formula, *against], family, link, power, theta, offset, exposure, weights, cluster
    )
    return _told(fits, test or "auto", table, errors, frame)


def stepwise_json(
    frame: pd.DataFrame,
    formula: str,
    family: str,
    criterion: Criterion,
    direction: Direction = "both",
    link: str | None = None,
    power: float | None = None,
    theta: float | None = None,
    offset: str | None = None,
    exposure: str | None = None,
    weights: str | None = None,
    test: Literal["chisq", "f"] | None = None,
    table: TermTable = "sequential",
    errors: Errors = "model",
    cluster: str | None = None,
) -> dict[str, Any]:
    """A stepwise search, and the model that it ends at as ``deviance_json`` tells of it.

    Args:
        frame: The table.
        formula: The widest model: every term that may be chosen.
        family: One of ``FAMILIES``, with a likelihood.
        criterion: ``aic`` or ``bic``.
        direction: Which steps are allowed.
        link: As the rest, of ``deviance_json``.
        power: Of Tweedie.
        theta: Of the negative binomial.
        offset: A column.
        exposure: A column.
        weights: A column.
        test: By the family unless given.
        table: Which tests of the chosen model's terms; not ``add1``.
        errors: Standard errors by the family, or robust ones.
        cluster: A column of groups, for errors by group.

    Returns:
        As ``deviance_json``, and ``path``: ``criterion``, ``direction``, ``steps``, ``notes``.

    Raises:
        OutfoldError: What ``deviance_json`` and ``step_selection`` raise.
    """
    (widest,) = fit_nested(
        frame, [formula], family, link, power, theta, offset, exposure, weights, cluster
    )
    path = step_selection(widest, direction=direction, criterion=criterion)
    assert path.final is not None
    found = _told([path.final], test or "auto", table, errors)
    found["fit"]["notes"] += path.notes
    steps = _without_nan([dataclasses.asdict(step) for step in path.steps])
    return found | {"path": {"criterion": criterion, "direction": direction, "steps": steps}}


def _told(
    fits: Sequence[GlmFit],
    test: Tested,
    table: TermTable,
    errors: Errors,
    frame: pd.DataFrame | None = None,
) -> dict[str, Any]:
    """The first fit and its tests; see ``deviance_json``."""
    fit = dataclasses.replace(
        fits[0],
        coefficients=with_errors(fits[0], errors),
        notes=(*fits[0].notes, *notes_of(fits[0], errors)),
    )
    if table == "add1":
        if len(fits) != 2:
            raise NotApplicableError(
                f"add1 takes one wider formula, and {len(fits) - 1} were given.",
                "Name the model with every term that may be added as --against.",
            )
        tested = add_one(fits[0], fits[1], test)
    elif len(fits) > 1 or table == "sequential":
        tested = analysis_of_deviance(fits, test)
    else:
        calls: dict[str, Callable[[GlmFit, Tested], AnalysisOfDeviance]] = {
            "type2": type_two, "type3": type_three, "drop1": drop_one,
        }  # fmt: skip
        tested = calls[table](fit, test)
    if frame is not None and len(fits) > 1:
        tested = fewer_rows(tested, frame, fits[0])
    found: dict[str, Any] = _without_nan(_plain_result(fit, tested, errors))
    return found


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_nan(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_without_nan(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain_result(fit: GlmFit, table: AnalysisOfDeviance, errors: Errors) -> dict[str, Any]:
    return {
        "fit": {
            "formula": str(fit.spec.formula),
            "family": fit.spec.family,
            "link": fit.spec.link,
            "n": fit.n,
            "coefficients": {c.term: c.estimate for c in fit.coefficients},
            "standard_errors": {c.term: c.std_error for c in fit.coefficients},
            "statistics": {c.term: c.statistic for c in fit.coefficients},
            "p_values": {c.term: c.p_value for c in fit.coefficients},
            "errors": errors,
            "statistic_kind": fit.coefficients[0].kind if fit.coefficients else "z",
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
            "pearson_chi2": fit.pearson_chi2,
            "theta": fit.theta,
            "converged": fit.converged,
            "aliased": list(fit.aliased),
            "notes": list(fit.notes),
        },
        "analysis_of_deviance": [
            {
                "formula": row.formula,
                "term": row.label if table.kind != "nested" else None,
                "df_residual": row.df_residual,
                "deviance": row.deviance,
                "df": row.df,
                "delta": row.delta,
                "statistic": row.statistic,
                "p_value": row.p_value,
            }
            for row in table.rows
        ],
        "test": {
            "kind": table.kind,
            "statistic": table.test,
            "dispersion": table.dispersion,
            "df_error": table.df_error,
            "notes": list(table.notes),
        },
    }
