"""The splits of a study as a picture needs them: a few hundred blocks of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from outfold.metrics.metric import Ints
from outfold.study.split import Split, fits_each, splits
from outfold.study.study import Study, Validation
from outfold.study.table import StudyTable

State = Literal["left out", "trained on", "validated on", "trained on more than once"]
STATES: tuple[State, ...] = (
    "left out", "trained on", "validated on", "trained on more than once"
)  # fmt: skip
Axis = Literal["time", "group", "class", "fold", "sample"]

MOST_SPLITS = 10
FINE, COARSE = 600, 36
"""Rows looked at where they lie in blocks, and where they lie scattered."""
MOST_BLOCKS = 400
MOST_CLASSES = 6


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring rows to which one split does the same.

    Attributes:
        split: The split's number, from 1.
        start: Where it begins, as a share of the rows shown, 0 to 1.
        stop: Where it ends.
        state: What the split does to these rows.
    """

    split: int
    start: float
    stop: float
    state: State


@dataclass(frozen=True, slots=True)
class FoldView:
    """What a picture of the splits shows.

    Attributes:
        label: The scheme's name for people.
        axis: What the rows are sorted by; ``sample`` for some rows in no order.
        blocks: The blocks, by split and place.
        shown: Splits in the picture.
        n_splits: Splits in all.
        n_rows: Rows of the table.
        n_groups: Groups; 0 without a group column.
        train_shares: Least and greatest share of the rows trained on, of the splits shown.
        test_shares: Least and greatest share validated on.
    """

    label: str
    axis: Axis
    blocks: tuple[Block, ...]
    shown: int
    n_splits: int
    n_rows: int
    n_groups: int
    train_shares: tuple[float, float]
    test_shares: tuple[float, float]


def fold_view(table: StudyTable, study: Study) -> FoldView:
    """The first splits of a study, at most ten and of one repeat.

    Raises:
        StudyError: The validation cannot be done on this table.
    """
    validation, n = study.validation, table.n_rows
    declared = validation.declared
    most = min(MOST_SPLITS, validation.folds) if declared.uses("repeats") else MOST_SPLITS
    cut = splits(
        validation, table.target, study.task, table.groups, table.order, study.seed, table.moments,
        most,
    )  # fmt: skip
    order, axis = _sorted(table, validation, cut)
    blocks = _blocks(cut, order[_spread(len(order), FINE)], n)
    if len(blocks) > MOST_BLOCKS or declared.repeats_rows:
        axis = "sample"
        drawn = np.random.default_rng(study.seed % 2**32).permutation(n)[:COARSE]
        blocks = _blocks(cut, np.sort(drawn), n)
    distinct = [len(np.unique(s.train)) / n for s in cut]
    tested = [len(s.test) / n for s in cut]
    return FoldView(
        declared.label, axis, blocks, len(cut),
        fits_each(validation, table.groups) - declared.apparent, n,
        0 if table.groups is None else len(np.unique(table.groups)),
        (min(distinct), max(distinct)), (min(tested), max(tested)),
    )  # fmt: skip


def _spread(n: int, most: int) -> Ints:
    """Up to so many of n places, evenly."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(np.intp))


def _sorted(table: StudyTable, validation: Validation, cut: Sequence[Split]) -> tuple[Ints, Axis]:
    """The rows in an order in which what belongs together is side by side."""
    if table.order is not None:
        return np.argsort(table.order, kind="stable"), "time"
    fold = np.full(table.n_rows, len(cut), dtype=np.intp)
    for number, split in enumerate(cut):
        fold[split.test] = number
    if table.groups is not None and "group" in validation.declared.guards:
        return np.lexsort((table.groups, fold)), "group"
    if table.classes and len(table.classes) <= MOST_CLASSES:
        return np.lexsort((fold, table.target)), "class"
    return np.argsort(fold, kind="stable"), "fold"


def _blocks(cut: Sequence[Split], rows: Ints, n: int) -> tuple[Block, ...]:
    """Runs of rows in the same state, split by split."""
    found = []
    for number, split in enumerate(cut, 1):
        times = np.bincount(split.train, minlength=n)
        state = np.minimum(times, 1)
        state[times > 1] = 3
        state[split.test] = 2
        seen = state[rows]
        edges = np.concatenate(([0], np.flatnonzero(np.diff(seen)) + 1, [len(seen)]))
        found += [
            Block(number, a / len(seen), b / len(seen), STATES[int(seen[a])])
            for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
        ]
    return tuple(found)
