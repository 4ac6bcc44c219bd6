"""Condensed nearest neighbours: the fewest rows that tell the classes apart."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(task: Task, seed: int, neighbours: int = 1) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.cleaning import RowChoice

    return RowChoice("condensed", neighbours=neighbours, seed=seed)


STRATEGY = Strategy(
    kind="resampler",
    key="condensed",
    label="Condensed nearest neighbours",
    summary=(
        "Keeps all rows of the rarest class and those others that nearest neighbours need to tell "
        "the classes apart; keeps noise, too."
    ),
    build=build,
    tasks=CLASSIFICATION,
    order=67,
    family="undersampling",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Hart 1968, The condensed nearest neighbor rule",
    params=(
        Param(
            "neighbours",
            "Neighbours",
            "int",
            1,
            low=1,
            high=50,
            help="A row is kept if so many nearest rows of those kept before get its class wrong.",
            source="Hart 1968 took 1",
        ),
    ),
)
