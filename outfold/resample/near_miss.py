"""NearMiss: keep the common rows that lie near rare ones."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(
    task: Task, seed: int, ratio: float = 1.0, neighbours: int = 3, version: str = "1"
) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.cleaning import RowChoice

    return RowChoice(
        "near_miss", ratio=ratio, neighbours=neighbours, version=int(version), seed=seed
    )


STRATEGY = Strategy(
    kind="resampler",
    key="near_miss",
    label="NearMiss",
    summary=(
        "Keeps those common rows that are nearest to rare ones; sensitive to noise, so compare "
        "it with random undersampling."
    ),
    build=build,
    tasks=CLASSIFICATION,
    order=70,
    family="undersampling",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Mani & Zhang 2003, kNN approach to unbalanced data distributions",
    params=(
        Param(
            "ratio",
            "Rare rows per common row",
            "float",
            1.0,
            low=0.05,
            high=1.0,
            help="Rows of the rarest class over those of each commoner one, after resampling.",
        ),
        Param(
            "neighbours",
            "Neighbours",
            "int",
            3,
            low=1,
            high=50,
            help="The mean distance to so many rare rows decides.",
            source="Mani & Zhang 2003 took 3",
        ),
        Param(
            "version",
            "Version",
            "choice",
            "1",
            choices=("1", "2", "3"),
            help=(
                "1: near the nearest rare rows. 2: near the farthest ones. 3: the nearest of each "
                "rare row, then the farthest of these."
            ),
            source="Mani & Zhang 2003",
        ),
    ),
)
