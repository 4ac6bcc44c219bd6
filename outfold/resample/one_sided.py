"""One-sided selection."""

from __future__ import annotations

from typing import Any

from outfold.registry import Strategy
from outfold.task import CLASSIFICATION, Task


def build(task: Task, seed: int) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.cleaning import RowChoice

    return RowChoice("one_sided", seed=seed)


STRATEGY = Strategy(
    kind="resampler",
    key="one_sided",
    label="One-sided selection",
    summary=(
        "Leaves out common rows that lie far from the border or in Tomek links; the rare class "
        "stays whole."
    ),
    build=build,
    tasks=CLASSIFICATION,
    order=68,
    family="undersampling",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Kubat & Matwin 1997, Addressing the curse of imbalanced training sets",
)
