"""SMOTEN: SMOTE for tables of categories only."""

from __future__ import annotations

from typing import Any

from outfold.registry import Facts, Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(task: Task, seed: int, ratio: float = 1.0, neighbours: int = 5) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.synthetic import Synthetic

    return Synthetic("smoten", ratio=ratio, neighbours=neighbours, seed=seed)


def _requires(facts: Facts) -> str | None:
    if facts.n_numeric:
        return "There are numeric columns: take SMOTE, or SMOTENC with categorical ones."
    if facts.smallest_class is not None and facts.smallest_class < 2:
        return "The rarest class has a single row, and SMOTEN needs two to place a row between."
    return None


STRATEGY = Strategy(
    kind="resampler",
    key="smoten",
    label="SMOTEN",
    summary=(
        "Adds rows of the rare classes whose categories are taken by vote among neighbours of "
        "the same class."
    ),
    build=build,
    tasks=CLASSIFICATION,
    requires=_requires,
    order=44,
    family="oversampling",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Chawla et al. 2002, SMOTE, section 6.2",
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
            help="So many nearest rows of the class vote on each category of a new row.",
            source="Chawla et al. 2002 took 5",
        ),
    ),
)
