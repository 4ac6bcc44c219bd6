"""Which classes are taken for which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.metrics.confusion import confusion_of
from outfold.metrics.metric import Floats
from outfold.study.results import Predictions


@dataclass(frozen=True, slots=True, eq=False)
class ConfusionMatrix:
    """Out-of-fold predictions by true and predicted class.

    Attributes:
        candidate: Whose predictions these are.
        classes: Class names, in the order of both axes.
        counts: Predictions of each true class (rows) as each class (columns), shape (k, k);
            weights are summed where rows have any. Repeats count each time.
        threshold: Of the positive class; None for more than two classes.
        positive: Name of the positive class; empty for more than two classes.
        rows: Different rows behind the predictions; 0 where it is not said.
    """

    candidate: str
    classes: tuple[str, ...]
    counts: Floats
    threshold: float | None
    positive: str = ""
    rows: int = 0

    def shares(self) -> Floats:
        """Of each true class, the share predicted as each class, shape (k, k); 0 for none."""
        rows = self.counts.sum(axis=1, keepdims=True)
        return np.divide(self.counts, rows, out=np.zeros_like(self.counts), where=rows > 0)

    def worst(self) -> tuple[str, str, float] | None:
        """The true class most often taken for one other: both and the share; None if never."""
        off = self.shares()
        np.fill_diagonal(off, 0.0)
        true, said = np.unravel_index(int(off.argmax()), off.shape)
        if off[true, said] == 0:
            return None
        return self.classes[int(true)], self.classes[int(said)], float(off[true, said])

    def frame(self) -> pd.DataFrame:
        """One row per pair of classes: truth, predicted, count, share of the true class."""
        share = self.shares()
        return pd.DataFrame(
            [
                (a, b, self.counts[i, j], share[i, j])
                for i, a in enumerate(self.classes)
                for j, b in enumerate(self.classes)
            ],
            columns=["truth", "predicted", "count", "share"],
        )


def confusion_matrix(predictions: Predictions, threshold: float = 0.5) -> ConfusionMatrix:
    """Count a candidate's out-of-fold decisions.

    Args:
        predictions: Its stored predictions.
        threshold: From which probability on the positive class is predicted (binary only).

    Raises:
        NotApplicableError: The target is a number.
    """
    table = confusion_of(predictions.scored(threshold))
    if table is None:
        raise NotApplicableError(
            "A confusion matrix counts classes, and this target is a number.",
            "Look at predicted against actual values instead.",
        )
    binary, rows = predictions.task == "binary", len(np.unique(predictions.rows))
    name, classes = predictions.candidate.name, predictions.classes
    if not binary:
        return ConfusionMatrix(name, classes, table, None, rows=rows)
    positive = classes[predictions.positive]
    return ConfusionMatrix(name, classes, table, threshold, positive, rows)
