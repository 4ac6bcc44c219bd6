"""Borderline SMOTE: new rows where the classes meet."""

from __future__ import annotations

from typing import Any

from outfold.registry import Facts, Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(
    task: Task,
    seed: int,
    ratio: float = 1.0,
    neighbours: int = 5,
    surroundings: int = 10,
    kind: str = "borderline-1",
) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.synthetic import Synthetic

    return Synthetic(
        "borderline",
        ratio=ratio,
        neighbours=neighbours,
        surroundings=surroundings,
        kind=kind,
        seed=seed,
    )


def _requires(facts: Facts) -> str | None:
    if facts.n_categorical:
        return "There are categorical columns, which Borderline SMOTE cannot place: take SMOTENC."
    if facts.smallest_class is not None and facts.smallest_class < 2:
        return "The rarest class has a single row, and Borderline SMOTE needs two."
    return None


STRATEGY = Strategy(
    kind="resampler",
    key="borderline_smote",
    label="Borderline SMOTE",
    summary=(
        "Like SMOTE, but only from rows of the rare class that have many neighbours of another "
        "class."
    ),
    build=build,
    tasks=CLASSIFICATION,
    requires=_requires,
    order=46,
    family="oversampling",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Han, Wang & Mao 2005, Borderline-SMOTE",
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
            source="Han et al. 2005 took 5",
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
        Param(
            "kind",
            "Variant",
            "choice",
            "borderline-1",
            choices=("borderline-1", "borderline-2"),
            help="The second also places rows towards neighbours of other classes.",
            source="Han et al. 2005",
        ),
    ),
)
