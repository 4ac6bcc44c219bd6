"""k-means SMOTE: new rows where the rare class is at home."""

from __future__ import annotations

from typing import Any

from outfold.registry import Facts, Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(
    task: Task,
    seed: int,
    ratio: float = 1.0,
    neighbours: int = 2,
    clusters: int = 8,
    least_share: float = 0.5,
) -> Any:
    """The resampler with these parameters."""
    from outfold.resample.synthetic import Synthetic

    return Synthetic(
        "kmeans",
        ratio=ratio,
        neighbours=neighbours,
        clusters=clusters,
        least_share=least_share,
        seed=seed,
    )


def _requires(facts: Facts) -> str | None:
    if facts.n_categorical:
        return "There are categorical columns, which k-means SMOTE cannot place: take SMOTENC."
    if facts.smallest_class is not None and facts.smallest_class < 2:
        return "The rarest class has a single row, and k-means SMOTE needs two."
    return None


STRATEGY = Strategy(
    kind="resampler",
    key="kmeans_smote",
    label="K-means SMOTE",
    summary=(
        "Like SMOTE, but only inside clusters in which the rare class is common, most where it is "
        "sparse: fewer new rows among the other class."
    ),
    build=build,
    tasks=CLASSIFICATION,
    requires=_requires,
    order=47,
    family="oversampling",
    libraries=("imbalanced-learn", "scikit-learn"),
    source="Last, Douzas & Bação 2017, Oversampling based on k-means and SMOTE",
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
            2,
            low=1,
            high=50,
            help="New rows lie towards one of so many nearest rows of their class and cluster.",
            source="imbalanced-learn's default",
        ),
        Param(
            "clusters",
            "Clusters",
            "int",
            8,
            low=2,
            high=500,
            scale="log",
            help="All rows are cut into so many clusters first.",
            source="imbalanced-learn's default; Last et al. 2017 tried 2 to 500",
        ),
        Param(
            "least_share",
            "Least share in a cluster",
            "float",
            0.5,
            low=0.0,
            high=1.0,
            help="New rows are placed in clusters where the class has this share or more.",
            source="Last et al. 2017: an imbalance ratio of 1",
        ),
    ),
)
