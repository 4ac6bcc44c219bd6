"""How often the predicted class is right, in the several ways of counting.

The default of a multi-class leaderboard is the balanced accuracy: it weighs a class of five rows
like one of five thousand, is defined on every fold whichever classes fall into it, and needs no
probabilities, so that every model can be ranked by it.
"""

from __future__ import annotations

import numpy as np

from outfold.metrics.confusion import confusion_of, kappa, matthews, ratio
from outfold.metrics.influence import by_cells
from outfold.metrics.metric import Floats, Metric, Parts, Scored

UNDEFINED = float("nan")


def _recalls(table: Floats) -> Floats:
    """Recall of each class that occurs."""
    rows = table.sum(axis=1)
    return np.asarray(np.diag(table)[rows > 0] / rows[rows > 0])


def accuracy(scored: Scored) -> float:
    """Share of rows predicted right."""
    table = confusion_of(scored)
    return UNDEFINED if table is None else ratio(np.trace(table), table.sum())


def balanced_accuracy(scored: Scored) -> float:
    """Mean recall over the classes that occur; NaN where only one does."""
    table = confusion_of(scored)
    if table is None or len(recalls := _recalls(table)) < 2:
        return UNDEFINED
    return float(recalls.mean())


def g_mean(scored: Scored) -> float:
    """Geometric mean of the recalls of the classes that occur; NaN where only one does."""
    table = confusion_of(scored)
    if table is None or len(recalls := _recalls(table)) < 2:
        return UNDEFINED
    return float(np.prod(recalls) ** (1 / len(recalls)))


def mcc(scored: Scored) -> float:
    """Matthews correlation coefficient."""
    table = confusion_of(scored)
    return UNDEFINED if table is None else matthews(table)


def cohen_kappa(scored: Scored) -> float:
    """Cohen's kappa of truth and prediction; NaN where only one class occurs."""
    table = confusion_of(scored)
    if table is None or (table.sum(axis=1) > 0).sum() < 2:
        return UNDEFINED
    return kappa(table)


def recall(scored: Scored) -> float:
    """Share of the positive rows that are found."""
    table = confusion_of(scored)
    p = scored.positive
    return UNDEFINED if table is None else ratio(table[p, p], table[p].sum())


def specificity(scored: Scored) -> float:
    """Share of the negative rows that are left alone."""
    table = confusion_of(scored)
    n = 1 - scored.positive
    return UNDEFINED if table is None else ratio(table[n, n], table[n].sum())


def precision(scored: Scored) -> float:
    """Share of the flagged rows that are positive; NaN where none is flagged."""
    table = confusion_of(scored)
    p = scored.positive
    return UNDEFINED if table is None else ratio(table[p, p], table[:, p].sum())


def f1(scored: Scored) -> float:
    """Harmonic mean of precision and recall; NaN where there is no positive row."""
    table = confusion_of(scored)
    p = scored.positive
    if table is None or table[p].sum() <= 0:
        return UNDEFINED
    return ratio(2 * table[p, p], table[p].sum() + table[:, p].sum())


def f_beta(scored: Scored, beta: float) -> float:
    """F of precision and recall with recall weighing beta times as much; NaN as for F1."""
    table = confusion_of(scored)
    p = scored.positive
    if table is None or table[p].sum() <= 0:
        return UNDEFINED
    return ratio((1 + beta**2) * table[p, p], beta**2 * table[p].sum() + table[:, p].sum())


def f2(scored: Scored) -> float:
    """F with recall weighing twice as much as precision."""
    return f_beta(scored, 2.0)


def f05(scored: Scored) -> float:
    """F with precision weighing twice as much as recall."""
    return f_beta(scored, 0.5)


def _f1_by_class(table: Floats) -> tuple[Floats, Floats]:
    """F1 and true weight of each class that occurs or is predicted."""
    true, said = table.sum(axis=1), table.sum(axis=0)
    here = true + said > 0
    return np.asarray(2 * np.diag(table)[here] / (true + said)[here]), true[here]


def f1_macro(scored: Scored) -> float:
    """Mean F1 over the classes that occur or are predicted."""
    table = confusion_of(scored)
    if table is None or table.sum() <= 0:
        return UNDEFINED
    return float(_f1_by_class(table)[0].mean())


def f1_weighted(scored: Scored) -> float:
    """Mean F1 over classes, weighted by their true rows."""
    table = confusion_of(scored)
    if table is None or table.sum() <= 0:
        return UNDEFINED
    figures, weights = _f1_by_class(table)
    return float(figures @ weights / weights.sum())


def precision_macro(scored: Scored) -> float:
    """Mean precision over the classes that occur or are predicted; 0 for one never predicted."""
    table = confusion_of(scored)
    if table is None or table.sum() <= 0:
        return UNDEFINED
    said, here = table.sum(axis=0), table.sum(axis=0) + table.sum(axis=1) > 0
    each = np.divide(np.diag(table), said, out=np.zeros(len(table)), where=said > 0)
    return float(each[here].mean())


def precision_weighted(scored: Scored) -> float:
    """Mean precision weighted by the true rows of each class; 0 for one never predicted."""
    table = confusion_of(scored)
    if table is None or table.sum() <= 0:
        return UNDEFINED
    said = table.sum(axis=0)
    each = np.divide(np.diag(table), said, out=np.zeros(len(table)), where=said > 0)
    return float((each * table.sum(axis=1)).sum() / table.sum())


def _hits(scored: Scored) -> Floats:
    """1 for each row predicted right, else 0."""
    if confusion_of(scored) is None:
        return np.full(len(scored.truth), UNDEFINED)
    return np.asarray(scored.predicted() == scored.truth, dtype=np.float64)


