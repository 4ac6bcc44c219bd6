"""Replace numbers by normal scores of their ranks."""

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
        scaling="quantile",
        seed=seed,
    )


STRATEGY = Strategy(
    kind="preparation",
    key="quantile",
    label="Quantile",
    summary=(
        "Like Standard, but by ranks alone: outliers and skew vanish, and so do distances; wants a "
        "few hundred rows."
    ),
    build=build,
    order=40,
    source="van der Waerden 1952, Order tests for the two-sample problem (normal scores)",
    params=(
        IMPUTE,
        INDICATORS,
        MIN_COUNT,
        MAX_LEVELS,
    ),
)
