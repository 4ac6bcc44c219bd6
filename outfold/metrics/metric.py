"""What a metric is, and what it is computed from: predictions for rows, never a fitted model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from outfold.task import Task

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Predictions beside the truth, for rows that the model was not fitted on.

    Attributes:
        task: What was predicted.
        truth: Class codes 0 … K-1, or values; shape (n_rows,).
        probability: Class probabilities, shape (n_rows, K), or None.
        score: For binary models without probabilities: a score that rises with class code 1,
            shape (n_rows,), or None.
        value: Predicted values of a regression or count, shape (n_rows,), or None.
        positive: The class code that is called positive (binary only).
        threshold: Predict positive at or above this probability (binary only).
        weight: Row weights, shape (n_rows,), or None for equal ones.
        null: What a model without features predicts, from the training rows: class shares of
            shape (n_rows, K) or (K,), or a mean of shape (n_rows,) or ().
    """

    task: Task
    truth: Floats | Ints
    probability: Floats | None = None
    score: Floats | None = None
    value: Floats | None = None
    positive: int = 1
    threshold: float = 0.5
    weight: Floats | None = None
    null: Floats | None = None

    def positive_score(self) -> Floats:
        """A score that rises with the positive class, shape (n_rows,)."""
        if self.probability is not None:
            return self.probability[:, self.positive]
        if self.score is None:
            raise ValueError("neither probabilities nor scores were stored")
        return self.score if self.positive == 1 else -self.score

    def is_positive(self) -> npt.NDArray[np.bool_]:
        """Whether each row truly is of the positive class."""
        return np.asarray(self.truth == self.positive)

    def predicted(self) -> Ints:
        """The predicted class codes: by the threshold if binary, else the most probable class.

        A model that gives scores instead of probabilities predicts class 1 above a score of 0.
        """
        if self.task == "binary":
            if self.probability is not None:
                hit = self.probability[:, self.positive] >= self.threshold
                return np.where(hit, self.positive, 1 - self.positive)
            assert self.score is not None
            return (self.score > 0).astype(np.intp)
        assert self.probability is not None
        return self.probability.argmax(axis=1)


@dataclass(frozen=True, slots=True)
class Parts:
    """What each row adds to a metric, for methods that follow single rows.

    Attributes:
        of: From ``Scored`` to a value a row, shape (n_rows,), whose weighted mean is the metric,
            or its square; NaN where the metric is undefined.
        kind: ``rows`` where a value depends on its own row alone; ``root`` where, besides, the
            metric is the root of the mean; ``together`` where it depends on the other rows too,
            so that the metric is a mean of rows to first order only, like the AUC.
    """

    of: Callable[[Scored], Floats]
    kind: Literal["rows", "root", "together"] = "rows"


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure of merit.

    Attributes:
        key: Lower-case field term, as on the command line.
        label: What a person reads.
        summary: One sentence: what it measures and when to look at it.
        tasks: The tasks it is defined for.
        direction: Whether more is better.
        compute: From ``Scored`` to a number; NaN where it is undefined on these rows.
        needs: What must have been stored: probabilities; a ranking score (probabilities do);
            class labels (either does); values.
        low: Least possible value, or None.
        high: Greatest possible value, or None.
        source: Author and year.
        order: Place in menus, small first.
        default_for: Tasks whose default metric this is.
        parts: How it is made of its rows; None where it is no mean over rows in any sense.
        influence: Of a metric without parts, what each row adds to first order, as ``Parts.of``
            does; None where it is not known by formula.
    """

    key: str
    label: str
    summary: str
    tasks: tuple[Task, ...]
    direction: Literal["higher", "lower"]
    compute: Callable[[Scored], float]
    needs: Literal["probability", "score", "label", "value"]
    low: float | None = None
    high: float | None = None
    source: str = ""
    order: int = 100
    default_for: tuple[Task, ...] = ()
    parts: Parts | None = None
    influence: Callable[[Scored], Floats] | None = None

    @property
    def follows_rows(self) -> bool:
        """Whether it is known by formula how the metric moves with each row."""
        return self.parts is not None or self.influence is not None
