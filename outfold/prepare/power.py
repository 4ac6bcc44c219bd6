"""Make skewed numbers more symmetric, then standardise."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import Task


def build(
    task: Task,
    seed: int,
    impute: str = "median",
    indicators: str = "auto",
    min_count: int = 5,
    max_levels: int = 50,
) -> Any:
    """The transformer with these parameters."""
    from outfold.prepare.transformer import Preparation

    return Preparation(
        impute=impute,  # type: ignore[arg-type]
        indicators=indicators,  # type: ignore[arg-type]
        min_count=min_count,
        max_levels=max_levels,
        scaling="power",
        seed=seed,
    )


STRATEGY = Strategy(
    kind="preparation",
    key="power",
    label="Power",
    summary=(
        "Like Standard, after bending each number by the power that makes it most symmetric; helps "
        "linear models and neighbours with skewed numbers."
    ),
    build=build,
    order=30,
    source="Yeo & Johnson 2000, A new family of power transformations",
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
