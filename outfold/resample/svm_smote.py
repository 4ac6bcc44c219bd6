"""SVM SMOTE: new rows around the support vectors."""

from __future__ import annotations

from typing import Any

from outfold.registry import Facts, Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(
    task: Task, seed: int, ratio: float = 1.0, neighbours: int = 5, surroundings: int = 10
) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.synthetic import Synthetic

    return Synthetic(
        "svm", ratio=ratio, neighbours=neighbours, surroundings=surroundings, seed=seed
    )


MOST_ROWS = 20_000
"""Beyond so many rows the machine inside takes minutes."""


def _requires(facts: Facts) -> str | None:
    if facts.n_categorical:
        return "There are categorical columns, which SVM SMOTE has no meaning for: take SMOTENC."
    if facts.n_rows > MOST_ROWS:
        return f"Its time grows with the square of the rows, and {facts.n_rows:,} are too many."
    if facts.smallest_class is not None and facts.smallest_class < 2:
        return "The rarest class has a single row, and SVM SMOTE needs two to place a row between."
    return None


STRATEGY = Strategy(
    kind="resampler",
    key="svm_smote",
    label="SVM SMOTE",
    summary=(
        "Like SMOTE, but only from rows of the rare class that a support vector machine finds "
        "at the border; slow on many rows."
    ),
    build=build,
    tasks=CLASSIFICATION,
    requires=_requires,
    order=48,
    family="oversampling",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Nguyen, Cooper & Kamei 2011, Borderline over-sampling for imbalanced data",
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
            source="imbalanced-learn's default",
        ),
        Param(
            "surroundings",
            "Surroundings",
            "int",
            10,
            low=2,
            high=50,
            help="So many nearest rows of any class tell whether a row lies at the border.",
            source="imbalanced-learn's default",
        ),
    ),
)
