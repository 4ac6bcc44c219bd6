"""Edited nearest neighbours: leave out rows that their neighbours contradict."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(task: Task, seed: int, neighbours: int = 3, every_class: bool = False) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.cleaning import RowChoice

    return RowChoice("enn", neighbours=neighbours, every_class=every_class, seed=seed)


STRATEGY = Strategy(
    kind="resampler",
    key="enn",
    label="Edited nearest neighbours",
    summary=(
        "Leaves out common rows of which not all nearest neighbours are of the same class: a "
        "thorough cleaning of the border."
    ),
    build=build,
    tasks=CLASSIFICATION,
    order=62,
    family="cleaning",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Wilson 1972, Asymptotic properties of nearest neighbor rules using edited data",
    params=(
        Param(
            "neighbours",
            "Neighbours",
            "int",
            3,
            low=1,
            high=50,
            help="So many nearest rows vote on whether a row is kept.",
            source="Wilson 1972 took 3",
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
