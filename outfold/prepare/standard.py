"""Impute, standardise and encode: the preparation that suits most models."""

from __future__ import annotations

from typing import Any

from outfold.prepare.gaps_and_levels import IMPUTE, INDICATORS, MAX_LEVELS, MIN_COUNT
from outfold.registry import Param, Strategy
from outfold.task import Task


def build(
    task: Task,
    seed: int,
    impute: str = "median",
    scaling: str = "standard",
    indicators: str = "auto",
    min_count: int = 5,
    max_levels: int = 50,
) -> Any:
    """The transformer with these parameters."""
    from outfold.prepare.transformer import Preparation

    return Preparation(
        impute=impute,  # type: ignore[arg-type]
        scaling=scaling,  # type: ignore[arg-type]
        indicators=indicators,  # type: ignore[arg-type]
        min_count=min_count,
        max_levels=max_levels,
        seed=seed,
    )


STRATEGY = Strategy(
    kind="preparation",
    key="standard",
    label="Standard",
    summary=(
        "Fills gaps, brings numbers to mean 0 and standard deviation 1, and codes categories; "
        "right for nearly every model."
    ),
    build=build,
    order=10,
    default=True,
    source="Hastie, Tibshirani & Friedman 2009, The Elements of Statistical Learning, §3.4 and 9.6",
    params=(
        IMPUTE,
        Param(
            "scaling",
            "Scale numbers",
            "choice",
            "standard",
            choices=("standard", "robust", "none"),
            help=(
                "Standard: by mean and standard deviation. Robust: by median and interquartile "
                "range, which outliers do not move. None: as they are."
            ),
        ),
        INDICATORS,
        MIN_COUNT,
        MAX_LEVELS,
    ),
)
