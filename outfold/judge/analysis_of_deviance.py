"""Analysis of deviance: what each term, or each larger model, takes off the deviance."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.glm_fit import GlmFit
from outfold.judge.glm_solve import Solution, independent_columns, solve

Test = Literal["auto", "chisq", "f", "rao"]
Kind = Literal["sequential", "nested", "drop1", "add1", "type2", "type3"]

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class DevianceRow:
    """One line of a deviance table; what a line does not have is NaN.

    Attributes:
        label: The term, or for compared models the formula.
        formula: The model on this line.
        df_residual: Its residual degrees of freedom.
        deviance: Its residual deviance, unscaled.
        df: Degrees of freedom that the term or the step takes.
        delta: Deviance that it takes off, unscaled.
        statistic: Chi-square or F.
        p_value: Its upper tail.
        aic: AIC of the line's model, only in drop-one and add-one tables.
    """

    label: str
    formula: str
    df_residual: float
    deviance: float
    df: float = NAN
    delta: float = NAN
    statistic: float = NAN
    p_value: float = NAN
    aic: float = NAN


@dataclass(frozen=True, slots=True)
class AnalysisOfDeviance:
    """A deviance table with how its tests were made.

    Attributes:
        kind: Terms in order, models compared, one term dropped or added, type II or III.
        test: ``chisq``, ``f`` or ``rao``.
        rows: The lines.
        dispersion: What deviances were divided by.
        df_error: Its degrees of freedom, the F test's second; NaN for a fixed dispersion.
        notes: Sentences about how to read it.
    """

    kind: Kind
    test: Test
    rows: tuple[DevianceRow, ...]
    dispersion: float
    df_error: float
    notes: tuple[str, ...] = ()

    def frame(self) -> pd.DataFrame:
        """The lines as a table: deviances unscaled, p-values 0 to 1."""
        return pd.DataFrame([dataclasses.asdict(r) for r in self.rows])


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What a drop in deviance is measured against.

    Attributes:
        test: ``chisq``, ``f`` or ``rao``.
        dispersion: The divisor.
        df_error: The F test's second degrees of freedom.
    """

    test: Test
    dispersion: float
    df_error: float

    def judge(self, delta: float, df: float) -> tuple[float, float]:
        """The statistic and p-value of a drop in deviance."""
        from scipy import stats

        if not df > 0:
            return NAN, NAN
        if self.test == "f":
            value = delta / df / self.dispersion
            return value, float(stats.f.sf(value, df, self.df_error))
        value = delta / self.dispersion
        return value, float(stats.chi2.sf(value, df))


def yardstick(largest: GlmFit, test: Test) -> Yardstick:
    """The test and dispersion that a model's deviances are judged by.

    ``auto`` takes F where the family's dispersion is estimated and chi-square where it is one. The
    dispersion is the Pearson chi-square over the residual degrees of freedom of the largest model;
    for chi-square and Rao with a family of fixed dispersion it is one.

    Raises:
        NotApplicableError: An F test with no residual degrees of freedom.
    """
    chosen: Test = test
    if test == "auto":
        chosen = "f" if largest.dispersion_estimated else "chisq"
    if chosen == "f" or largest.dispersion_estimated:
        if largest.df_residual <= 0:
            raise NotApplicableError(
                "The largest model has as many coefficients as rows, so there is no dispersion to "
                "test against.",
                "Compare smaller models.",
            )
        pearson = largest.pearson_chi2 / largest.df_residual
        return Yardstick(chosen, pearson, float(largest.df_residual))
    return Yardstick(chosen, 1.0, NAN)


def part_of(fit: GlmFit, columns: np.ndarray) -> tuple[Solution, int]:
    """Refit with some of a fit's design columns, its theta held; returns it with its rank."""
    matrix = fit.design.matrix[:, columns]
    kept = independent_columns(matrix)
    if not kept.all():
        matrix = matrix[:, kept]
    rows = fit.rows
    found = solve(rows.y, matrix, fit.engine(), rows.weights, rows.offset)
    return found, int(kept.sum())


def sequential(fit: GlmFit, test: Test = "auto") -> AnalysisOfDeviance:
    """Terms one after the other in the formula's order (type I), as R's ``anova``.

    The order matters: each term is judged beside those before it only.

    Args:
        fit: The whole model.
        test: See ``yardstick``; ``rao`` is the score test.
    """
    measure = yardstick(fit, test)
    formula = fit.spec.formula
    place = fit.design.term_of
    first, rank = part_of(fit, place == 0)
    df_before = fit.n - rank
    rows = [
        DevianceRow("NULL", str(formula.with_terms(())), df_before, first.deviance),
    ]
    before = first
    for i, term in enumerate(formula.terms, start=1):
        last = i == len(formula.terms)
        if last:
            now = Solution(
                np.empty(0), np.empty(0), fit.mu, fit.eta, fit.residual_deviance, True, 0
            )
            rank = fit.rank
        else:
            now, rank = part_of(fit, place <= i)
        df = df_before - (fit.n - rank)
        delta = before.deviance - now.deviance
        gain = _score(fit, before, place <= i) if measure.test == "rao" else delta
        statistic, p_value = measure.judge(gain, df)
        rows.append(
            DevianceRow(
                term.label, str(formula.with_terms(formula.terms[:i])), fit.n - rank,
                now.deviance, df, delta, statistic, p_value,
            )
        )  # fmt: skip
        before, df_before = now, fit.n - rank
    notes = ["Each term is judged beside those before it; another order gives other numbers."]
    return AnalysisOfDeviance(
        "sequential", measure.test, tuple(rows), measure.dispersion, measure.df_error,
        (*notes, *reading_notes(fit, measure)),
    )  # fmt: skip


def _score(fit: GlmFit, before: Solution, columns: np.ndarray) -> float:
    """Rao's score statistic, unscaled: what the wider columns explain of working residuals."""
    engine = fit.engine()
    with np.errstate(all="ignore"):
        weights = fit.rows.weights * engine.weights(before.mu)
        working = engine.link.deriv(before.mu) * (fit.rows.y - before.mu)
    root = np.sqrt(weights)
    matrix = fit.design.matrix[:, columns]
    matrix = matrix[:, independent_columns(matrix)]
    q, _ = np.linalg.qr(matrix * root[:, None])
    return float(np.sum((q.T @ (root * working)) ** 2))


def reading_notes(fit: GlmFit, measure: Yardstick) -> tuple[str, ...]:
    """Sentences about the dispersion and theta that a table's tests rest on."""
    notes: list[str] = []
    if measure.test == "f" and not fit.dispersion_estimated:
        notes.append(
            f"The {fit.spec.family_spec.label} family fixes the dispersion at 1; the F test uses "
            f"the Pearson dispersion {measure.dispersion:.4g} instead, as a quasi-family would."
        )
    if fit.theta is not None:
        notes.append(f"All lines hold theta at the largest model's {fit.theta:.4g}.")
    return tuple(notes)
