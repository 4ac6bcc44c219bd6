"""Undersampling by clusters: a class is stood for by the centres of its rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from outfold.resample.sampling import (
    Floats,
    Ints,
    Resampler,
    category_positions,
    class_counts,
    neighbour_space,
    shrunk,
)
from outfold.resample.synthetic import frame_of_rows, two_valued

EXACT_WORK = 10_000_000
"""Rows of a class times its clusters up to which k-means looks at all rows in each round."""


class Centroids(Resampler):
    """Replaces the rows of classes that are too large by as many cluster centres.

    Args:
        ratio: Rows of the rarest class over those of each commoner one, afterwards.
        voting: ``hard`` keeps the row nearest to each centre; ``soft`` takes the centre itself,
            which is a new row, so it is for numeric columns only.
        seed: Seeds the clusters.
    """

    def __init__(self, ratio: float = 1.0, voting: str = "hard", seed: int = 0) -> None:
        self.ratio = ratio
        self.voting = voting
        self.seed = seed

    def _draw(self, X: pd.DataFrame, y: Ints) -> tuple[Ints, pd.DataFrame | None, Ints | None]:
        goals = shrunk(class_counts(y), self.ratio)
        points = neighbour_space(X)
        soft = self.voting == "soft"
        if soft and category_positions(X):
            soft = False
            self.notes_.append(
                "Rows nearest to the centres were kept instead of the centres, because categories "
                "have no centre."
            )
        kept = [np.flatnonzero(~np.isin(y, list(goals)))]
        made, labels = [], []
        for code, goal in goals.items():
            members = np.flatnonzero(y == code)
            centres = self._centres(points[members], goal)
            if soft:
                made.append(centres)
                labels.append(np.full(len(centres), code, dtype=np.intp))
            else:
                kept.append(members[_nearest(points[members], centres)])
        rows = np.sort(np.concatenate(kept)).astype(np.intp)
        if not made:
            return rows, None, None
        new = np.vstack(made)
        for i, (low, high) in two_valued(points, []).items():
            new[:, i] = np.where(new[:, i] - low > (high - low) / 2, high, low)
        return rows, frame_of_rows(new, X), np.concatenate(labels)

    def _centres(self, points: Floats, count: int) -> Floats:
        from sklearn.cluster import KMeans, MiniBatchKMeans

        distinct = np.unique(points, axis=0)
        if len(distinct) <= count:
            return distinct
        seed = self.seed % (2**32)
        if len(points) * count <= EXACT_WORK:
            found = KMeans(count, n_init=1, random_state=seed)
        else:
            note = "Centres were found from batches of rows, because there are many."
            if note not in self.notes_:
                self.notes_.append(note)
            found = MiniBatchKMeans(
                count,
                n_init=1,
                init="random",
                max_iter=3,
                reassignment_ratio=0.0,
                random_state=seed,
            )
        return np.asarray(found.fit(points).cluster_centers_, dtype=np.float64)


def _nearest(points: Floats, centres: Floats) -> Ints:
    """The row nearest to each centre, each row once."""
    from sklearn.neighbors import NearestNeighbors

    found = NearestNeighbors(n_neighbors=1).fit(points).kneighbors(centres, return_distance=False)
    return np.unique(found[:, 0])
