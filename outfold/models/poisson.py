"""Poisson regression: the log of an expected count as a weighted sum."""

from __future__ import annotations

from typing import Any

from outfold.registry import Facts, Param, Strategy
from outfold.task import NUMERIC, Task


def build(task: Task, seed: int, alpha: float = 0.001) -> Any:
    """The generalised linear model with these parameters and a log link."""
    from sklearn.linear_model import PoissonRegressor

    from outfold.models.encoding import EncodedRegressor

    return EncodedRegressor(PoissonRegressor(alpha=alpha, solver="lbfgs", max_iter=2000))


def _requires(facts: Facts) -> str | None:
    if facts.target_min is not None and facts.target_min < 0:
        return "Poisson regression needs a target of at least 0, and this one has negative values."
    return None


STRATEGY = Strategy(
    kind="model",
    key="poisson",
    label="Poisson regression",
    summary=(
        "The log of the expected count as a weighted sum of the features: the plain model for "
        "counts and rates."
    ),
    build=build,
    tasks=NUMERIC,
    requires=_requires,
    order=16,
    default=True,
    family="linear",
    source="Nelder & Wedderburn 1972, Generalized linear models",
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
