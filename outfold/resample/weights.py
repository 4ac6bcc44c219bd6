"""Row weights in place of more or fewer rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator

from outfold.resample.sampling import class_counts


class ClassWeights(BaseEstimator):  # type: ignore[misc]
    """Weighs rows so that rare classes count more.

    Args:
        strength: 1 gives every class the same total weight, 0 every row the same; between, the
            full weights are taken to this power. The mean weight is 1.
    """

    notes_: list[str]

    def __init__(self, strength: float = 1.0) -> None:
        self.strength = strength

    def sample_weight(self, y: Any) -> npt.NDArray[np.float64]:
        """The weight of each training row, shape (n_rows,).

        Raises:
            OutfoldError: There are fewer than two classes.
        """
        self.notes_ = []
        codes = np.asarray(y)
        counts = class_counts(codes)
        share = {c: len(codes) / (len(counts) * n) for c, n in counts.items()}
        found, places = np.unique(codes, return_inverse=True)
        weight = np.array([share[c] for c in found.tolist()])[places] ** self.strength
        return weight / weight.mean()
