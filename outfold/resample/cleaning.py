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
    "all_knn",
    "neighbourhood_cleaning",
    "one_sided",
    "near_miss",
]

NEAR_MISS_CELLS = 50_000_000
"""Most distances that version 2 of NearMiss may hold at once: 800 MB with their indices."""


class RowChoice(Resampler):
    """Chooses among the rows; distances between them are taken in ``neighbour_space``.

    Args:
        method: How rows are chosen.
        ratio: Where class sizes are aimed at, rows of the rarer class over those of the commoner.
        neighbours: Nearest rows that are looked at; lowered, with a note, where there are too few.
        version: The version of NearMiss.
        every_class: Whether the rarest class is cleaned too.
        seed: Seeds the draws.
    """

    def __init__(
        self,
        method: Method,
        ratio: float = 1.0,
        neighbours: int = 3,
        version: int = 1,
        every_class: bool = False,
        seed: int = 0,
    ) -> None:
        self.method = method
        self.ratio = ratio
        self.neighbours = neighbours
        self.version = version
        self.every_class = every_class
        self.seed = seed

    def _draw(self, X: pd.DataFrame, y: Ints) -> tuple[Ints, pd.DataFrame | None, Ints | None]:
        counts = class_counts(y)
        everything = np.arange(len(X), dtype=np.intp)
        if self.method in ("random_over", "random_under", "near_miss"):
            goals = (grown if self.method == "random_over" else shrunk)(counts, self.ratio)
            if not goals:
                return everything, None, None
        else:
            goals = {}
        sampler = self._sampler(counts, goals)
        at_random = self.method.startswith("random")
        points = np.zeros((len(X), 1)) if at_random else neighbour_space(X)
        sampler.fit_resample(points, y)
        kept = np.sort(np.asarray(sampler.sample_indices_, dtype=np.intp))
        lost = [code for code in counts if not (y[kept] == code).any()]
        if lost:
            whole = everything[np.isin(y, lost)]
            kept = np.sort(np.concatenate([kept, whole]))
            which = "A class" if len(lost) == 1 else f"{len(lost)} classes"
            self.notes_.append(f"{which} would have lost every row, so all its rows were kept.")
        return kept, None, None

    def _sampler(self, counts: dict[int, int], goals: dict[int, int]) -> Any:
        import imblearn.over_sampling as over
        import imblearn.under_sampling as under

        seed = self.seed % (2**32)
        which = "all" if self.every_class else "auto"
        if self.method == "random_over":
            return over.RandomOverSampler(sampling_strategy=goals, random_state=seed)
        if self.method == "random_under":
            return under.RandomUnderSampler(sampling_strategy=goals, random_state=seed)
        if self.method == "tomek":
            return under.TomekLinks(sampling_strategy=which)
        if self.method == "one_sided":
            return under.OneSidedSelection(n_seeds_S=1, random_state=seed)
        if self.method == "near_miss":
            return self._near_miss(under, counts, goals)
        near = self._near(sum(counts.values()) - 1)
        if self.method == "enn":
            return under.EditedNearestNeighbours(sampling_strategy=which, n_neighbors=near)
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

    def _near(self, available: int) -> int:
        if available < self.neighbours:
            self.notes_.append(
                f"{available} instead of {self.neighbours} neighbours were used, because there are "
                "no more rows."
            )
        return max(1, min(self.neighbours, available))
