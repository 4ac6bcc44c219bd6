"""How good predicted probabilities are, as probabilities: proper scores and their skill."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from outfold.metrics.influence import of_ratio
from outfold.metrics.metric import Floats, Metric, Parts, Scored
from outfold.metrics.null import mean, null_shares

TINY = float(np.finfo(np.float64).eps)
"""Probabilities are kept this far from 0 and 1 in logarithms, as scikit-learn does."""


def surprise(scored: Scored, probability: Floats) -> Floats:
    """Minus the logarithm of the probability that was given to what happened, shape (n_rows,)."""
    given = probability[np.arange(len(scored.truth)), np.asarray(scored.truth, dtype=np.intp)]
    return np.asarray(-np.log(np.clip(given, TINY, 1 - TINY)))


def squared_distance(scored: Scored, probability: Floats) -> Floats:
    """Squared distance between probabilities and what happened, shape (n_rows,).

    Binary: of the positive class alone, 0 to 1. Several classes: summed over them, 0 to 2.
    """
    if scored.task == "binary":
        positive = probability[:, scored.positive]
        return np.asarray((positive - scored.is_positive()) ** 2)
    given = probability[np.arange(len(scored.truth)), np.asarray(scored.truth, dtype=np.intp)]
    return np.asarray((probability**2).sum(axis=1) - 2 * given + 1)


def log_loss(scored: Scored) -> float:
    """Mean surprise in nats."""
    if scored.probability is None:
        return float("nan")
    return mean(surprise(scored, scored.probability), scored.weight)


def brier(scored: Scored) -> float:
    """Mean squared distance between probabilities and what happened."""
    if scored.probability is None:
        return float("nan")
    return mean(squared_distance(scored, scored.probability), scored.weight)


def _parts(values: Callable[[Scored, Floats], Floats]) -> Parts:
    def of(scored: Scored) -> Floats:
        if scored.probability is None:
            return np.full(len(scored.truth), np.nan)
        return values(scored, scored.probability)

    return Parts(of)


def brier_skill(scored: Scored) -> float:
    """One minus the Brier score over that of the training shares."""
    if scored.probability is None:
        return float("nan")
    null = mean(squared_distance(scored, null_shares(scored)), scored.weight)
    return 1 - brier(scored) / null if null > 0 else float("nan")


def _brier_rows(scored: Scored) -> Floats:
    if scored.probability is None:
        return np.full(len(scored.truth), np.nan)
    return squared_distance(scored, scored.probability)


def _null_brier_rows(scored: Scored) -> Floats:
    return squared_distance(scored, null_shares(scored))


METRICS = (
    Metric(
        "log_loss",
        "Log loss",
        "Mean surprise at what happened, in nats: punishes confident errors hard. Half of the mean "
        "deviance.",
        ("binary", "multiclass"),
        "lower",
        log_loss,
        "probability",
        0.0,
        None,
        "Good 1952",
        order=30,
        parts=_parts(surprise),
    ),
    Metric(
        "brier",
        "Brier score",
        "Mean squared error of the probabilities: 0 to 1 for two classes, summed over classes "
        "(0 to 2) for several.",
        ("binary", "multiclass"),
        "lower",
        brier,
        "probability",
        0.0,
        2.0,
        "Brier 1950",
        order=40,
        parts=_parts(squared_distance),
    ),
    Metric(
        "brier_skill",
        "Brier skill",
        "Share of the Brier score removed relative to predicting the training shares; 0 is no "
        "better than that, 1 is perfect.",
        ("binary", "multiclass"),
        "higher",
        brier_skill,
        "probability",
        None,
        1.0,
        "Murphy 1973",
        order=45,
        influence=of_ratio(_brier_rows, _null_brier_rows),
    ),
)
