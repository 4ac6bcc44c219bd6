"""SMOTE, then edited nearest neighbours."""

from __future__ import annotations

from typing import Any

from outfold.registry import Facts, Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(task: Task, seed: int, ratio: float = 1.0, neighbours: int = 5) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.cleaning import RowChoice
    from outfold.resample.combined import Combined
    from outfold.resample.synthetic import Synthetic

    return Combined(
        Synthetic("fitting", ratio=ratio, neighbours=neighbours, seed=seed),
        RowChoice("enn", every_class=True),
    )


def _requires(facts: Facts) -> str | None:
    if facts.smallest_class is not None and facts.smallest_class < 2:
        return "The rarest class has a single row, and SMOTE needs two to place a row between."
    return None


STRATEGY = Strategy(
    kind="resampler",
    key="smote_enn",
    label="SMOTE + edited neighbours",
    summary=(
        "Adds rows of the rare classes by SMOTE (SMOTENC with categories), then leaves out rows "
        "of any class that their neighbours contradict."
    ),
    build=build,
    tasks=CLASSIFICATION,
    requires=_requires,
    order=80,
    family="combined",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Batista, Prati & Monard 2004, Several methods for balancing machine learning data",
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
            source="Batista et al. 2004",
        ),
    ),
)
