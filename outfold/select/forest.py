"""Tree ensembles as a measure of what columns weigh."""

from __future__ import annotations

import numpy as np

from outfold.select.columns import Floats, Ints
from outfold.select.encode import Encoded
from outfold.task import Task, is_classification

ROWS_PER_TREE = 2_000
"""Each tree sees at most this many rows, drawn anew for each."""

WIDE = 200
"""Above this many columns a split of a regression tree, too, looks at their square root only."""


def importances(
    encoded: Encoded,
    target: Ints | Floats,
    task: Task,
    seed: int,
    *,
    trees: int,
    depth: int | None = None,
    rows: int = ROWS_PER_TREE,
) -> Floats:
    """Each source's share of the impurity removed, summed over its levels, ``(n_sources,)``.

    Extremely randomised trees (Geurts et al. 2006) on bootstrap samples: their cut points are drawn
    at random, so that columns with many distinct values are not favoured as they are by a forest
    that searches for the best cut.
    """
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

    n = len(encoded.matrix)
    by_class = is_classification(task)
    kind = ExtraTreesClassifier if by_class else ExtraTreesRegressor
    forest = kind(
        n_estimators=trees,
        max_depth=depth,
        min_samples_leaf=2,
        max_features="sqrt" if by_class or encoded.matrix.shape[1] > WIDE else 0.33,
        bootstrap=True,
        max_samples=min(1.0, rows / n),
        random_state=seed,
        n_jobs=1,
    )
    forest.fit(encoded.matrix, target)
    return encoded.total(np.asarray(forest.feature_importances_, dtype=np.float64))
