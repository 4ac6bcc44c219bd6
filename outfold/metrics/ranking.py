"""How well scores put the positive rows first, whatever the threshold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from outfold.metrics import influence
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


def roc_auc_weighted(scored: Scored) -> float:
    """Area of each class against the rest, averaged by the rows of the class."""
    if scored.probability is None:
        return float("nan")
    weight = np.ones(len(scored.truth)) if scored.weight is None else scored.weight
    total = above = 0.0
    for code in range(scored.probability.shape[1]):
        mine = scored.truth == code
        area = sweep(scored.probability[:, code], mine, scored.weight).auc()
        if not np.isnan(area):
            above += area * float(weight[mine].sum())
            total += float(weight[mine].sum())
    return above / total if total > 0 else float("nan")


def roc_auc_pairs(scored: Scored) -> float:
    """Mean over the pairs of classes of how well each is told from the other (Hand & Till 2001)."""
    if scored.probability is None:
        return float("nan")
    here = [c for c in range(scored.probability.shape[1]) if np.any(scored.truth == c)]
    found = []
    for place, one in enumerate(here):
        for other in here[place + 1 :]:
            rows = (scored.truth == one) | (scored.truth == other)
            weight = None if scored.weight is None else scored.weight[rows]
            for mine in (one, other):
                score = scored.probability[rows, mine]
                found.append(sweep(score, scored.truth[rows] == mine, weight).auc())
    known = [area for area in found if not np.isnan(area)]
    return float(np.mean(known)) if known else float("nan")


def _found_in_top(scored: Scored, share: float) -> float:
    """Recall when the given share of the rows is flagged, those scored highest first.

    Of rows that tie where the share ends, a part is taken in proportion: what is expected when
    they are drawn by lot.
    """
    if scored.probability is None and scored.score is None:
        return float("nan")
    of = sweep_of(scored)
    if not of.defined():
        return float("nan")
    count = np.concatenate(([0.0], of.tp + of.fp))
    hits = np.concatenate(([0.0], of.tp))
    wanted = share * (of.positives + of.negatives)
    return float(np.interp(wanted, count, hits)) / of.positives


def gain_10(scored: Scored) -> float:
    """Share of the positive rows among the tenth of the rows scored highest."""
    return _found_in_top(scored, 0.1)


def lift_10(scored: Scored) -> float:
    """How many times more positives the tenth scored highest holds than a tenth drawn by lot."""
    return _found_in_top(scored, 0.1) / 0.1


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
        influence=influence.of_classes(influence.average_precision),
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
        influence=influence.of_classes(influence.ks),
    ),
    Metric(
        "roc_auc_weighted",
        "ROC AUC, weighted",
        "The mean of each class against the rest, weighted by its rows: rare classes count little.",
        ("multiclass",),
        "higher",
        roc_auc_weighted,
        "probability",
        0.0,
        1.0,
        "Provost & Domingos 2000",
        order=12,
    ),
    Metric(
        "roc_auc_pairs",
        "ROC AUC, pairs",
        "How well each class is told from each other one, averaged over the pairs; does not depend "
        "on how frequent classes are.",
        ("multiclass",),
        "higher",
        roc_auc_pairs,
        "probability",
        0.0,
        1.0,
        "Hand & Till 2001",
        order=14,
    ),
    Metric(
        "gain_10",
        "Gain at 10 %",
        "Share of the positives that are found when the tenth of the rows scored highest is "
        "looked at.",
        ("binary",),
        "higher",
        gain_10,
        "score",
        0.0,
        1.0,
        order=142,
    ),
    Metric(
        "lift_10",
        "Lift at 10 %",
        "How many times more positives there are in the tenth of the rows scored highest than in a "
        "tenth drawn by lot.",
        ("binary",),
        "higher",
        lift_10,
        "score",
        0.0,
        10.0,
        order=144,
    ),
)
