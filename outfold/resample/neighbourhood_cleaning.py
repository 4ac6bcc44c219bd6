"""Neighbourhood cleaning rule."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(task: Task, seed: int, neighbours: int = 3) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.cleaning import RowChoice

    return RowChoice("neighbourhood_cleaning", neighbours=neighbours, seed=seed)


STRATEGY = Strategy(
    kind="resampler",
    key="neighbourhood_cleaning",
    label="Neighbourhood cleaning",
    summary=(
        "Edits the common classes and also leaves out common rows that mislead the neighbours "
        "of rare ones."
    ),
    build=build,
    tasks=CLASSIFICATION,
    order=66,
    family="cleaning",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Laurikkala 2001, Improving identification of difficult small classes",
    params=(
        Param(
            "neighbours",
            "Neighbours",
            "int",
            3,
            low=1,
            high=50,
            help="So many nearest rows vote on whether a row is kept.",
            source="Laurikkala 2001 took 3",
        ),
    ),
)
