"""Two candidates on the very same rows: DeLong's test of their AUCs and McNemar's of their hits.

Both compare fitted models on one test set. With a single hold-out that is what there is. With folds
every split has models of its own, so scores of different splits are on no common scale and are not
pooled: DeLong's difference and its variance are taken split by split and averaged, one pass over
the rows. What follows speaks of these fitted models; how they vary with the training rows it leaves
out, which the corrected t-test does not. So with folds it is an approximation, and p-values come
out too small.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outfold.errors import NotApplicableError
from outfold.judge.among import among
from outfold.judge.delong import compare_auc
from outfold.judge.mcnemar import McNemar, mcnemar
from outfold.metrics.metric import Floats
from outfold.study.results import Predictions


@dataclass(frozen=True, slots=True)
class AucGap:
    """The difference of two AUCs, averaged over the splits of one pass.

    Attributes:
        a: AUC of the first.
        b: AUC of the second.
        difference: First minus second.
        low: Lower end of the normal interval.
        high: Upper end.
        statistic: Difference over its standard error, z.
        p_value: Two-sided, normal.
        n_splits: Splits that have two rows of each class at least.
    """

    a: float
    b: float
    difference: float
    low: float
    high: float
    statistic: float
    p_value: float
    n_splits: int


@dataclass(frozen=True, slots=True)
class SameRows:
    """Two candidates compared row by row.

    Attributes:
        a: Name of the first.
        b: Name of the second.
        rows: Rows compared, each once.
        exact: Whether it is one test set of one model each, as the tests demand.
        auc: DeLong's comparison; None unless the task is binary.
        hits: McNemar's comparison of who is right more often.
        threshold: Of the positive class, for both.
    """

    a: str
    b: str
    rows: int
    exact: bool
    auc: AucGap | None
    hits: McNemar
    threshold: float


def same_rows(
    a: Predictions, b: Predictions, threshold: float = 0.5, confidence: float = 0.95
) -> SameRows:
    """Compare two candidates on the rows that both predicted, each row once.

    Args:
        a: Stored predictions of the first.
        b: Stored predictions of the second.
        threshold: Of the positive class (binary only).
        confidence: Of the intervals.

    Raises:
        NotApplicableError: The target is a number, or they were not judged on the same splits.
    """
    if a.task not in ("binary", "multiclass"):
        raise NotApplicableError(
            "These tests count right and wrong classes, and the target is a number.",
            "Look at the corrected t-test instead.",
        )
    if not on_same_splits(a, b):
        raise NotApplicableError(
            "The two were not judged on the same splits.", "Compare candidates of one run."
        )
    used = one_pass(a)
    mask = np.isin(a.split, used)
    first, second = (among(p.scored(threshold), mask) for p in (a, b))
    hits = mcnemar(first.predicted() == first.truth, second.predicted() == second.truth, confidence)
    auc = _auc(a, b, used, confidence) if a.task == "binary" else None
    return SameRows(
        a.candidate.name, b.candidate.name, int(mask.sum()), len(used) == 1, auc, hits, threshold
    )


def on_same_splits(a: Predictions, b: Predictions) -> bool:
    """Whether both predicted the same rows on the same splits, in the same order."""
    return (
        np.array_equal(a.rows, b.rows)
        and np.array_equal(a.split, b.split)
        and np.array_equal(a.truth, b.truth)
    )


def one_pass(predictions: Predictions) -> tuple[int, ...]:
    """The first splits that hold out no row twice: one repeat of the folds."""
    seen: set[int] = set()
    kept = []
    for split in np.unique(predictions.split).tolist():
        rows = set(predictions.rows[predictions.split == split].tolist())
        if seen & rows:
            break
        seen |= rows
        kept.append(int(split))
    return tuple(kept)


def _auc(a: Predictions, b: Predictions, used: tuple[int, ...], confidence: float) -> AucGap | None:
    from scipy.special import ndtr, ndtri

    first, second, truth = (
        a.scored().positive_score(), b.scored().positive_score(), a.scored().is_positive(),
    )  # fmt: skip
    found = []
    for split in used:
        here = a.split == split
        if made := compare_auc(truth[here], first[here], second[here]):
            found.append(made)
    if not found:
        return None
    n = len(found)
    variance: Floats = np.array(
        [f.a.variance + f.b.variance - 2 * f.covariance for f in found]
    ).clip(0)
    gap = float(np.mean([f.difference for f in found]))
    error = float(np.sqrt(variance.sum())) / n
    z = 0.0 if gap == 0 else float(np.copysign(np.inf, gap))
    z = gap / error if error > 1e-9 else z
    half = float(ndtri(0.5 + confidence / 2)) * error
    return AucGap(
        float(np.mean([f.a.auc for f in found])), float(np.mean([f.b.auc for f in found])),
        gap, gap - half, gap + half, z, 2 * float(ndtr(-abs(z))), n,
    )  # fmt: skip
