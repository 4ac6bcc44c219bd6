"""Gamma regression: positive amounts with a long tail."""

from __future__ import annotations

from typing import Any

from outfold.registry import Facts, Param, Strategy
from outfold.task import NUMERIC, Task


def build(task: Task, seed: int, alpha: float = 0.001) -> Any:
    """The generalised linear model with these parameters and a log link."""
    from sklearn.linear_model import GammaRegressor

    from outfold.models.encoding import EncodedRegressor

    return EncodedRegressor(GammaRegressor(alpha=alpha, solver="lbfgs", max_iter=2000))


def _requires(facts: Facts) -> str | None:
    if facts.target_min is not None and facts.target_min <= 0:
        return "Gamma regression needs a target above 0, and this one has values of 0 or less."
    return None


STRATEGY = Strategy(
    kind="model",
    key="gamma",
    label="Gamma regression",
    summary=(
        "The log of the expected amount as a weighted sum of the features, for positive amounts "
        "whose spread grows with their size, such as costs."
    ),
    build=build,
    tasks=NUMERIC,
    requires=_requires,
    order=17,
    family="linear",
    source="McCullagh & Nelder 1989, Generalized Linear Models, ch. 8",
    params=(
        Param(
            "alpha",
            "Penalty",
            "float",
            0.001,
            low=0.0,
            high=100.0,
            help="Shrinks the coefficients; 0 is plain maximum likelihood.",
            search=(0.00001, 10.0),
            search_scale="log",
            search_source="Friedman, Hastie & Tibshirani 2010: four decades on a log scale",
        ),
    ),
)
