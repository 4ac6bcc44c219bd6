"""Impute, standardise and encode: the preparation that suits most models."""

from __future__ import annotations

from typing import Any

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
        Param(
            "impute",
            "Fill missing numbers by",
            "choice",
            "median",
            choices=("median", "mean"),
            help="The median of the training rows is not moved by outliers; the mean keeps totals.",
        ),
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
        Param(
            "indicators",
            "Mark filled gaps",
            "choice",
            "auto",
            choices=("auto", "always", "never"),
            help=(
                "Adds a 0/1 column that tells a model where a number was missing; auto does so "
                "from 1 % of the training rows."
            ),
            source="Van Ness et al. 2023, The missing indicator method",
        ),
        Param(
            "min_count",
            "Least rows of a level",
            "int",
            5,
            low=1,
            high=1000,
            scale="log",
            help="Levels with fewer training rows are treated as one level, “rare”.",
        ),
        Param(
            "max_levels",
            "Most levels of a column",
            "int",
            50,
            low=2,
            high=250,
            scale="log",
            help="Beyond the commonest so many, levels are treated as one level, “rare”.",
        ),
    ),
)
