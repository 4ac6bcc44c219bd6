"""Keep the columns that share most information with the target."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import Param, Strategy
from outfold.select.columns import (
    Target,
    best_part,
    codes,
    is_discrete,
    named,
    numbers,
    outcome,
    owners,
)
from outfold.select.keep import K_HALF, half, keep
from outfold.select.selection import Selection
from outfold.task import Task, is_classification


def choose(
    X: pd.DataFrame, y: Target, *, task: Task, seed: int, neighbors: int, k: int | None
) -> Selection:
    """Mutual information in nats, by scikit-learn's estimators.

    Categorical columns against classes: the exact plug-in value. Numbers: nearest-neighbour
    estimates (Kraskov et al. 2004 against a number, Ross 2014 against classes), with a tiny random
    jitter that the seed decides; an estimate below zero is shown as zero.
    """
    from sklearn.feature_selection import mutual_info_classif, mutual_info_regression

    sources, owner = owners(X)
    target = outcome(y, task)
    discrete = np.array([is_discrete(X[c]) for c in X.columns])
    matrix = np.column_stack(
        [codes(X[c]).astype(float) if is_discrete(X[c]) else numbers(X[c]) for c in X.columns]
    )
    estimate = mutual_info_classif if is_classification(task) else mutual_info_regression
    # A class or level with a single row has no neighbour; fewer rows than neighbours are an error.
    n_neighbors = max(1, min(neighbors, len(X) - 2))
    values = estimate(
        matrix,
        target,
        discrete_features=discrete,
        n_neighbors=n_neighbors,
        random_state=seed,
        n_jobs=1,
    )
    scores = named(sources, best_part(values, owner, len(sources)))
    selected, notes = keep(scores, k=half(len(sources)) if k is None else k)
    return Selection(
        selected=selected, scores=scores, score_name="mutual information, nats", notes=notes
    )


def build(task: Task, seed: int, neighbors: int = 3, k: int | None = None) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(choose, task, seed, {"neighbors": neighbors, "k": k})


STRATEGY = Strategy(
    kind="selector",
    key="mutual_info",
    label="Mutual information",
    summary="Ranks columns by what they tell about the target, curved relations included.",
    build=build,
    params=(
        Param(
            key="neighbors",
            label="Neighbours",
            kind="int",
            default=3,
            low=1,
            high=50,
            help="For numbers: more neighbours give a steadier but more biased estimate.",
            source="Kraskov et al. (2004)",
        ),
        K_HALF,
    ),
    source="Kraskov, Stögbauer & Grassberger (2004); Ross (2014)",
    family="filter",
    order=30,
)
