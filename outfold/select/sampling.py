"""Parts of the rows for methods that would be slow on all of them."""

from __future__ import annotations

import numpy as np

from outfold.registry import Facts
from outfold.select.columns import Floats, Ints
from outfold.task import Task, is_classification

LEAST_PER_CLASS = 20
"""Rows of a rare class that a sample keeps, as far as there are so many."""


LEAST_ROWS = 12
"""Inner folds and half-samples of fewer rows say nothing."""


def enough_rows(facts: Facts) -> str | None:
    """Why a method that holds rows out within the training rows does not apply, or None."""
    if facts.n_rows >= LEAST_ROWS:
        return None
    return f"It holds out rows to judge columns, which needs {LEAST_ROWS} rows, not {facts.n_rows}."


def sampled(target: Ints | Floats, task: Task, most: int, draw: np.random.Generator) -> Ints:
    """Positions of at most about ``most`` random rows, rising; rare classes keep some rows."""
    n = len(target)
    if n <= most:
        return np.arange(n)
    if not is_classification(task):
        return np.sort(draw.choice(n, most, replace=False))
    parts = []
    for c in np.unique(target):
        members = np.flatnonzero(target == c)
        wanted = max(round(len(members) * most / n), min(LEAST_PER_CLASS, len(members)))
        parts.append(draw.choice(members, wanted, replace=False))
    return np.sort(np.concatenate(parts))


def said(rows: int, n: int, what: str) -> tuple[str, ...]:
    """The note about a sample; nothing where all rows were used."""
    return (f"{what} a random {rows:,} of {n:,} rows.",) if rows < n else ()


def inner_folds(
    target: Ints | Floats, task: Task, folds: int, seed: int
) -> list[tuple[Ints, Ints]]:
    """Shuffled inner folds as (training, validation) positions, by class for classification.

    A class with fewer rows than folds is missing from some validation parts; each training part
    still has every class that has two rows or more.
    """
    draw = np.random.default_rng(seed)
    place = np.empty(len(target), dtype=np.int64)
    order = draw.permutation(len(target))
    if is_classification(task):
        order = order[np.argsort(target[order], kind="stable")]
    place[order] = np.arange(len(target)) % folds
    return [(np.flatnonzero(place != f), np.flatnonzero(place == f)) for f in range(folds)]
