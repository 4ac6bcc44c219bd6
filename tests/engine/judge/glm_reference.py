"""Reading the reference cases' families and fitting what they describe."""

from __future__ import annotations

from typing import Any

from outfold.judge.glm import fit_glm
from outfold.judge.glm_fit import GlmFit
from tests.reference.cases import Case

FAMILIES: dict[str, dict[str, Any]] = {
    "gaussian": {"family": "gaussian"},
    "binomial": {"family": "binomial"},
    "poisson": {"family": "poisson"},
    "Gamma": {"family": "gamma"},
    "inverse.gaussian": {"family": "inverse_gaussian"},
    "quasipoisson": {"family": "quasi_poisson"},
    "quasibinomial": {"family": "quasi_binomial"},
    "negative binomial": {"family": "negative_binomial"},
    "negative binomial theta=1.5": {"family": "negative_binomial", "theta": 1.5},
    "tweedie p=1.5": {"family": "tweedie", "power": 1.5},
    "quasi variance=mu^2": {"family": "tweedie", "power": 2.0},
}


def choices(case: Case) -> dict[str, Any]:
    """A case's family, link and weights as arguments of ``fit_glm``.

    The GLM cases name family and link apart, the deviance cases in one: ``Gamma log``.
    """
    family, link = case.inputs["family"], case.inputs.get("link")
    if link is None:
        family, _, link = family.rpartition(" ")
    return {**FAMILIES[family], "link": link, "weights": case.inputs.get("weights")}


def fit_case(case: Case, formula: str | None = None) -> GlmFit:
    """The model of a case, or another formula with the case's family."""
    return fit_glm(case.frame(), formula or case.inputs["formula"], **choices(case))
