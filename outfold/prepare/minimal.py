"""Fill gaps and code categories, nothing else: numbers keep their own scales."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
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
        Param(
            "impute",
            "Fill missing numbers by",
            "choice",
            "median",
            choices=("median", "mean"),
            help="The median of the training rows is not moved by outliers; the mean keeps totals.",
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
