"""Stepwise paths agree with R's ``step``."""

from __future__ import annotations

import numpy as np
import pytest

from outfold.errors import NotApplicableError
from outfold.judge.glm import fit_glm
from outfold.judge.parse_formula import parse_formula
from outfold.judge.step_selection import OPTIMISM, step_selection
from tests.engine.judge.glm_reference import choices
from tests.reference.cases import Case, cases, table

STEPS = [*cases("deviance.json", "step-"), *cases("deviance_2.json", "step-")]


@pytest.mark.parametrize("reference", STEPS, ids=lambda c: c.id)
def test_path_agrees_with_r(reference: Case) -> None:
    """Each step's term, degrees of freedom, deviance and criterion, and the terms left."""
    frame, inputs = reference.frame(), reference.inputs
    response = inputs["start"].split("~")[0]

    def whole(text: str) -> str:
        return text if text.split("~")[0].strip() else response + text

    names = [str(c) for c in frame.columns]
    widest = fit_glm(frame, whole(inputs["upper"]), **choices(reference))
    bic = inputs["k"].startswith("log")
    path = step_selection(
        widest,
        start=parse_formula(inputs["start"], names),
        lower=parse_formula(whole(inputs["lower"]), names),
        direction=inputs["direction"],
        criterion="bic" if bic else "aic",
    )
    # R's extractAIC charges 2 for the dispersion whatever k is; BIC charges log(n).
    shift = (np.log(widest.n) - 2) * widest.spec.family_spec.counted if bic else 0.0
    expected = reference.expected["path"]
    assert len(path.steps) == len(expected)
    for step, want in zip(path.steps, expected, strict=True):
        assert step.action == want["step"]
        assert step.df == -(want["df"] or 0)
        assert step.df_residual == want["resid_df"]
        assert reference.close("deviance", step.deviance, want["resid_dev"])
        assert reference.close("deviance", step.deviance_change, want["deviance_change"] or 0.0)
        assert reference.close("criterion", step.criterion - shift, want["criterion"])
    assert path.final is not None
    assert list(path.final.spec.formula.labels) == reference.expected["final_terms"]
    assert path.notes == (OPTIMISM,)


def test_the_last_criterion_is_the_final_models() -> None:
    """The path ends at the AIC that the fit itself reports."""
    widest = fit_glm(table("quine.csv"), "Days ~ Eth + Sex + Age + Lrn", "negative_binomial")
    path = step_selection(widest, direction="backward")
    assert path.steps[0].criterion == pytest.approx(widest.aic, rel=1e-9)
    assert path.steps[-1].criterion <= path.steps[0].criterion


def test_interactions_leave_before_their_main_effects() -> None:
    """No path ever holds an interaction without what is marginal to it."""
    widest = fit_glm(table("warpbreaks.csv"), "breaks ~ wool * tension", "poisson")
    for direction in ("forward", "backward", "both"):
        for step in step_selection(widest, direction=direction).steps:  # type: ignore[arg-type]
            terms = step.formula.split(" ~ ")[1].split(" + ")
            if "wool:tension" in terms:
                assert {"wool", "tension"} <= set(terms)


def test_a_quasi_family_has_no_criterion() -> None:
    """No likelihood, no AIC."""
    widest = fit_glm(table("warpbreaks.csv"), "breaks ~ wool", "quasi_poisson")
    with pytest.raises(NotApplicableError, match="no likelihood"):
        step_selection(widest)
