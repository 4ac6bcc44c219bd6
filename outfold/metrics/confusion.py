"""Counts of true against predicted classes: what every metric of labels is made from."""

from __future__ import annotations

import numpy as np

from outfold.metrics.metric import Floats, Ints, Scored


def confusion(truth: Ints | Floats, predicted: Ints, k: int, weight: Floats | None) -> Floats:
    """Weight of the rows of each true class (rows) predicted as each class (columns), (k, k)."""
    cells = np.asarray(truth, dtype=np.intp) * k + predicted
    return np.bincount(cells, weight, minlength=k * k).astype(np.float64).reshape(k, k)


def confusion_of(scored: Scored) -> Floats | None:
    """The confusion matrix at the threshold; None where no classes can be predicted."""
    if scored.probability is None and (scored.task != "binary" or scored.score is None):
        return None
    k = 2 if scored.probability is None else scored.probability.shape[1]
    return confusion(scored.truth, scored.predicted(), k, scored.weight)


def ratio(above: float, below: float) -> float:
    """A quotient; NaN where it is 0/0."""
    return float(above) / float(below) if below > 0 else float("nan")


def matthews(table: Floats) -> float:
    """Matthews correlation of a confusion matrix (Gorodkin 2004 for several classes).

    0 where everything is predicted as one class; NaN where only one class occurs.
    """
    true, said, n = table.sum(axis=1), table.sum(axis=0), table.sum()
    spread_true, spread_said = n * n - true @ true, n * n - said @ said
    if n <= 0 or spread_true <= 0:
        return float("nan")
    if spread_said <= 0:
        return 0.0
    return float((np.trace(table) * n - true @ said) / np.sqrt(spread_true * spread_said))


def kappa(table: Floats, power: int = 0) -> float:
    """Cohen's kappa of a square table of agreement.

    Args:
        table: Shape (k, k), both ratings in the same order.
        power: 0 counts each disagreement alike; 1 and 2 weigh it by the distance between the
            classes and by its square (Cohen 1968), for ordered classes.

    Returns:
        1 is full agreement, 0 that of chance; NaN where only one class occurs on both sides.
    """
    n = table.sum()
    if n <= 0:
        return float("nan")
    index = np.arange(len(table))
    apart = np.abs(index[:, None] - index[None, :])
    penalty = (apart > 0).astype(np.float64) if power == 0 else apart.astype(np.float64) ** power
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    below = float((penalty * expected).sum())
    return 1 - float((penalty * table).sum()) / below if below > 0 else float("nan")
