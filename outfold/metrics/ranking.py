"""How well scores put the positive rows first, whatever the threshold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from outfold.metrics.metric import Floats, Metric, Parts, Scored
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


def _placements(
    score: Floats, positive: npt.NDArray[np.bool_], weight: Floats | None
) -> Floats | None:
    """What each row adds to the AUC, to first order (DeLong et al. 1988); None with one class.

    A positive row's placement is the share of the negative rows below it, ties counting one half,
    and the other way round. Each class counts alike, whatever its size.
    """
    given = np.ones(len(score)) if weight is None else weight
    total = float(given.sum())
    sides = [float(given[positive].sum()), float(given[~positive].sum())]
    if min(sides) <= 0:
        return None
    place = np.empty(len(score))
    for mine, other, sign in ((positive, ~positive, 1.0), (~positive, positive, -1.0)):
        theirs = np.sort(sign * score[other])
        order = np.argsort(sign * score[other], kind="stable")
        below = np.concatenate(([0.0], np.cumsum(given[other][order])))
        own = sign * score[mine]
        under, upto = (below[np.searchsorted(theirs, own, side)] for side in ("left", "right"))
        place[mine] = (under + upto) / (2 * below[-1])
    area = float((given * place)[positive].sum()) / sides[0]
    share = np.where(positive, sides[0], sides[1]) / total
    return area + (place - area) / share


def _auc_parts(scored: Scored) -> Floats:
    undefined = np.full(len(scored.truth), np.nan)
    if scored.task == "binary":
        if scored.probability is None and scored.score is None:
            return undefined
        found = _placements(scored.positive_score(), scored.is_positive(), scored.weight)
        return undefined if found is None else found
    if scored.probability is None:
        return undefined
    each = [
        _placements(scored.probability[:, code], scored.truth == code, scored.weight)
        for code in range(scored.probability.shape[1])
    ]
    known = [values for values in each if values is not None]
    return np.mean(known, axis=0) if known else undefined


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
        parts=Parts(_auc_parts, "together"),
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
