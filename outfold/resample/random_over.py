"""Random oversampling: repeat rows of the rare classes."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(task: Task, seed: int, ratio: float = 1.0) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.cleaning import RowChoice

    return RowChoice("random_over", ratio=ratio, seed=seed)


STRATEGY = Strategy(
    kind="resampler",
    key="random_over",
    label="Random oversampling",
    summary=(
        "Repeats rows of the rare classes at random until they are common enough; like class "
        "weights, but works with any model."
    ),
    build=build,
    tasks=CLASSIFICATION,
    order=20,
    family="oversampling",
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
            help="Rows of each rarer class over those of the commonest, after resampling.",
        ),
    ),
)
