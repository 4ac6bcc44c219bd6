"""Stepwise choice of terms by AIC or BIC, with the deviance at every step."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.analysis_of_deviance import part_of
from outfold.judge.formula import Formula, Term
from outfold.judge.glm_fit import GlmFit
from outfold.judge.glm_fitting import fit_spec
from outfold.judge.likelihood import without_likelihood
from outfold.judge.term_tests import columns_of

Direction = Literal["forward", "backward", "both"]
Criterion = Literal["aic", "bic"]

OPTIMISM = (
    "Terms were chosen by looking at the same rows, so the p-values, intervals and deviance of the "
    "chosen model are optimistic."
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the path.

    Attributes:
        action: ``+ term``, ``- term``, or empty for the start.
        df: Coefficients gained (negative: given up); 0 for the start.
        deviance_change: How far the deviance moved, always positive; 0 for the start.
        df_residual: After the step.
        deviance: After the step.
        criterion: AIC or BIC after the step.
        formula: The model after the step.
    """

    action: str
    df: int
    deviance_change: float
    df_residual: int
    deviance: float
    criterion: float
    formula: str


@dataclass(frozen=True, slots=True, eq=False)
class StepPath:
    """A stepwise search.

    Attributes:
        criterion: What was minimised.
        direction: Which way it could go.
        steps: The start, then each step taken.
        final: The chosen model, fitted; None in a slim copy.
        null_deviance: Of the intercept alone.
        notes: Sentences about how to read it.
    """

    criterion: Criterion
    direction: Direction
    steps: tuple[Step, ...]
    final: GlmFit | None
    null_deviance: float
    notes: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """The steps as a table."""
        return pd.DataFrame([dataclasses.asdict(s) for s in self.steps])


@dataclass(frozen=True, slots=True)
class _Place:
    """A model on the path."""

    formula: Formula
    criterion: float
    deviance: float
    rank: int


def step_selection(
    widest: GlmFit,
    start: Formula | None = None,
    lower: Formula | None = None,
    direction: Direction = "both",
    criterion: Criterion = "aic",
) -> StepPath:
    """Add and drop terms one at a time for as long as the criterion falls.

    Interactions are added only after, and dropped before, what is marginal to them. A negative
    binomial's theta is held at the widest model's.

    Args:
        widest: The model with every term that may be chosen, fitted.
        start: Where to begin: the widest model for ``backward``, else the lower one.
        lower: Terms that always stay; only the intercept where nothing is said.
        direction: Which steps are allowed.
        criterion: ``aic``, or ``bic`` with log(n) per parameter.

    Raises:
        NotApplicableError: A model without a likelihood, or a start outside the widest model.
    """
    family = widest.spec.family_spec
    if why := without_likelihood(family, widest.rows, widest.mu):
        raise NotApplicableError(
            why,
            "Use the drop-one table with F tests, or another family.",
        )
    scope = widest.spec.formula
    floor = lower if lower is not None else scope.with_terms(())
    begin = start if start is not None else (scope if direction == "backward" else floor)
    for one in (begin, floor):
        for term in one.terms:
            if not scope.has(term):
                raise NotApplicableError(
                    f"{term.label} is not in the widest model.", "Add it to the widest model."
                )
    now = _place(widest, begin, criterion)
    steps = [
        Step("", 0, 0.0, widest.n - now.rank, now.deviance, now.criterion, str(begin)),
    ]
    while True:
        moves: list[tuple[str, Term, Formula]] = []
        if direction != "forward":
            moves += [
                ("-", t, now.formula.without(t))
                for t in now.formula.droppable()
                if not floor.has(t)
            ]
        if direction != "backward":
            moves += [("+", t, now.formula.plus(t)) for t in now.formula.addable(scope)]
        places = [(sign, t, _place(widest, f, criterion)) for sign, t, f in moves]
        if not places:
            break
        sign, term, best = min(places, key=lambda p: p[2].criterion)
        if not best.criterion < now.criterion - 1e-9 * abs(now.criterion):
            break
        steps.append(
            Step(
                f"{sign} {term.label}", best.rank - now.rank, abs(now.deviance - best.deviance),
                widest.n - best.rank, best.deviance, best.criterion, str(best.formula),
            )
        )  # fmt: skip
        now = best
    final = fit_spec(dataclasses.replace(widest.spec, formula=now.formula), widest.rows)
    notes = (OPTIMISM,) if len(steps) > 1 else ()
    return StepPath(criterion, direction, tuple(steps), final, widest.null_deviance, notes)


def _place(widest: GlmFit, formula: Formula, criterion: Criterion) -> _Place:
    found, rank = part_of(widest, columns_of(widest, formula))
    family, rows = widest.spec.family_spec, widest.rows
    assert family.likelihood is not None
    if without_likelihood(family, rows, found.mu):
        return _Place(formula, float("inf"), found.deviance, rank)
    loglik = family.likelihood(rows.y, found.mu, rows.weights, found.deviance, widest.theta or 0.0)
    counted = rank + widest.n_parameters - widest.rank
    per = 2.0 if criterion == "aic" else float(np.log(widest.n + rows.zero_weight))
    return _Place(formula, -2 * loglik + per * counted, found.deviance, rank)


def slim(path: StepPath) -> StepPath:
    """The path without the fitted model, small enough to be kept."""
    return dataclasses.replace(path, final=None)
