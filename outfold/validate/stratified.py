"""Stratified folds: every class in proportion in every fold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from outfold.validate.fields import FOLDS, REPEATS
from outfold.validate.scheme import Cut, Ints, Rows, Scheme
from outfold.validate.validation import Validation


def draw(validation: Validation, rows: Rows) -> Iterator[Cut]:
    """Stratified folds that also place classes with fewer rows than folds.

    The rows of each class are shuffled and dealt out in turn, each class starting at the fold
    where the one before it stopped, so fold sizes differ by at most one row. scikit-learn's
    StratifiedKFold does the same for large classes and warns about small ones.
    """
    codes, k = rows.target.astype(int), validation.folds
    for repeat in range(validation.repeats):
        rng = np.random.default_rng(rows.seed + repeat)
        dealt: list[Ints] = [rng.permutation(np.flatnonzero(codes == c)) for c in np.unique(codes)]
        fold = np.empty(len(codes), dtype=np.intp)
        fold[np.concatenate(dealt)] = np.arange(len(codes)) % k
        for number in range(k):
            yield np.flatnonzero(fold != number), np.flatnonzero(fold == number)


SCHEME = Scheme(
    key="stratified",
    label="Stratified folds",
    summary="Shuffled folds that each hold every class in proportion, give or take one row.",
    suits="For classes whose rows are independent of each other; rare classes are dealt out evenly "
    "and never fall into one fold by chance.",
    draw=draw,
    count=lambda v: v.folds * v.repeats,
    fields=(FOLDS, REPEATS),
    tasks=("binary", "multiclass"),
    covers=True,
    proposal=40,
    source="Kohavi 1995, A study of cross-validation and bootstrap for accuracy estimation and "
    "model selection",
    order=10,
)
