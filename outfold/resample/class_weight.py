"""Class weights: rare rows count more."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(task: Task, seed: int, strength: float = 1.0) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.weights import ClassWeights

    return ClassWeights(strength=strength)


STRATEGY = Strategy(
    kind="resampler",
    key="class_weight",
    label="Class weights",
    summary=(
        "Leaves the rows as they are and lets rare ones count more in fitting; for models that "
        "can be fitted with weights."
    ),
    build=build,
    tasks=CLASSIFICATION,
    order=10,
    family="weighting",
    libraries=("scikit-learn",),
    source="King & Zeng 2001, Logistic regression in rare events data",
    params=(
        Param(
            "strength",
            "Strength",
            "float",
            1.0,
            low=0.0,
            high=1.0,
            help="1 gives every class the same total weight; 0 is no weighting.",
        ),
    ),
)
