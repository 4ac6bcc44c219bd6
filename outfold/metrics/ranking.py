"""How well scores put the positive rows first, whatever the threshold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from outfold.metrics.metric import Metric, Scored
from outfold.metrics.sweep import Sweep, sweep, sweep_of


def _ranked(scored: Scored, figure: Callable[[Sweep], float]) -> float:
    """A figure of the positive class, or its plain mean over the classes that occur here.

    A class without a row among these has no figure, and is left out of the mean; with fewer than
    two classes present nothing is defined.
    """
    if scored.task == "binary":
        if scored.probability is None and scored.score is None:
            return float("nan")
        return figure(sweep_of(scored))
    if scored.probability is None:
        return float("nan")
    found = [
        figure(sweep(scored.probability[:, code], scored.truth == code, scored.weight))
        for code in range(scored.probability.shape[1])
    ]
    known = [value for value in found if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def roc_auc(scored: Scored) -> float:
    """Area under the ROC curve; of several classes the mean of each against the rest."""
    return _ranked(scored, Sweep.auc)


def average_precision(scored: Scored) -> float:
    """Average precision by steps; of several classes the mean of each against the rest."""
    return _ranked(scored, Sweep.average_precision)


def ks(scored: Scored) -> float:
    """Kolmogorov-Smirnov distance between the scores of the two classes."""
    return _ranked(scored, Sweep.ks)


METRICS = (
    Metric(
        "roc_auc",
        "ROC AUC",
        "The chance that a positive row is scored above a negative one; 0.5 is guessing. Several "
        "classes: the mean of each against the rest, over the classes present.",
        ("binary", "multiclass"),
        "higher",
        roc_auc,
        "score",
        0.0,
        1.0,
        "Hanley & McNeil 1982; Provost & Domingos 2000",
        order=10,
        default_for=("binary",),
    ),
    Metric(
        "average_precision",
        "Average precision",
        "Precision averaged over recall; guessing gives the share of positives, so it shows rare "
        "classes well. Several classes: the mean of each against the rest.",
        ("binary", "multiclass"),
        "higher",
        average_precision,
        "score",
        0.0,
        1.0,
        "Davis & Goadrich 2006",
        order=20,
    ),
    Metric(
        "ks",
        "KS distance",
        "The largest gap between the shares of positives and negatives flagged at one threshold.",
        ("binary",),
        "higher",
        ks,
        "score",
        0.0,
        1.0,
        "Hand 2009",
        order=140,
    ),
)
