"""Instance hardness threshold: leave out the rows that are hardest to classify."""

from __future__ import annotations

from typing import Any

from outfold.registry import Facts, Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(task: Task, seed: int, ratio: float = 1.0, folds: int = 5, trees: int = 100) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.cleaning import RowChoice

    return RowChoice("instance_hardness", ratio=ratio, folds=folds, trees=trees, seed=seed)


def _requires(facts: Facts) -> str | None:
    if facts.smallest_class is not None and facts.smallest_class < 2:
        return "The rarest class has a single row, and each class needs rows in two folds."
    return None


STRATEGY = Strategy(
    kind="resampler",
    key="instance_hardness",
    label="Instance hardness threshold",
    summary=(
        "Leaves out those common rows that a random forest, grown on other training rows, thinks "
        "least likely; probabilities then look surer than they are."
    ),
    build=build,
    tasks=CLASSIFICATION,
    requires=_requires,
    order=72,
    family="undersampling",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Smith, Martinez & Giraud-Carrier 2014, An instance level analysis of data complexity",
    params=(
        Param(
            "ratio",
            "Rare rows per common row",
            "float",
            1.0,
            low=0.05,
            high=1.0,
            help="Rows of the rarest class over those of each commoner one, after resampling.",
        ),
        Param(
            "folds",
            "Folds",
            "int",
            5,
            low=2,
            high=10,
            help="Each row is judged by a forest grown on the other folds of the training rows.",
            source="imbalanced-learn's default",
        ),
        Param(
            "trees",
            "Trees",
            "int",
            100,
            low=10,
            high=500,
            help="More trees tell equally easy rows apart better and cost time in proportion.",
            source="imbalanced-learn's default",
        ),
    ),
)
