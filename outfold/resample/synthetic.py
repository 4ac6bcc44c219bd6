"""Resamplers that make new rows of rare classes between existing ones."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from outfold.errors import NotApplicableError, OutfoldError
from outfold.resample.sampling import (
    Floats,
    Ints,
    Resampler,
    category_positions,
    class_counts,
    grown,
)

Method = Literal["smote", "smotenc", "smoten", "fitting", "borderline", "svm", "adasyn", "kmeans"]

NAMES: dict[Method, str] = {
    "smote": "SMOTE",
    "smotenc": "SMOTENC",
    "smoten": "SMOTEN",
    "fitting": "SMOTE",
    "borderline": "Borderline SMOTE",
    "svm": "SVM SMOTE",
    "adasyn": "ADASYN",
    "kmeans": "K-means SMOTE",
}

MOST_ROWS: dict[Method, int] = {"smotenc": 20_000, "smoten": 5_000, "kmeans": 5_000}
"""Of a class with more rows, so many drawn at random are what new rows are placed between: time and
memory grow with their square."""

NOWHERE = (
    "No samples will be generated",
    "Not any neigbours belong to the majority",
    "All support vectors are considered as noise",
    "No clusters found with sufficient samples",
)


class Synthetic(Resampler):
    """Makes rows for the classes that are too small, one class at a time.

    Categories are taken from neighbours by vote (SMOTENC, SMOTEN), never mixed. A numeric column
    with two values, such as a truth value, keeps to them: a value between goes to the nearer.

    Args:
        method: How the new rows are made; ``fitting`` is the SMOTE that the columns ask for.
        ratio: Rows of each smaller class over those of the largest, afterwards.
        neighbours: Nearest rows of the same class that a new row may lie towards; lowered, with a
            note, where a class has too few rows.
        surroundings: Nearest rows of any class that tell whether a row lies at the border.
        kind: The variant of Borderline SMOTE.
        clusters: Clusters of all rows for k-means SMOTE.
        least_share: Share of a class among a cluster's rows from which on k-means SMOTE places new
            ones there; lowered, with a note, where no cluster has it.
        seed: Seeds the draws.
    """

    def __init__(
        self,
        method: Method = "smote",
        ratio: float = 1.0,
        neighbours: int = 5,
        surroundings: int = 10,
        kind: str = "borderline-1",
        clusters: int = 8,
        least_share: float = 0.5,
        seed: int = 0,
    ) -> None:
        self.method = method
        self.ratio = ratio
        self.neighbours = neighbours
        self.surroundings = surroundings
        self.kind = kind
        self.clusters = clusters
        self.least_share = least_share
        self.seed = seed

    def _draw(self, X: pd.DataFrame, y: Ints) -> tuple[Ints, pd.DataFrame | None, Ints | None]:
        counts = class_counts(y)
        goals = grown(counts, self.ratio)
        categories = category_positions(X)
        method = self._applicable(len(categories), X.shape[1])
        matrix = _matrix(X)
        pairs = two_valued(matrix, categories)
        lowered, made, labels = 0, [], []
        for code, goal in goals.items():
            if counts[code] < 2:
                raise OutfoldError(
                    f"A class has a single training row, and {NAMES[method]} needs two to place "
                    "a row between.",
                    "Merge or leave out the rarest classes, or take random oversampling.",
                )
            near = min(self.neighbours, counts[code] - 1)
            lowered += near < self.neighbours
            used, more = self._within_reach(method, y, code), goal - counts[code]
            rows, labelled = (matrix, y) if used is None else (matrix[used], y[used])
            goal = int((labelled == code).sum()) + more
            new = self._rows(method, rows, labelled, code, goal, near, categories, pairs)
            # Clusters round their shares up.
            new = new[:more] if method == "kmeans" else new
            made.append(new)
            labels.append(np.full(len(new), code, dtype=np.intp))
        if lowered:
            which = "A class has" if lowered == 1 else f"{lowered} classes have"
            self.notes_.append(
                f"{which} no more than {self.neighbours} training rows, so fewer neighbours were "
                "used there."
            )
        kept = np.arange(len(X), dtype=np.intp)
        if not made:
            return kept, None, None
        rows = np.vstack(made)
        for i, (low, high) in pairs.items():
            rows[:, i] = np.where(rows[:, i] - low > (high - low) / 2, high, low)
        return kept, frame_of_rows(rows, X), np.concatenate(labels)

    def _applicable(self, categories: int, columns: int) -> Method:
        """The method itself, or the one of its family that these columns ask for."""
        if self.method in ("smote", "smotenc", "smoten", "fitting"):
            wanted: Method = "smotenc"
            if categories == 0:
                wanted = "smote"
            elif categories == columns:
                wanted = "smoten"
            if self.method not in (wanted, "fitting"):
                have = {
                    "smote": "no column here is categorical",
                    "smotenc": "the columns here are numeric and categorical",
                    "smoten": "all columns here are categorical",
                }[wanted]
                self.notes_.append(
                    f"{NAMES[wanted]} was used instead of {NAMES[self.method]}, because {have}."
                )
            return wanted
        if categories:
            raise NotApplicableError(
                f"{NAMES[self.method]} has no meaning for categorical columns.",
                "Take SMOTENC, or keep numeric columns only.",
            )
        return self.method

    def _within_reach(self, method: Method, y: Ints, code: int) -> Ints | None:
        """The rows to work with where a class is too large for the method; None for all."""
        members = np.flatnonzero(y == code)
        most = MOST_ROWS.get(method, len(members))
        if len(members) <= most:
            return None
        self.notes_.append(
            f"A class has {len(members):,} training rows; new ones were placed between {most:,} of "
            f"them drawn at random, because {NAMES[method]} takes time with their square."
        )
        drawn = np.random.default_rng([self.seed % 2**32, code]).choice(members, most, False)
        return np.sort(np.concatenate([np.flatnonzero(y != code), drawn]))

    def _rows(
        self,
        method: Method,
        matrix: Floats,
        y: Ints,
        code: int,
        goal: int,
        near: int,
        categories: list[int],
        pairs: dict[int, tuple[float, float]],
    ) -> Floats:
        """The synthetic rows of one class."""
        import imblearn.over_sampling as over

        seed = (self.seed + 1_000_003 * (code + 1)) % (2**32)
        shared: dict[str, Any] = {"sampling_strategy": {code: goal}, "random_state": seed}
        around = min(self.surroundings, len(y) - 1)
        if method == "smote":
            sampler = over.SMOTE(k_neighbors=near, **shared)
        elif method == "smotenc":
            mixed = sorted({*categories, *pairs})
            if len(mixed) == matrix.shape[1]:
                mixed = categories
            sampler = over.SMOTENC(mixed, k_neighbors=near, **shared)
        elif method == "smoten":
            sampler = over.SMOTEN(k_neighbors=near, **shared)
        elif method == "borderline":
            sampler = over.BorderlineSMOTE(
                k_neighbors=near, m_neighbors=around, kind=self.kind, **shared
            )
        elif method == "svm":
            sampler = over.SVMSMOTE(k_neighbors=near, m_neighbors=around, **shared)
        elif method == "kmeans":
            return self._in_clusters(matrix, y, code, near, shared)
        else:
            sampler = over.ADASYN(n_neighbors=near, **shared)
        try:
            made, _ = sampler.fit_resample(matrix, y)
        except (ValueError, RuntimeError) as error:
            # The ways in which imbalanced-learn tells that it found nowhere to start from.
            if not any(words in str(error) for words in NOWHERE):
                raise
            made = matrix
        if len(made) == len(y):
            self.notes_.append(
                f"{NAMES[method]} made no rows for a class: none of its rows lies at the border."
            )
        return np.asarray(made[len(y) :], dtype=np.float64)

    def _in_clusters(
        self, matrix: Floats, y: Ints, code: int, near: int, shared: dict[str, Any]
    ) -> Floats:
        """New rows of one class in those clusters of all rows where the class is common."""
        import imblearn.over_sampling as over
        from sklearn.cluster import MiniBatchKMeans

        own = float((y == code).mean())
        clusters = min(self.clusters, len(y))
        tries = [(self.least_share, near)]
        tries += [(own, k) for k in dict.fromkeys((near, 1)) if own < self.least_share]
        # Beyond these the whole is one cluster, which is SMOTE.
        for share, k in tries:
            found = MiniBatchKMeans(clusters, n_init=3, random_state=shared["random_state"])
            sampler = over.KMeansSMOTE(
                k_neighbors=k, kmeans_estimator=found, cluster_balance_threshold=share, **shared
            )
            try:
                made, _ = sampler.fit_resample(matrix, y)
            except RuntimeError as error:
                if not any(words in str(error) for words in NOWHERE):
                    raise
                continue
            if share < self.least_share:
                self.notes_.append(
                    f"No cluster has a share of {self.least_share:.0%} of a class, so clusters "
                    f"with {share:.1%} of it or more were used"
                    + (f", with {k} instead of {near} neighbours." if k < near else ".")
                )
            return np.asarray(made[len(y) :], dtype=np.float64)
        self.notes_.append(
            f"{NAMES['kmeans']} made no rows for a class: no cluster has enough of its rows."
        )
        return matrix[:0]


def _matrix(X: pd.DataFrame) -> Floats:
    """Numbers and category codes; a missing category has the code after the last."""
    matrix = np.empty(X.shape)
    numeric = [i for i in range(X.shape[1]) if i not in set(category_positions(X))]
    if numeric:
        matrix[:, numeric] = X.iloc[:, numeric].to_numpy(dtype=np.float64)
    for i in category_positions(X):
        column = X.iloc[:, i].cat
        codes = column.codes.to_numpy()
        matrix[:, i] = np.where(codes < 0, len(column.categories), codes)
    return matrix


def two_valued(matrix: Floats, categories: list[int]) -> dict[int, tuple[float, float]]:
    """The numeric columns with at most two values, with these."""
    low, high = matrix.min(axis=0), matrix.max(axis=0)
    only: npt.NDArray[np.bool_] = ((matrix == low) | (matrix == high)).all(axis=0)
    found = np.flatnonzero(only).tolist()
    return {i: (float(low[i]), float(high[i])) for i in found if i not in set(categories)}


def frame_of_rows(rows: Floats, like: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``_matrix`` as a frame with the columns and types of another."""
    columns: dict[int, Any] = {}
    for i, kind in enumerate(like.dtypes):
        values = rows[:, i]
        if isinstance(kind, pd.CategoricalDtype):
            codes = np.rint(values).astype(np.intp)
            codes[codes >= len(kind.categories)] = -1
            columns[i] = pd.Categorical.from_codes(codes, dtype=kind)
        else:
            columns[i] = (np.rint(values) if kind.kind in "iu" else values).astype(kind)
    return pd.DataFrame(columns).set_axis(like.columns, axis=1)
