"""SMOTE: new rows of the rare classes between neighbours of the same class."""

from __future__ import annotations

from typing import Any

from outfold.registry import Facts, Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(task: Task, seed: int, ratio: float = 1.0, neighbours: int = 5) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.synthetic import Synthetic

    return Synthetic("smote", ratio=ratio, neighbours=neighbours, seed=seed)


def _requires(facts: Facts) -> str | None:
    if facts.n_categorical:
        return "There are categorical columns, which SMOTE cannot place rows between: take SMOTENC."
    if facts.smallest_class is not None and facts.smallest_class < 2:
        return "The rarest class has a single row, and SMOTE needs two to place a row between."
    return None


STRATEGY = Strategy(
    kind="resampler",
    key="smote",
    label="SMOTE",
    summary=(
        "Adds rows of the rare classes on the lines between neighbours of the same class; for "
        "tables of numbers."
    ),
    build=build,
    tasks=CLASSIFICATION,
    requires=_requires,
    order=40,
    family="oversampling",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Chawla et al. 2002, SMOTE: Synthetic Minority Over-sampling Technique",
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
        Param(
            "neighbours",
            "Neighbours",
            "int",
            5,
            low=1,
            high=50,
            help="New rows lie towards one of so many nearest rows of their class.",
            source="Chawla et al. 2002 took 5",
        ),
    ),
)