def _balanced_hits(scored: Scored) -> Floats:
    """Hits in which each class counts alike: their weighted mean is the balanced accuracy."""
    table = confusion_of(scored)
    if table is None or len(recalls := _recalls(table)) < 2:
        return np.full(len(scored.truth), UNDEFINED)
    size = table.sum(axis=1)
    own = np.divide(np.diag(table), size, out=np.zeros(len(table)), where=size > 0)
    codes = np.asarray(scored.truth, dtype=np.intp)
    share = np.where(size[codes] > 0, size[codes] / size.sum(), 1.0)
    return float(recalls.mean()) + (_hits(scored) - own[codes]) / (len(recalls) * share)


METRICS = (
    Metric(
        "balanced_accuracy",
        "Balanced accuracy",
        "Mean recall over the classes, so that a rare class counts as much as a common one.",
        ("binary", "multiclass"),
        "higher",
        balanced_accuracy,
        "label",
        0.0,
        1.0,
        "Brodersen et al. 2010",
        order=50,
        default_for=("multiclass",),
        parts=Parts(_balanced_hits, "together"),
    ),
    Metric(
        "accuracy",
        "Accuracy",
        "Share of rows predicted right; misleading where one class is rare. Precision, recall and "
        "F1 averaged over the rows (micro) are the same.",
        ("binary", "multiclass"),
        "higher",
        accuracy,
        "label",
        0.0,
        1.0,
        order=55,
        parts=Parts(_hits),
    ),
    Metric(
        "f1",
        "F1",
        "Harmonic mean of precision and recall of the positive class.",
        ("binary",),
        "higher",
        f1,
        "label",
        0.0,
        1.0,
        "van Rijsbergen 1979",
        order=60,
        influence=by_cells(f1),
    ),
    Metric(
        "f2",
        "F2",
        "Like F1 with recall weighing twice as much: where a miss is the worse mistake.",
        ("binary",),
        "higher",
        f2,
        "label",
        0.0,
        1.0,
        "van Rijsbergen 1979",
        order=62,
        influence=by_cells(f2),
    ),
    Metric(
        "f05",
        "F0.5",
        "Like F1 with precision weighing twice as much: where a false alarm is the worse mistake.",
        ("binary",),
        "higher",
        f05,
        "label",
        0.0,
        1.0,
        "van Rijsbergen 1979",
        order=64,
        influence=by_cells(f05),
    ),
    Metric(
        "f1_macro",
        "F1, macro",
        "F1 of each class, averaged with equal weight.",
        ("multiclass",),
        "higher",
        f1_macro,
        "label",
        0.0,
        1.0,
        "Sokolova & Lapalme 2009",
        order=60,
        influence=by_cells(f1_macro),
    ),
    Metric(
        "f1_weighted",
        "F1, weighted",
        "F1 of each class, averaged by the number of its rows.",
        ("multiclass",),
        "higher",
        f1_weighted,
        "label",
        0.0,
        1.0,
        "Sokolova & Lapalme 2009",
        order=65,
        influence=by_cells(f1_weighted),
    ),
    Metric(
        "precision",
        "Precision",
        "Share of the flagged rows that are positive.",
        ("binary",),
        "higher",
        precision,
        "label",
        0.0,
        1.0,
        order=70,
        influence=by_cells(precision),
    ),
    Metric(
        "precision_macro",
        "Precision, macro",
        "Precision of each class, averaged with equal weight; 0 for a class never predicted.",
        ("multiclass",),
        "higher",
        precision_macro,
        "label",
        0.0,
        1.0,
        "Sokolova & Lapalme 2009",
        order=70,
        influence=by_cells(precision_macro),
    ),
    Metric(
        "precision_weighted",
        "Precision, weighted",
        "Precision of each class, averaged by the number of its rows; 0 for a class never "
        "predicted.",
        ("multiclass",),
        "higher",
        precision_weighted,
        "label",
        0.0,
        1.0,
        "Sokolova & Lapalme 2009",
        order=75,
        influence=by_cells(precision_weighted),
    ),
    Metric(
        "recall",
        "Recall",
        "Share of the positive rows that are found (sensitivity).",
        ("binary",),
        "higher",
        recall,
        "label",
        0.0,
        1.0,
        order=80,
        influence=by_cells(recall),
    ),
    Metric(
        "specificity",
        "Specificity",
        "Share of the negative rows that are left alone.",
        ("binary",),
        "higher",
        specificity,
        "label",
        0.0,
        1.0,
        order=90,
        influence=by_cells(specificity),
    ),
    Metric(
        "mcc",
        "Matthews correlation",
        "Correlation of truth and prediction; high only where all classes are predicted well.",
        ("binary", "multiclass"),
        "higher",
        mcc,
        "label",
        -1.0,
        1.0,
        "Matthews 1975; Gorodkin 2004",
        order=100,
        influence=by_cells(mcc),
    ),
    Metric(
        "kappa",
        "Cohen's kappa",
        "Agreement of truth and prediction beyond that of chance.",
        ("binary", "multiclass"),
        "higher",
        cohen_kappa,
        "label",
        -1.0,
        1.0,
        "Cohen 1960",
        order=110,
        influence=by_cells(cohen_kappa),
    ),
    Metric(
        "g_mean",
        "Geometric mean of recalls",
        "Zero as soon as one class is never found.",
        ("binary", "multiclass"),
        "higher",
        g_mean,
        "label",
        0.0,
        1.0,
        "Kubat & Matwin 1997",
        order=120,
        influence=by_cells(g_mean),
    ),
)
