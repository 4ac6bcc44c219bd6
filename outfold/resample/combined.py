"""Two resamplers one after the other: new rows first, then a cleaning of all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from outfold.resample.cleaning import RowChoice
from outfold.resample.sampling import Resampler
from outfold.resample.synthetic import Synthetic


class Combined(Resampler):
    """Adds synthetic rows, then leaves out rows of any class that contradict their neighbours.

    Args:
        first: Makes the new rows.
        second: Chooses among the old and new rows.
    """

    def __init__(self, first: Synthetic, second: RowChoice) -> None:
        self.first = first
        self.second = second

    def fit_resample(self, X: pd.DataFrame, y: Any) -> tuple[pd.DataFrame, Any]:
        """The resampled frame and its target, as of the two in turn."""
        grown, labels = self.first.fit_resample(X, y)
        cleaned, labels = self.second.fit_resample(grown, labels)
        self.notes_ = [*self.first.notes_, *self.second.notes_]
        self.origins_ = np.asarray(self.first.origins_[self.second.origins_])
        return cleaned, labels
