"""Make skewed numbers more symmetric, then standardise."""

from __future__ import annotations

from typing import Any

from outfold.prepare.gaps_and_levels import IMPUTE, INDICATORS, MAX_LEVELS, MIN_COUNT
from outfold.registry import Strategy
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
        IMPUTE,
        INDICATORS,
        MIN_COUNT,
        MAX_LEVELS,
    ),
)
