"""Cluster centroids: stand in for the common rows by cluster centres."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(task: Task, seed: int, ratio: float = 1.0, voting: str = "hard") -> Any:
    """The resampler with these parameters."""
    from outfold.resample.clusters import Centroids

    return Centroids(ratio=ratio, voting=voting, seed=seed)


STRATEGY = Strategy(
    kind="resampler",
    key="cluster_centroids",
    label="Cluster centroids",
    summary=(
        "Cuts each common class into clusters by k-means and keeps one row of each: fewer rows "
        "that still cover the whole class."
    ),
    build=build,
    tasks=CLASSIFICATION,
    order=32,
    family="undersampling",
    libraries=("scikit-learn",),
    source="Yen & Lee 2009, Cluster-based under-sampling approaches",
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
            "voting",
            "Voting",
            "choice",
            "hard",
            choices=("hard", "soft"),
            help="hard: the row nearest to each centre. soft: the centre itself, a new row.",
            source="Yen & Lee 2009 keep rows; imbalanced-learn takes centres",
        ),
    ),
)
