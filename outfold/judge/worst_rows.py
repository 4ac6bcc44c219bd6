"""The rows that a candidate gets most wrong, with what they hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.metrics.metric import Floats, Ints
from outfold.study.results import Predictions

LEAST = 1e-15
"""Probabilities below this count as this, so that one row's loss stays a number."""


@dataclass(frozen=True, slots=True, eq=False)
class WorstRows:
    """Rows by how wrong their out-of-fold prediction was, worst first.

    Attributes:
        candidate: Its name.
        loss: What a row is judged by, in words.
        rows: Position of each row in the study's table, shape (m,).
        losses: Mean loss of each over the repeats, shape (m,).
        truth: What was true: a class name or a value.
        predicted: What was predicted: a class name or a mean value.
        certainty: Mean probability given to the true class, shape (m,); None without probabilities.
        n: Rows of the table that were predicted.
        share: Of the loss summed over all rows, how much the rows shown make up; NaN where losses
            can be negative.
    """

    candidate: str
    loss: str
    rows: Ints
    losses: Floats
    truth: tuple[object, ...]
    predicted: tuple[object, ...]
    certainty: Floats | None
    n: int
    share: float

    def frame(self) -> pd.DataFrame:
        """One row per table row: row, actual, predicted, probability_of_actual, loss."""
        columns: dict[str, object] = {
            "row": self.rows, "actual": list(self.truth), "predicted": list(self.predicted),
        }  # fmt: skip
        if self.certainty is not None:
            columns["probability_of_actual"] = self.certainty
        return pd.DataFrame(columns | {"loss": self.losses})


def worst_rows(predictions: Predictions, most: int = 50) -> WorstRows:
    """Rank rows by the loss of their out-of-fold predictions.

    Classes are judged by the surprise at what was true, minus the logarithm of its probability, or
    by how far a score lies on the wrong side where a model gives no probabilities; numbers by the
    size of the error. A row predicted on several repeats counts by its mean.

    Args:
        predictions: The candidate's stored predictions.
        most: Rows to return.
    """
    ids, position = np.unique(predictions.rows, return_inverse=True)
    times = np.bincount(position)
    losses, words = _losses(predictions)
    by_row = np.bincount(position, losses) / times
    worst = np.argsort(-by_row, kind="stable")[:most]
    first = np.full(len(ids), len(position), dtype=np.intp)
    np.minimum.at(first, position, np.arange(len(position)))
    total = float(by_row.sum())
    share = float(by_row[worst].sum()) / total if by_row.min() >= 0 and total > 0 else float("nan")
    truth = predictions.truth[first[worst]]
    true: tuple[object, ...]
    said: tuple[object, ...]
    certainty = None
    if predictions.classes:
        names = predictions.classes
        true = tuple(names[int(code)] for code in truth)
        if predictions.probability is not None:
            k = predictions.probability.shape[1]
            means = np.column_stack(
                [np.bincount(position, predictions.probability[:, j]) / times for j in range(k)]
            )[worst]
            said = tuple(names[int(code)] for code in means.argmax(axis=1))
            certainty = means[np.arange(len(worst)), truth.astype(np.intp)]
        else:
            assert predictions.score is not None
            score = (np.bincount(position, predictions.score) / times)[worst]
            said = tuple(names[int(value > 0)] for value in score)
    else:
        assert predictions.value is not None
        true = tuple(float(value) for value in truth)
        said = tuple(float(v) for v in (np.bincount(position, predictions.value) / times)[worst])
    return WorstRows(
        predictions.candidate.name, words, ids[worst].astype(np.intp), by_row[worst], true, said,
        certainty, len(ids), share,
    )  # fmt: skip


def _losses(predictions: Predictions) -> tuple[Floats, str]:
    if predictions.probability is not None:
        rows = np.arange(len(predictions.truth))
        given = predictions.probability[rows, predictions.truth.astype(np.intp)]
        return -np.log(np.clip(given, LEAST, 1)), "surprise at the true class, in nats"
    if predictions.score is not None:
        sign = np.where(predictions.truth == 1, -1.0, 1.0)
        return sign * predictions.score, "score on the wrong side"
    assert predictions.value is not None
    return np.abs(predictions.truth - predictions.value), "size of the error"
