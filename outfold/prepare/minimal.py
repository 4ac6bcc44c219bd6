"""Fill gaps and code categories, nothing else: numbers keep their own scales."""

from __future__ import annotations

from typing import Any

from outfold.prepare.gaps_and_levels import IMPUTE, MAX_LEVELS, MIN_COUNT
from outfold.registry import Strategy
from outfold.task import Task


def build(
    task: Task, seed: int, impute: str = "median", min_count: int = 5, max_levels: int = 50
) -> Any:
    """The transformer with these parameters."""
    from outfold.prepare.transformer import Preparation

    return Preparation(
        impute=impute,  # type: ignore[arg-type]
        min_count=min_count,
        max_levels=max_levels,
        scaling="none",
        indicators="never",
        seed=seed,
    )


STRATEGY = Strategy(
    kind="preparation",
    key="minimal",
    label="Minimal",
    summary=(
        "Fills gaps and codes categories but leaves numbers on their own scales; enough for trees, "
        "and easiest to read."
    ),
    build=build,
    order=20,
    source="Breiman 2001, Random forests: trees do not depend on the scale",
    params=(
        IMPUTE,
        MIN_COUNT,
        MAX_LEVELS,
    ),
)
