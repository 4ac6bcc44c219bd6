"""Tweedie regression: many zeros, else positive amounts."""

from __future__ import annotations

from typing import Any

from outfold.registry import Facts, Param, Strategy
from outfold.task import NUMERIC, Task


def build(task: Task, seed: int, power: float = 1.5, alpha: float = 0.001) -> Any:
    """The generalised linear model with these parameters and a log link."""
    from sklearn.linear_model import TweedieRegressor

    from outfold.models.encoding import EncodedRegressor

    return EncodedRegressor(
        TweedieRegressor(power=power, alpha=alpha, link="log", solver="lbfgs", max_iter=2000)
    )


def _requires(facts: Facts) -> str | None:
    if facts.target_min is not None and facts.target_min < 0:
        return "Tweedie regression needs a target of at least 0, and this one has negative values."
    return None


STRATEGY = Strategy(
    kind="model",
    key="tweedie",
    label="Tweedie regression",
    summary=(
        "The log of the expected amount as a weighted sum of the features, for targets that are "
        "often exactly 0 and else positive, such as claims per policy."
    ),
    build=build,
    tasks=NUMERIC,
    requires=_requires,
    order=18,
    family="linear",
    source="Jørgensen 1987, Exponential dispersion models",
    params=(
        Param(
            "power",
            "Power",
            "float",
            1.5,
            low=1.01,
            high=1.99,
            help="How fast the variance grows with the mean: near 1 as counts do, near 2 as Gamma.",
            search=(1.1, 1.9),
            search_source="Jørgensen 1987: between Poisson, 1, and gamma, 2",
        ),
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
