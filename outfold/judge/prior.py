"""Prior correction: probabilities of a model fitted on resampled rows, set right afterwards.

A model fitted where a class is commoner than it truly is believes in it too much. By Bayes' rule
each class's probability is multiplied by its true share over its share in fitting, and all are
scaled to sum to 1 (Elkan 2001, theorem 2; Saerens, Latinne & Decaestecker 2002, equation 2.4). For
two classes that multiplies the odds. Exact where rows were drawn or weighed at random within
classes; approximate where new rows were made or chosen ones left out.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from outfold.errors import NotApplicableError
from outfold.metrics.metric import Floats
from outfold.study.results import Predictions

SAME = 1e-9
"""Shares that differ by no more are the same."""


def prior_corrected(
    probability: npt.ArrayLike, fitted: npt.ArrayLike, true: npt.ArrayLike
) -> Floats:
    """Probabilities as they would be had the classes been as common in fitting as they are.

    Args:
        probability: Predicted class probabilities, shape (n, K).
        fitted: Share of each class in what the model was fitted on, shape (K,).
        true: Share of each class as it is, shape (K,) or (n, K).

    Returns:
        Shape (n, K), rows summing to 1. A class that took no part in fitting keeps probability 0.
    """
    p = np.asarray(probability, dtype=np.float64)
    shares = np.asarray(fitted, dtype=np.float64)
    wanted = np.asarray(true, dtype=np.float64)
    factor = np.divide(wanted, shares, out=np.zeros(np.broadcast(wanted, shares).shape),
                       where=shares > 0)  # fmt: skip
    weighed = p * factor
    total = weighed.sum(axis=1, keepdims=True)
    return np.divide(weighed, total, out=p.copy(), where=total > 0)


def shifted(predictions: Predictions) -> bool:
    """Whether the classes were more or less common in fitting than among the training rows."""
    known = predictions.fitted_shares
    return known is not None and any(
        bool(np.abs(shares - _true(predictions, split)).max() > SAME)
        for split, shares in known.items()
    )


def why_not(predictions: Predictions) -> str:
    """Why there is no prior correction of these predictions, as a sentence; empty where there is.

    Predictions that need none, because fitting saw the classes as they are, can be corrected: it
    changes nothing.
    """
    if predictions.task not in ("binary", "multiclass"):
        return "The target is a number, so there are no class shares to correct for."
    if predictions.probability is None:
        return "The model gives scores, not probabilities, so there is nothing to correct."
    if predictions.fitted_shares is None:
        return (
            "These predictions were stored before the class shares in fitting were written down; "
            "clear the stored steps and run again to correct them."
        )
    return ""


def corrected(predictions: Predictions) -> Predictions:
    """Stored predictions with their probabilities corrected, split by split.

    The true shares are those of each split's training rows before resampling, so no validation row
    takes part.

    Raises:
        NotApplicableError: There are no probabilities, or it is not known what was fitted on.
    """
    if reason := why_not(predictions):
        raise NotApplicableError(reason, "Look at the probabilities as they are.")
    assert predictions.probability is not None
    assert predictions.fitted_shares is not None
    made = predictions.probability.copy()
    for split, shares in predictions.fitted_shares.items():
        rows = predictions.split == split
        true = _true(predictions, split)
        if np.abs(shares - true).max() > SAME:
            made[rows] = prior_corrected(made[rows], shares, true)
    return dataclasses.replace(predictions, probability=made)


def _true(predictions: Predictions, split: int) -> Floats:
    """Class shares of a split's training rows, which is what its null model says of every row."""
    return np.asarray(predictions.null[np.flatnonzero(predictions.split == split)[0]])
