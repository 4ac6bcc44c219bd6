"""Fitting a generalised linear model and what is asked about it, each kept once it is known."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Literal

from components import cache
from components.glm_choice import FIRST, GlmChoice, read
from outfold.study.study import Study

if TYPE_CHECKING:
    from outfold.judge.analysis_of_deviance import AnalysisOfDeviance
    from outfold.judge.glm_fit import GlmFit
    from outfold.judge.glm_report import GlmReport
    from outfold.judge.half_normal import HalfNormal
    from outfold.judge.partial_residuals import PartialResiduals
    from outfold.judge.step_selection import Direction, StepPath


def report(study: Study, choice: GlmChoice) -> GlmReport:
    """The fitted model, whatever it is to be compared with.

    Raises:
        OutfoldError: The model cannot be fitted.
    """
    from outfold.judge.glm_report import glm_report

    choice = dataclasses.replace(choice, against=())

    def compute() -> GlmReport:
        frame, _ = cache.typed(study)
        return glm_report(
            frame, choice.formula, choice.family, choice.link, choice.power,
            offset=choice.offset, exposure=choice.exposure, weights=choice.weights,
            test=choice.test, seed=study.seed, errors=choice.errors, cluster=choice.cluster,
        )  # fmt: skip

    return cache.remember(
        "glm report", study.dataset, study.fixes, study.types, study.seed, choice,
        compute=compute, say="Fitting the model and its terms",
    )  # fmt: skip


def nested(study: Study, choice: GlmChoice) -> AnalysisOfDeviance:
    """The model beside those that it is to be compared with, on the rows that all can have.

    Raises:
        OutfoldError: One of them cannot be fitted, or they are not nested.
    """
    from outfold.judge.nested import compare_nested, fewer_rows, fit_nested

    def compute() -> AnalysisOfDeviance:
        frame, _ = cache.typed(study)
        fits = fit_nested(
            frame, [choice.formula, *choice.against], choice.family, choice.link, choice.power,
            offset=choice.offset, exposure=choice.exposure, weights=choice.weights,
            cluster=choice.cluster,
        )  # fmt: skip
        return fewer_rows(compare_nested(fits, choice.test), frame, fits[0])

    return cache.remember(
        "glm nested", study.dataset, study.fixes, study.types, choice,
        compute=compute, say="Fitting the models to compare",
    )  # fmt: skip


def _fitted(study: Study, choice: GlmChoice) -> GlmFit:
    from outfold.judge.glm import fit_glm

    frame, _ = cache.typed(study)
    return fit_glm(
        frame, choice.formula, choice.family, choice.link, choice.power,
        offset=choice.offset, exposure=choice.exposure, weights=choice.weights,
        cluster=choice.cluster,
    )  # fmt: skip


def stepwise(
    study: Study, choice: GlmChoice, criterion: Literal["aic", "bic"], direction: Direction
) -> StepPath:
    """The path of a stepwise choice among the formula's terms.

    Raises:
        NotApplicableError: The family has no likelihood.
    """
    from outfold.judge.step_selection import slim, step_selection

    return cache.remember(
        "glm steps", study.dataset, study.fixes, study.types, choice, criterion, direction,
        compute=lambda: slim(
            step_selection(_fitted(study, choice), direction=direction, criterion=criterion)
        ),
        say="Choosing terms one at a time",
    )  # fmt: skip


def analysis(study: Study, choice: GlmChoice, kind: str) -> AnalysisOfDeviance:
    """Another table of the terms than the report has: type II, type III, or terms to add.

    Raises:
        OutfoldError: There is no term to add.
    """
    from outfold.judge.default_formula import default_formula
    from outfold.judge.nested import fewer_rows, fit_nested
    from outfold.judge.term_tests import add_one, type_three, type_two

    def compute() -> AnalysisOfDeviance:
        if kind != "add1":
            call = type_two if kind == "type2" else type_three
            return call(_fitted(study, choice), choice.test)
        frame, schema = cache.typed(study)
        formula = read(choice.formula, schema.names())
        assert formula is not None
        features = [f for f in cache.table(study).features if f not in formula.columns()]
        response = next(iter(formula.columns()))
        more = default_formula(schema, response, features, FIRST).text.partition("~")[2]
        fits = fit_nested(
            frame, [choice.formula, f"{choice.formula} + {more}"], choice.family, choice.link,
            choice.power, offset=choice.offset, exposure=choice.exposure, weights=choice.weights,
            cluster=choice.cluster,
        )  # fmt: skip
        return fewer_rows(add_one(fits[0], fits[1], choice.test), frame, fits[0])

    return cache.remember(
        "glm analysis", study.dataset, study.fixes, study.types, choice, kind,
        compute=compute, say="Testing the terms",
    )  # fmt: skip


def shapes(study: Study, choice: GlmChoice) -> tuple[HalfNormal, tuple[PartialResiduals, ...]]:
    """The half-normal plot and the terms' partial residuals."""
    from outfold.judge.half_normal import half_normal
    from outfold.judge.partial_residuals import partial_residuals

    def compute() -> tuple[HalfNormal, tuple[PartialResiduals, ...]]:
        fit = _fitted(study, choice)
        return half_normal(fit, study.seed), partial_residuals(fit, study.seed)

    return cache.remember(
        "glm shapes", study.dataset, study.fixes, study.types, study.seed, choice,
        compute=compute, say="Simulating the model’s own residuals",
    )  # fmt: skip
