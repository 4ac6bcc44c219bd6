"""Coefficients as an L1 or elastic-net penalty falls, and the penalty that inner folds advise."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from outfold.select.columns import Floats, Ints
from outfold.select.encode import Encoded
from outfold.select.linear_model import as_response, losses
from outfold.select.sampling import inner_folds
from outfold.select.softmax_path import softmax_path
from outfold.task import Task, is_classification

FOLDS = 3
STEPS_FOR_NUMBERS = 40
STEPS_FOR_CLASSES = 14
LEAST = 0.01
"""The path ends at this share of the largest penalty."""

PATIENCE = 4
"""The inner folds stop after this many penalties in a row without a better score."""


@dataclass(frozen=True)
class Path:
    """How columns enter a model as its penalty falls.

    Attributes:
        penalties: Falling from the least penalty that keeps everything out, ``(n_steps,)``.
        weights: For each step the largest absolute standardised coefficient among a source
            column's levels and classes, ``(n_steps, n_sources)``.
        sources: The columns that the analyst knows.
    """

    penalties: Floats
    weights: Floats
    sources: tuple[str, ...]

    def entries(self) -> Floats:
        """The share of the largest penalty at which each column first enters; 0 for never."""
        inside = self.weights > 0
        first = np.argmax(inside, axis=0)
        shares = self.penalties / self.penalties[0]
        return np.where(inside.any(axis=0), shares[first], 0.0)


def largest_penalty(matrix: Floats, target: Ints | Floats, task: Task, ratio: float) -> float:
    """The least penalty at which no column is in: max |x'(y - mean)| / n over the L1 share."""
    response: Floats = as_response(target, task).astype(np.float64)
    sides = (
        [(target == c).astype(np.float64) for c in np.unique(target)]
        if is_classification(task)
        else [response]
    )
    top = max(float(np.abs(matrix.T @ (s - s.mean())).max()) for s in sides)
    return max(top / len(matrix) / ratio, 1e-12)


def grid(top: float, task: Task) -> Floats:
    """Penalties falling from the largest in equal ratios."""
    steps = STEPS_FOR_CLASSES if is_classification(task) else STEPS_FOR_NUMBERS
    return np.geomspace(top, LEAST * top, steps)


def fits(
    matrix: Floats,
    target: Ints | Floats,
    task: Task,
    penalties: Floats,
    ratio: float,
) -> Iterator[tuple[Floats, Any]]:
    """A fit at each penalty in turn: absolute coefficients ``(n_encoded,)`` and the fitted model.

    Numbers: RSS / 2n + penalty (ratio |b|₁ + (1 - ratio) |b|₂² / 2), glmnet's scale. Classes: the
    same penalty on the mean multinomial log loss.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import ElasticNet, enet_path

    if is_classification(task):
        for model in softmax_path(matrix, target.astype(np.int64), penalties, ratio):
            yield np.abs(model.coef).max(axis=1), model
        return
    response = as_response(target, task)
    centre, mean = matrix.mean(axis=0), float(response.mean())
    with warnings.catch_warnings():
        # Which columns are in is settled long before the last digits of the fit.
        warnings.simplefilter("ignore", ConvergenceWarning)
        _, coefs, _ = enet_path(
            matrix - centre, response - mean, l1_ratio=ratio, alphas=penalties, tol=1e-7
        )
    for step in range(len(penalties)):
        model = ElasticNet()
        model.coef_ = coefs[:, step]
        model.intercept_ = mean - float(centre @ coefs[:, step])
        yield np.abs(coefs[:, step]), model


def path(
    encoded: Encoded,
    target: Ints | Floats,
    task: Task,
    *,
    ratio: float,
    penalties: Floats | None = None,
) -> Path:
    """How the source columns enter as the penalty falls.

    Args:
        encoded: Standardised columns.
        target: Class codes or numbers.
        task: What is predicted.
        ratio: The L1 share of the penalty, above 0 to 1.
        penalties: Falling; None is a grid from the largest to a hundredth of it.
    """
    if penalties is None:
        penalties = grid(largest_penalty(encoded.matrix, target, task, ratio), task)
    steps = fits(encoded.matrix, target, task, penalties, ratio)
    weights = np.stack([encoded.largest(coefs) for coefs, _ in steps])
    return Path(penalties, weights, encoded.sources)


def advised(
    encoded: Encoded,
    target: Ints | Floats,
    task: Task,
    ratio: float,
    seed: int,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[float, float]:
    """The largest penalty within one standard error of the best R² of inner folds, and that R².

    ``told`` hears how many of the penalties have been tried.
    """
    penalties = grid(largest_penalty(encoded.matrix, target, task, ratio), task)
    response = as_response(target, task)
    parts = inner_folds(target, task, FOLDS, seed)
    walks = [fits(encoded.matrix[a], target[a], task, penalties, ratio) for a, _ in parts]
    table: list[list[float]] = []
    for steps in zip(*walks, strict=True):
        row = []
        for (train, test), (_, model) in zip(parts, steps, strict=True):
            seen, held = encoded.matrix[train], encoded.matrix[test]
            loss, null = losses(model, (seen, response[train]), (held, response[test]), task)
            row.append(1.0 - loss / null if null > 0 else 0.0)
        table.append(row)
        told(len(table), len(penalties))
        means = [sum(r) / FOLDS for r in table]
        if len(means) - 1 - int(np.argmax(means)) >= PATIENCE:
            break
    scores = np.array(table)
    mean = scores.mean(axis=1)
    best = int(np.argmax(mean))
    error = float(scores[best].std(ddof=1)) / FOLDS**0.5
    chosen = int(np.argmax(mean >= mean[best] - error))
    return float(penalties[chosen]), float(mean[chosen])
