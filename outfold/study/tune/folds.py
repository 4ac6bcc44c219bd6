"""The inner folds of one split's training rows, each prepared, selected and resampled anew."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.hashing import key_of
from outfold.metrics.metric import Ints
from outfold.registry import Value
from outfold.study.measure import Meter
from outfold.study.selecting import select
from outfold.study.split import Split, splits
from outfold.study.steps import Loaded, Resampled, keep, prepare, resample
from outfold.study.study import Study, Validation
from outfold.study.table import StudyTable
from outfold.task import is_classification
from outfold.validate.catalogue import proposed

Step = tuple[str, Mapping[str, Value]]
"""A strategy with all its parameters."""

KEPT_BYTES = 128 * 2**20
"""Memory that inner folds may take while they wait for the next model; larger ones are let go."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is done to the rows before the model: preparation, selection, resampling.

    Attributes:
        preparation: The preparation.
        selectors: The selector, or the links of a chain.
        resampler: The resampler.
        key: Content key of all three and of the rows; empty where it is not known.
    """

    preparation: Step
    selectors: tuple[Step, ...]
    resampler: Step
    key: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class InnerFold:
    """One inner fold, ready to be fitted and judged on; every trial shares it.

    Attributes:
        cut: Positions of its rows in the study's table.
        resampled: The rows that models are fitted on.
        test: The rows that they are judged on, with the columns kept.
        order: The rows fitted on, in an order of which every beginning has the classes in the
            same shares, shape (n_fitted,).
    """

    cut: Split
    resampled: Resampled
    test: pd.DataFrame
    order: Ints

    def part(self, share: float) -> Resampled:
        """A share of the rows to fit on; each part contains the smaller ones."""
        if share >= 1:
            return self.resampled
        rows = np.sort(self.order[: max(2, round(share * len(self.order)))])
        whole = self.resampled
        return Resampled(
            whole.frame.iloc[rows].reset_index(drop=True),
            whole.target[rows],
            None if whole.weight is None else whole.weight[rows],
            whole.log,
        )


@dataclass(frozen=True, slots=True, eq=False)
class InnerFolds:
    """Every inner fold of one split, and what making them took.

    Attributes:
        folds: The folds.
        seconds: Wall seconds.
        cpu_seconds: Processor seconds.
    """

    folds: tuple[InnerFold, ...]
    seconds: float
    cpu_seconds: float

    @property
    def bytes(self) -> int:
        """Memory that their tables take."""
        return sum(
            int(frame.memory_usage(index=False).sum())
            for fold in self.folds
            for frame in (fold.resampled.frame, fold.test)
        )


_last: tuple[str, InnerFolds] | None = None
"""The folds made last in this process, for the next model of the same rows."""


def inner_validation(study: Study, table: StudyTable, train: Ints) -> Validation:
    """How the training rows of a split are divided again: groups, time and strata as outside.

    What makes no folds outside, such as a hold-out or a bootstrap, becomes the folds that the roles
    and the task ask for. There are fewer folds where there are fewer groups.
    """
    outer = study.validation
    grouped, ordered = table.groups is not None, table.order is not None
    scheme = outer.scheme
    if not outer.declared.uses("folds"):
        scheme = proposed(grouped, ordered, study.task).key
    inner = dataclasses.replace(outer, scheme=scheme, folds=study.tuning.folds, repeats=1)
    if table.groups is not None and not ordered:
        groups = len(np.unique(table.groups[train]))
        inner = dataclasses.replace(inner, folds=max(2, min(inner.folds, groups)))
    return inner


def inner_splits(loaded: Loaded, study: Study, split: int) -> tuple[Split, ...]:
    """The inner folds as positions in the study's table: the split's training rows alone.

    A row that a bootstrap drew twice comes once, or it would stand on both sides.

    Raises:
        StudyError: There are too few training rows, groups or moments for the inner folds.
    """
    table = loaded.table
    train = np.unique(loaded.splits[split].train)
    found = splits(
        inner_validation(study, table, train),
        table.target[train],
        study.task,
        None if table.groups is None else table.groups[train],
        None if table.order is None else table.order[train],
        study.seed,
        None if table.moments is None else table.moments[train],
    )
    return tuple(Split(train[s.train], train[s.test]) for s in found)


def inner_folds(loaded: Loaded, study: Study, split: int, recipe: Recipe) -> InnerFolds:
    """Prepare, select and resample each inner fold on its own training rows.

    Models that are tuned one after the other on the same rows share them, where they are small
    enough to be kept meanwhile.

    Raises:
        OutfoldError: The inner folds cannot be made, or a strategy does not apply to one.
    """
    global _last
    key = recipe.key and key_of(recipe.key, study.tuning.folds, study.validation.inside, split)
    last = _last
    if key and last is not None and last[0] == key:
        return last[1]
    _last = None
    with Meter() as meter:
        folds = tuple(_made(loaded, study, split, recipe))
    made = InnerFolds(folds, meter.seconds, meter.cpu_seconds)
    if key and made.bytes <= KEPT_BYTES:
        _last = (key, made)
    return made


def _made(loaded: Loaded, study: Study, split: int, recipe: Recipe) -> Iterator[InnerFold]:
    inner = Loaded(loaded.table, inner_splits(loaded, study, split))
    for number, cut in enumerate(inner.splits):
        prepared = prepare(inner, study, number, *recipe.preparation)
        first, *links = recipe.selectors
        selected = select(prepared, study, *first)
        for link in links:
            selected = select(prepared, study, *link, selected)
        resampled = resample(prepared, selected, study, *recipe.resampler)
        test = keep(prepared.test, selected.selection)
        order = even_order(resampled.target, is_classification(study.task), study.seed)
        yield InnerFold(cut, resampled, test, order)


def even_order(target: np.ndarray, classes: bool, seed: int) -> Ints:
    """A random order of the rows of which every beginning has the classes in the same shares."""
    shuffled = np.random.default_rng(seed).permutation(len(target))
    if not classes:
        return shuffled
    place = np.empty(len(target))
    for code in np.unique(target):
        rows = shuffled[target[shuffled] == code]
        place[rows] = (np.arange(len(rows)) + 0.5) / len(rows)
    return shuffled[np.argsort(place[shuffled], kind="stable")]
