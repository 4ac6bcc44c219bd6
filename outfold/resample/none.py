"""Leave the training rows as they are."""

from __future__ import annotations

from typing import Any

from outfold.registry import Strategy
from outfold.task import Task


def build(task: Task, seed: int) -> Any:
    """A resampler that changes nothing."""
    from outfold.resample.sampling import Unchanged

    return Unchanged()


STRATEGY = Strategy(
    kind="resampler",
    key="none",
    label="None",
    summary=(
        "Leaves the training rows as they are; with a threshold chosen by cost this is often all "
        "that rare classes need."
    ),
    build=build,
    order=0,
    default=True,
    libraries=("pandas",),
    family="none",
    source=(
        "van den Goorbergh et al. 2022, The harm of class imbalance corrections for risk "
        "prediction models"
    ),
)
