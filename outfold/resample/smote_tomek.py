"""SMOTE, then Tomek links."""

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
        RowChoice("tomek", every_class=True),
    )


def _requires(facts: Facts) -> str | None:
    if facts.smallest_class is not None and facts.smallest_class < 2:
        return "The rarest class has a single row, and SMOTE needs two to place a row between."
    return None


STRATEGY = Strategy(
    kind="resampler",
    key="smote_tomek",
    label="SMOTE + Tomek links",
    summary=(
        "Adds rows of the rare classes by SMOTE (SMOTENC with categories), then clears Tomek "
        "links of any class."
    ),
    build=build,
    tasks=CLASSIFICATION,
    requires=_requires,
    order=82,
    family="combined",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Batista, Bazzan & Monard 2003, Balancing training data for keyword annotation",
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
            source="Batista et al. 2003",
        ),
    ),
)
