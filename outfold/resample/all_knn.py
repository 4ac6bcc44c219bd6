"""All k-NN: edited nearest neighbours with growing neighbourhoods."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(task: Task, seed: int, neighbours: int = 3, every_class: bool = False) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.cleaning import RowChoice

    return RowChoice("all_knn", neighbours=neighbours, every_class=every_class, seed=seed)


STRATEGY = Strategy(
    kind="resampler",
    key="all_knn",
    label="All k-NN",
    summary=(
        "Edits by one neighbour, then two, and so on: a still more thorough cleaning of the border."
    ),
    build=build,
    tasks=CLASSIFICATION,
    order=64,
    family="cleaning",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Tomek 1976, An experiment with the edited nearest-neighbor rule",
    params=(
        Param(
            "neighbours",
            "Neighbours",
            "int",
            3,
            low=1,
            high=50,
            help="So many nearest rows vote on whether a row is kept.",
            source="imbalanced-learn's default",
        ),
        Param(
            "every_class",
            "Clean the rarest class too",
            "bool",
            False,
            help="Off: only rows of the commoner classes are left out.",
        ),
    ),
)
