"""Multinomial logistic regression with an elastic-net penalty, along falling penalties.

scikit-learn's saga solver needs seconds for one well converged fit on a few thousand columns, and a
selection that stops it early keeps columns that the optimum leaves out. Here each fit starts from
the last one and works on the columns that can be in (Tibshirani et al. 2012, sequential strong
rule); the columns left out are checked afterwards, so the solution is that of all columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from outfold.select.columns import Floats, Ints

MOST_STEPS = 1_000
PRECISE = 2e-3
"""A fit ends when the optimality conditions hold within this share of the penalty."""


@dataclass(frozen=True)
class Softmax:
    """A fitted model.

    Attributes:
        classes_: The classes in order.
        coef: ``(n_columns, n_classes)``.
        intercept: ``(n_classes,)``.
    """

    classes_: Ints
    coef: Floats
    intercept: Floats

    def predict_proba(self, matrix: Floats) -> Floats:
        """The probability of each class, ``(n_rows, n_classes)``."""
        return chances(matrix @ self.coef + self.intercept)


def chances(margins: Floats) -> Floats:
    """Softmax along the rows."""
    raised = np.exp(margins - margins.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def _descend(
    matrix: Floats, wanted: Floats, coef: Floats, intercept: Floats, l1: float, l2: float
) -> tuple[Floats, Floats]:
    """Accelerated proximal gradient (Beck & Teboulle 2009) with restarts, from a start."""
    n = len(matrix)
    small = matrix.T @ matrix if matrix.shape[1] < n else matrix @ matrix.T
    # Half the largest eigenvalue bounds the curvature of the log loss of a softmax.
    curve = 0.5 * float(np.linalg.eigvalsh(small)[-1]) / n + 1e-12 if small.size else 1.0
    step, step0 = 1.0 / (curve + l2), 2.0
    ahead, ahead0, pace = coef, intercept, 1.0
    for _ in range(MOST_STEPS):
        gap = (chances(matrix @ ahead + ahead0) - wanted) / n
        moved = ahead - step * (matrix.T @ gap + l2 * ahead)
        moved = np.sign(moved) * np.maximum(np.abs(moved) - step * l1, 0.0)
        moved0 = ahead0 - step0 * gap.sum(axis=0)
        # The gradient mapping: how far the optimality conditions are from holding.
        slack = float(np.abs(ahead - moved).max(initial=0.0)) / step
        slack0 = float(np.abs(ahead0 - moved0).max()) / step0
        change, change0 = moved - coef, moved0 - intercept
        if float(((ahead - moved) * change).sum()) > 0:
            pace = 1.0
        faster = (1.0 + np.sqrt(1.0 + 4.0 * pace**2)) / 2.0
        ahead = moved + (pace - 1.0) / faster * change
        ahead0 = moved0 + (pace - 1.0) / faster * change0
        coef, intercept, pace = moved, moved0, faster
        if max(slack, slack0) <= PRECISE * (l1 + l2):
            break
    return coef, intercept


def softmax_path(
    matrix: Floats, target: Ints, penalties: Floats, ratio: float
) -> Iterator[Softmax]:
    """Fits of mean log loss + penalty (ratio |B|₁ + (1 - ratio) |B|₂² / 2), penalties falling.

    Args:
        matrix: Standardised columns, ``(n_rows, n_columns)``.
        target: Class codes, ``(n_rows,)``.
        penalties: Falling, ``(n_steps,)``.
        ratio: The L1 share, above 0 to 1.
    """
    levels = np.unique(target)
    wanted = (target[:, None] == levels).astype(np.float64)
    coef = np.zeros((matrix.shape[1], len(levels)))
    intercept = np.log(wanted.mean(axis=0))
    intercept -= intercept.mean()
    last = float(penalties[0])
    for penalty in penalties:
        l1, l2 = float(penalty) * ratio, float(penalty) * (1.0 - ratio)
        pull = matrix.T @ (chances(matrix @ coef + intercept) - wanted) / len(matrix)
        likely = np.abs(pull + l2 * coef).max(axis=1) >= ratio * (2.0 * float(penalty) - last)
        active = likely | (coef != 0).any(axis=1)
        while True:
            inside = np.flatnonzero(active)
            fitted, intercept = _descend(matrix[:, inside], wanted, coef[inside], intercept, l1, l2)
            coef = np.zeros_like(coef)
            coef[inside] = fitted
            pull = matrix.T @ (chances(matrix @ coef + intercept) - wanted) / len(matrix)
            missed = ~active & (np.abs(pull).max(axis=1) > l1 * 1.001)
            if not missed.any():
                break
            active |= missed
        last = float(penalty)
        yield Softmax(levels, coef, intercept)
