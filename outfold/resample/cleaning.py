"""Resamplers that leave rows out or repeat them, and so never make a new one."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from outfold.errors import OutfoldError
from outfold.resample.sampling import (
    Ints,
    Resampler,
    class_counts,
    grown,
    neighbour_space,
    shrunk,
)

Method = Literal[
    "random_over",
    "random_under",
    "tomek",
    "enn",
    "repeated_enn",
    "all_knn",
    "neighbourhood_cleaning",
    "condensed",
    "one_sided",
    "near_miss",
    "instance_hardness",
]

PART_ROWS = 20_000
"""Rows above which neighbours are looked for in parts: the search takes time with their square."""

CONDENSED_PART_ROWS = 2_500
"""The same for condensed nearest neighbours, which search anew for each row kept."""

SIZED = ("random_over", "random_under", "near_miss", "instance_hardness")
"""The methods that aim at a size of each class."""

NEAR_MISS_CELLS = 50_000_000
"""Most distances that version 2 of NearMiss may hold at once: 800 MB with their indices."""

TREE_ROWS = 5_000
"""Most rows that a tree of the forest behind instance hardness is grown on."""


class RowChoice(Resampler):
    """Chooses among the rows; distances between them are taken in ``neighbour_space``.

    Args:
        method: How rows are chosen.
        ratio: Where class sizes are aimed at, rows of the rarer class over those of the commoner.
        neighbours: Nearest rows that are looked at; lowered, with a note, where there are too few.
        version: The version of NearMiss.
        every_class: Whether the rarest class is cleaned too.
        folds: Folds in which instance hardness is measured; lowered, with a note, where a class
            has too few rows.
        rounds: Most repetitions of repeated editing.
        trees: Trees of the forest that measures instance hardness.
        seed: Seeds the draws.
    """

    def __init__(
        self,
        method: Method,
        ratio: float = 1.0,
        neighbours: int = 3,
        version: int = 1,
        every_class: bool = False,
        folds: int = 5,
        rounds: int = 20,
        trees: int = 100,
        seed: int = 0,
    ) -> None:
        self.method = method
        self.ratio = ratio
        self.neighbours = neighbours
        self.version = version
        self.every_class = every_class
        self.folds = folds
        self.rounds = rounds
        self.trees = trees
        self.seed = seed

    def _draw(self, X: pd.DataFrame, y: Ints) -> tuple[Ints, pd.DataFrame | None, Ints | None]:
        counts = class_counts(y)
        everything = np.arange(len(X), dtype=np.intp)
        if self.method in SIZED:
            goals = (grown if self.method == "random_over" else shrunk)(counts, self.ratio)
            if not goals:
                return everything, None, None
        else:
            goals = {}
        if max(counts.values()) == 1:
            self.notes_.append("Each class has a single training row, so none was left out.")
            return everything, None, None
        at_random = self.method.startswith("random")
        points = np.zeros((len(X), 1)) if at_random else neighbour_space(X)
        chosen = []
        for part in self._parts(counts, y):
            sampler = self._sampler(class_counts(y[part]), goals)
            # Instance hardness looks a class's probability up by its code, so codes have no gaps.
            sampler.fit_resample(points[part], np.unique(y[part], return_inverse=True)[1])
            chosen.append(part[np.asarray(sampler.sample_indices_, dtype=np.intp)])
        kept = np.sort(chosen[0]) if len(chosen) == 1 else np.unique(np.concatenate(chosen))
        self.notes_ = list(dict.fromkeys(self.notes_))
        lost = [code for code in counts if not (y[kept] == code).any()]
        if lost:
            whole = everything[np.isin(y, lost)]
            kept = np.sort(np.concatenate([kept, whole]))
            which = "A class" if len(lost) == 1 else f"{len(lost)} classes"
            self.notes_.append(f"{which} would have lost every row, so all its rows were kept.")
        if self.method == "instance_hardness" and any(
            (y[kept] == code).sum() > goal for code, goal in goals.items()
        ):
            self.notes_.append("More rows than asked for were kept, because many are equally easy.")
        return kept, None, None

    def _parts(self, counts: dict[int, int], y: Ints) -> list[Ints]:
        """The rows in parts with the same class shares; one part unless there are many rows.

        A class too small to share out is whole in every part. A row kept in one part is kept.
        """
        most = CONDENSED_PART_ROWS if self.method == "condensed" else PART_ROWS
        number = -(-len(y) // most)
        if self.method in SIZED or number == 1:
            return [np.arange(len(y), dtype=np.intp)]
        rng = np.random.default_rng(self.seed % 2**32)
        parts: list[list[Ints]] = [[] for _ in range(number)]
        for code in counts:
            members = rng.permutation(np.flatnonzero(y == code))
            for i, part in enumerate(parts):
                part.append(members[i::number] if len(members) >= 5 * number else members)
        self.notes_.append(
            f"Neighbours were looked for in {number} random parts of the {len(y):,} training rows, "
            "because the search takes time with the square of the rows."
        )
        return [np.sort(np.concatenate(part)) for part in parts]

    def _sampler(self, counts: dict[int, int], goals: dict[int, int]) -> Any:
        import imblearn.over_sampling as over
        import imblearn.under_sampling as under

        seed = self.seed % (2**32)
        which = "all" if self.every_class else "auto"
        places = {code: place for place, code in enumerate(counts)}
        goals = {places[code]: goal for code, goal in goals.items()}
        if self.method == "random_over":
            return over.RandomOverSampler(sampling_strategy=goals, random_state=seed)
        if self.method == "random_under":
            return under.RandomUnderSampler(sampling_strategy=goals, random_state=seed)
        if self.method == "tomek":
            return under.TomekLinks(sampling_strategy=which)
        if self.method == "one_sided":
            # A class is searched beside one row drawn from it, so it takes two.
            rarest = min(counts, key=lambda code: counts[code])
            larger = [places[c] for c, n in counts.items() if n > 1 and c != rarest]
            return under.OneSidedSelection(sampling_strategy=larger, n_seeds_S=1, random_state=seed)
        if self.method == "near_miss":
            return self._near_miss(under, counts, goals)
        if self.method == "instance_hardness":
            return self._hardness(under, counts, goals, seed)
        if self.method == "condensed":
            near = self._near(min(counts.values()) + 1)
            return under.CondensedNearestNeighbour(n_neighbors=near, random_state=seed)
        near = self._near(sum(counts.values()) - 1)
        if self.method == "enn":
            return under.EditedNearestNeighbours(sampling_strategy=which, n_neighbors=near)
        if self.method == "repeated_enn":
            return under.RepeatedEditedNearestNeighbours(
                sampling_strategy=which, n_neighbors=near, max_iter=self.rounds
            )
        if self.method == "all_knn":
            return under.AllKNN(sampling_strategy=which, n_neighbors=near)
        return under.NeighbourhoodCleaningRule(n_neighbors=near)

    def _near_miss(self, under: Any, counts: dict[int, int], goals: dict[int, int]) -> Any:
        rarest = min(counts.values())
        if self.version == 2 and rarest * max(counts.values()) > NEAR_MISS_CELLS:
            raise OutfoldError(
                "Version 2 of NearMiss holds the distances of every common row to every rare one, "
                f"and {rarest:,} × {max(counts.values()):,} are too many.",
                "Take version 1 or 3, or random undersampling.",
            )
        near = self._near(rarest)
        return under.NearMiss(
            sampling_strategy=goals, version=self.version, n_neighbors=near, n_neighbors_ver3=near
        )

    def _hardness(
        self, under: Any, counts: dict[int, int], goals: dict[int, int], seed: int
    ) -> Any:
        from sklearn.ensemble import RandomForestClassifier

        rarest, rows = min(counts.values()), sum(counts.values())
        if rarest < 2:
            raise OutfoldError(
                "A class has a single training row, and instance hardness is measured on rows that "
                "the forest was not grown on.",
                "Merge or leave out the rarest classes, or take random undersampling.",
            )
        folds = min(self.folds, rarest)
        if folds < self.folds:
            self.notes_.append(
                f"Hardness was measured in {folds} instead of {self.folds} folds, because a class "
                f"has {rarest} training rows."
            )
        train = rows * (folds - 1) // folds
        if train > TREE_ROWS:
            self.notes_.append(
                f"Each tree behind the hardness was grown on {TREE_ROWS:,} rows drawn at random, "
                "because there are many."
            )
        forest = RandomForestClassifier(
            self.trees, max_samples=min(train, TREE_ROWS), random_state=seed, n_jobs=1
        )
        return under.InstanceHardnessThreshold(
            estimator=forest, sampling_strategy=goals, cv=folds, random_state=seed
        )

    def _near(self, available: int) -> int:
        if available < self.neighbours:
            self.notes_.append(
                f"{available} instead of {self.neighbours} neighbours were used, because there are "
                "no more rows."
            )
        return max(1, min(self.neighbours, available))
