"""Tomek links: clear pairs of nearest neighbours of different classes."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(task: Task, seed: int, every_class: bool = False) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.cleaning import RowChoice

    return RowChoice("tomek", every_class=every_class, seed=seed)


STRATEGY = Strategy(
    kind="resampler",
    key="tomek",
    label="Tomek links",
    summary=(
        "Leaves out common rows whose nearest neighbour is a rare row and the other way round: "
        "a light cleaning of the border."
    ),
    build=build,
    tasks=CLASSIFICATION,
    order=60,
    family="cleaning",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Tomek 1976, Two modifications of CNN",
    params=(
        Param(
            "every_class",
            "Clean the rarest class too",
            "bool",
            False,
            help="Off: only rows of the commoner classes are left out.",
        ),
    ),
)
