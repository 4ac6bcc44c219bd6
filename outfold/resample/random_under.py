"""Random undersampling: leave out rows of the common classes."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(task: Task, seed: int, ratio: float = 1.0) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.cleaning import RowChoice

    return RowChoice("random_under", ratio=ratio, seed=seed)


STRATEGY = Strategy(
    kind="resampler",
    key="random_under",
    label="Random undersampling",
    summary=(
        "Leaves out rows of the common classes at random: training gets faster, and what they "
        "told is lost."
    ),
    build=build,
    tasks=CLASSIFICATION,
    order=30,
    family="undersampling",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Batista, Prati & Monard 2004, Several methods for balancing machine learning data",
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
    ),
)
