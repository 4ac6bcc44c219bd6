"""ADASYN: more new rows where the rare class is hard to learn."""

from __future__ import annotations

from typing import Any

from outfold.registry import Facts, Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(task: Task, seed: int, ratio: float = 1.0, neighbours: int = 5) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.synthetic import Synthetic

    return Synthetic("adasyn", ratio=ratio, neighbours=neighbours, seed=seed)


def _requires(facts: Facts) -> str | None:
    if facts.n_categorical:
        return "There are categorical columns, which ADASYN has no meaning for: take SMOTENC."
    if facts.smallest_class is not None and facts.smallest_class < 2:
        return "The rarest class has a single row, and ADASYN needs two to place a row between."
    return None


STRATEGY = Strategy(
    kind="resampler",
    key="adasyn",
    label="ADASYN",
    summary=(
        "Like SMOTE, with more new rows where a rare row is surrounded by other classes; the "
        "final ratio is approximate."
    ),
    build=build,
    tasks=CLASSIFICATION,
    requires=_requires,
    order=50,
    family="oversampling",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="He, Bai, Garcia & Li 2008, ADASYN: Adaptive synthetic sampling approach",
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
            help="So many nearest rows of any class tell how hard a row is to learn.",
            source="He et al. 2008 took 5",
        ),
    ),
)
