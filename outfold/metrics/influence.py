"""How metrics that are no mean of their rows move with each row, to first order.

Each function gives values, one a row, whose weighted mean is the metric and whose distance from it
is the metric's derivative by the row's share (Hampel 1974; Efron & Tibshirani 1993, chapter 21).
They make intervals for slices in one pass over the rows, where a bootstrap needs hundreds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from outfold.metrics.metric import Floats, Scored
from outfold.metrics.sweep import Sweep, sweep

STEP = 1e-6
"""Share of all rows by which a cell of a confusion matrix is moved to find the slope."""


def undefined(scored: Scored) -> Floats:
    """No value for any row."""
    return np.full(len(scored.truth), np.nan)


def by_cells(compute: Callable[[Scored], float]) -> Callable[[Scored], Floats]:
    """The influence of a metric that follows from the confusion matrix alone.

    Args:
        compute: The metric.
    """

    def influence(scored: Scored) -> Floats:
        value = compute(scored)
        if np.isnan(value):
            return undefined(scored)
        k = 2 if scored.probability is None else scored.probability.shape[1]
        truth, said = np.asarray(scored.truth, dtype=np.intp), np.asarray(scored.predicted())
        cell = truth * k + said
        total = len(cell) if scored.weight is None else float(scored.weight.sum())
        table = np.bincount(cell, scored.weight, minlength=k * k) / total
        rows, columns = np.divmod(np.arange(k * k), k)

        def at(weights: Floats) -> float:
            # One row a cell is as good as all rows that fell into it.
            return compute(
                dataclasses.replace(
                    scored, truth=rows, probability=np.eye(k)[columns], score=None, threshold=0.5,
                    weight=weights, null=None,
                )
            )  # fmt: skip

        slope = np.zeros(k * k)
        for place in np.flatnonzero(table > 0):
            step = np.zeros(k * k)
            step[place] = min(STEP, table[place] / 2)
            slope[place] = (at(table + step) - at(table - step)) / (2 * step[place])
        return np.asarray(value + slope[cell] - float((slope * table).sum()))

    return influence


def of_ratio(
    above: Callable[[Scored], Floats], below: Callable[[Scored], Floats]
) -> Callable[[Scored], Floats]:
    """The influence of one minus a quotient of two means over the rows.

    Args:
        above: From predictions to each row's part of the upper mean, shape (n_rows,).
        below: The same of the lower one, such as the null model's loss.
    """

    def influence(scored: Scored) -> Floats:
        upper, lower = above(scored), below(scored)
        m = float(np.average(upper, weights=scored.weight)) if len(upper) else np.nan
        n = float(np.average(lower, weights=scored.weight)) if len(lower) else np.nan
        if not (np.isfinite(m) and n > 0):
            return undefined(scored)
        return np.asarray(1 - m / n - (upper - m) / n + m * (lower - n) / n**2)

    return influence


def of_classes(
    one: Callable[[Floats, np.ndarray, Floats | None], Floats | None],
) -> Callable[[Scored], Floats]:
    """The influence of a ranking figure: of the positive class, or a plain mean over the classes.

    Args:
        one: From scores, which rows are positive, and weights to the influence; None where the
            figure is undefined.
    """

    def influence(scored: Scored) -> Floats:
        if scored.task == "binary":
            if scored.probability is None and scored.score is None:
                return undefined(scored)
            found = one(scored.positive_score(), scored.is_positive(), scored.weight)
            return undefined(scored) if found is None else found
        if scored.probability is None:
            return undefined(scored)
        each = [
            one(scored.probability[:, code], scored.truth == code, scored.weight)
            for code in range(scored.probability.shape[1])
        ]
        known = [values for values in each if values is not None]
        return np.mean(known, axis=0) if known else undefined(scored)

    return influence


def average_precision(score: Floats, positive: np.ndarray, weight: Floats | None) -> Floats | None:
    """The influence on the average precision.

    A row moves the precision at every threshold at or below its own score; a positive one besides
    brings the precision at its own.
    """
    of = sweep(score, positive, weight)
    if not of.defined():
        return None
    level, gained, flagged = _levels(of, score)
    precision = of.tp / flagged
    up = np.cumsum((gained * of.fp / flagged**2)[::-1])[::-1]
    down = np.cumsum((gained * of.tp / flagged**2)[::-1])[::-1]
    value = float((gained * precision).sum()) / of.positives
    slope = np.where(positive, precision[level] - value + up[level], -down[level]) / of.positives
    return np.asarray(value + slope * (of.positives + of.negatives))


def ks(score: Floats, positive: np.ndarray, weight: Floats | None) -> Floats | None:
    """The influence on the Kolmogorov-Smirnov distance, at the threshold where it is reached."""
    of = sweep(score, positive, weight)
    if not of.defined():
        return None
    gap = of.tp / of.positives - of.fp / of.negatives
    at = int(np.argmax(np.abs(gap)))
    sign, value = float(np.sign(gap[at]) or 1.0), abs(float(gap[at]))
    hit = (score >= of.threshold[at]).astype(np.float64)
    total = of.positives + of.negatives
    mine = (hit - of.tp[at] / of.positives) * total / of.positives
    other = -(hit - of.fp[at] / of.negatives) * total / of.negatives
    return np.asarray(value + sign * np.where(positive, mine, other))


def _levels(of: Sweep, score: Floats) -> tuple[np.ndarray, Floats, Floats]:
    """The place of each row's score in the sweep, what each level gains, what is flagged there."""
    level = np.searchsorted(-of.threshold, -score)
    flagged = of.tp + of.fp
    return level, np.diff(of.tp, prepend=0.0), np.where(flagged > 0, flagged, 1.0)
