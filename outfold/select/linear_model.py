"""The quick models that wrappers fit many times, and how well they predict held-out rows."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from outfold.select.columns import Floats, Ints
from outfold.task import Task, is_classification


def as_response(target: Ints | Floats, task: Task) -> Ints | Floats:
    """What a model is fitted to: counts as log(1 + y), so that few large ones do not decide."""
    return np.log1p(np.maximum(target, 0.0)) if task == "count" else target


def fit_quietly(model: Any, matrix: Floats, target: Ints | Floats) -> Any:
    """Fit a model whose exact optimum is not needed."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        # A ranking of coefficients is settled long before the last digits of the fit.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(matrix, target)


def coefficients(matrix: Floats, target: Ints | Floats, task: Task) -> Floats:
    """Coefficients of a ridge-penalised linear or logistic fit, ``(n_outputs, n_encoded)``.

    With more columns than rows the fit is made in the space of the rows, which gives the same
    coefficients, since the penalty does not change under rotation.
    """
    from sklearn.linear_model import LogisticRegression, Ridge

    rotation = None
    if matrix.shape[1] > matrix.shape[0]:
        left, lengths, rotation = np.linalg.svd(matrix, full_matrices=False)
        matrix = left * lengths
    model = (
        LogisticRegression(C=1.0, max_iter=200, tol=1e-3)
        if is_classification(task)
        else Ridge(alpha=1.0)
    )
    fitted = fit_quietly(model, matrix, as_response(target, task))
    found = np.atleast_2d(fitted.coef_)
    return found if rotation is None else found @ rotation


def losses(
    model: Any, train: tuple[Floats, Any], held_out: tuple[Floats, Any], task: Task
) -> tuple[float, float]:
    """Squared error on held-out rows of a fitted model and of the training mean.

    For classes it is the squared error of the predicted probabilities (Brier 1950), summed over
    the classes: unlike the log loss it is bounded, so that a small tree's sure but wrong leaf
    does not outweigh everything else.
    """
    response, truth = train[1], held_out[1]
    if not is_classification(task):
        error = truth - model.predict(held_out[0])
        return float(np.mean(error**2)), float(np.mean((truth - response.mean()) ** 2))
    levels = model.classes_
    # A class without training rows adds the same to both: nothing was predicted for it.
    happened = (truth[:, None] == levels).astype(np.float64)
    share = (response[:, None] == levels).mean(axis=0)
    missed = model.predict_proba(held_out[0]) - happened
    return float((missed**2).sum(axis=1).mean()), float(
        ((share - happened) ** 2).sum(axis=1).mean()
    )
