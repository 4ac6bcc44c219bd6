"""Predicted against actual numbers, and what is left over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.metrics.metric import Floats, Ints
from outfold.study.results import Predictions

POINTS = 2000
"""Most points shown."""
EXTREMES = 25
"""Largest errors that are always among them."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows with similar predictions.

    Attributes:
        predicted: Their mean prediction.
        actual: Their mean true value.
        residual: Mean of actual minus predicted.
        low: 10th percentile of the residuals.
        high: 90th percentile.
        n: Predictions.
    """

    predicted: float
    actual: float
    residual: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True, eq=False)
class FittedValues:
    """One candidate's out-of-fold predictions of a number.

    Attributes:
        candidate: Its name.
        model: Key of its model.
        rows: Positions in the table of the predictions shown, shape (m,).
        actual: True values of those, shape (m,).
        predicted: Predictions of those, shape (m,).
        n: Predictions in all; ``m`` of them are shown, the largest errors among them.
        bias: Mean of actual minus predicted over all.
        spread: Standard deviation of the residuals over all, ddof 1.
        outside: Predictions whose residual is beyond three spreads.
        stretches: Ten groups of equal rows by prediction, low to high.
    """

    candidate: str
    model: str
    rows: Ints
    actual: Floats
    predicted: Floats
    n: int
    bias: float
    spread: float
    outside: int
    stretches: tuple[Stretch, ...]

    @property
    def residual(self) -> Floats:
        """Actual minus predicted of the rows shown."""
        return self.actual - self.predicted

    def frame(self) -> pd.DataFrame:
        """The rows shown: row, actual, predicted, residual."""
        return pd.DataFrame(
            {
                "row": self.rows,
                "actual": self.actual,
                "predicted": self.predicted,
                "residual": self.residual,
            }
        )


def fitted_values(predictions: Predictions, most: int = POINTS, groups: int = 10) -> FittedValues:
    """Set predictions beside the truth, thinned to what a chart can show.

    Args:
        predictions: A candidate's stored predictions.
        most: Points to keep: the largest errors, then a random sample (seed 0).
        groups: Stretches.

    Raises:
        NotApplicableError: The target is a class.
    """
    if predictions.value is None:
        raise NotApplicableError(
            "Predicted values need a number as target, and this one is a class.",
            "Look at the confusion matrix instead.",
        )
    actual = np.asarray(predictions.truth, dtype=np.float64)
    residual = actual - predictions.value
    n = len(actual)
    shown = np.arange(n)
    if n > most:
        far = np.argsort(-np.abs(residual), kind="stable")
        rest = np.random.default_rng(0).choice(far[EXTREMES:], most - EXTREMES, replace=False)
        shown = np.sort(np.concatenate([far[:EXTREMES], rest]))
    spread = float(residual.std(ddof=1)) if n > 1 else float("nan")
    bias = float(residual.mean())
    by_value = np.argsort(predictions.value, kind="stable")
    stretches = []
    for part in np.array_split(by_value, min(groups, n)):
        low, high = np.quantile(residual[part], [0.1, 0.9])
        stretches.append(
            Stretch(
                float(predictions.value[part].mean()),
                float(actual[part].mean()),
                float(residual[part].mean()),
                float(low),
                float(high),
                len(part),
            )
        )
    return FittedValues(
        predictions.candidate.name, predictions.candidate.model.key,
        predictions.rows[shown], actual[shown], predictions.value[shown], n, bias, spread,
        int((np.abs(residual - bias) > 3 * spread).sum()), tuple(stretches),
    )  # fmt: skip
