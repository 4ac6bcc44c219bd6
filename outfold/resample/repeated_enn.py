"""Repeated edited nearest neighbours: edit until nothing changes."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(
    task: Task, seed: int, neighbours: int = 3, rounds: int = 20, every_class: bool = False
) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.cleaning import RowChoice

    return RowChoice(
        "repeated_enn", neighbours=neighbours, rounds=rounds, every_class=every_class, seed=seed
    )


STRATEGY = Strategy(
    kind="resampler",
    key="repeated_enn",
    label="Repeated edited neighbours",
    summary=(
        "Edits by nearest neighbours again and again until no row is contradicted: a deep cut "
        "where the classes overlap."
    ),
    build=build,
    tasks=CLASSIFICATION,
    order=63,
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
            "rounds",
            "Most rounds",
            "int",
            20,
            low=2,
            high=100,
            help="Editing ends when nothing changes, or after so many rounds.",
            source="Tomek 1976 repeats without limit; the last rounds change little",
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
