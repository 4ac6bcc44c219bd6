"""SMOTENC: SMOTE for tables with numbers and categories."""

from __future__ import annotations

from typing import Any

from outfold.registry import Facts, Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(task: Task, seed: int, ratio: float = 1.0, neighbours: int = 5) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.synthetic import Synthetic

    return Synthetic("smotenc", ratio=ratio, neighbours=neighbours, seed=seed)


def _requires(facts: Facts) -> str | None:
    if not facts.n_categorical:
        return "There is no categorical column: take SMOTE."
    if not facts.n_numeric:
        return "There is no numeric column: take SMOTEN."
    if facts.smallest_class is not None and facts.smallest_class < 2:
        return "The rarest class has a single row, and SMOTENC needs two to place a row between."
    return None


STRATEGY = Strategy(
    kind="resampler",
    key="smotenc",
    label="SMOTENC",
    summary=(
        "Adds rows of the rare classes between neighbours of the same class; numbers lie "
        "between, categories are taken by vote."
    ),
    build=build,
    tasks=CLASSIFICATION,
    requires=_requires,
    order=42,
    family="oversampling",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Chawla et al. 2002, SMOTE, section 6.1",
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
