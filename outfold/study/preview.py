"""What a resampler does to one training fold, before anything is fitted.

A large fold is looked at by a stratified sample of its rows, because a person waits for it; a run
resamples every row.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError, OutfoldError
from outfold.metrics.metric import Floats, Ints
from outfold.registry import registry
from outfold.study.projection import Points, project
from outfold.study.selecting import selected_by
from outfold.study.steps import Loaded, Prepared, prepare, resample, with_splits
from outfold.study.study import NONE, Choice, Study
from outfold.study.table import StudyTable

MOST_ROWS = 20_000
"""Rows of a fold that are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class ClassCounts:
    """Rows of each class in the first training fold, before and after one resampler.

    Attributes:
        resampler: Its label.
        classes: Class names.
        before: Rows as they are, shape (n_classes,).
        after: Rows that a model is fitted on, shape (n_classes,).
        weight: Mean weight of a row of each class, shape (n_classes,); None where rows count alike.
        seconds: What resampling took.
        notes: Sentences about anything that had to be adjusted.
        sampled: Rows looked at where the fold has more; 0 where all were.
        points: Where rows kept, left out and made lie; None where no row was changed.
        refused: Why this resampler cannot be applied to these rows; empty where it can.
    """

    resampler: str
    classes: tuple[str, ...]
    before: Ints
    after: Ints
    weight: Floats | None
    seconds: float
    notes: tuple[str, ...]
    sampled: int = 0
    points: Points | None = None
    refused: str = ""

    @property
    def counted(self) -> Floats:
        """Rows of each class as they count in fitting: rows times weight."""
        rows = self.after.astype(float)
        return rows if self.weight is None else rows * self.weight


def class_counts(
    table: StudyTable, study: Study, choices: Sequence[Choice]
) -> tuple[ClassCounts, ...]:
    """Class counts in the first training fold for each resampler that applies to the table.

    Raises:
        NotApplicableError: The target is a number.
        StudyError: The validation cannot be done on this table.
    """
    if not table.classes:
        raise NotApplicableError(
            "The target is a number, so there are no classes to balance.",
            "Resampling serves binary and multi-class targets.",
        )
    loaded = with_splits(table, study)
    prepared = _first_fold(loaded, study)
    rows = len(prepared.target)
    sampled = 0
    if rows > MOST_ROWS:
        prepared, sampled = _sample(prepared, study.seed), MOST_ROWS
    everything = selected_by(prepared, study, NONE)
    before = _counts(prepared.target, len(table.classes))
    found = []
    for choice in choices:
        strategy = registry("resampler")[choice.key]
        if strategy.available(table.facts):
            continue
        try:
            done = resample(
                prepared, everything, study, choice.key, strategy.complete(dict(choice.params))
            )
        except OutfoldError as error:
            found.append(
                ClassCounts(
                    choice.label(), table.classes, before, before, None, 0.0, (), sampled,
                    refused=str(error),
                )
            )  # fmt: skip
            continue
        after = _counts(done.target, len(table.classes))
        weight = None
        if done.weight is not None:
            sums = np.bincount(done.target.astype(int), done.weight, len(table.classes))
            weight = np.divide(sums, after, out=np.zeros(len(after)), where=after > 0)
        points = None
        if done.origins is not None and not np.array_equal(
            done.origins, np.arange(len(prepared.target))
        ):
            points = project(
                prepared.train, prepared.target, done.frame, done.target, done.origins,
                table.classes, study.seed,
            )  # fmt: skip
        found.append(
            ClassCounts(
                choice.label(), table.classes, before, after, weight, done.log.seconds,
                done.log.notes, sampled, points,
            )
        )  # fmt: skip
    return tuple(found)


def _first_fold(loaded: Loaded, study: Study) -> Prepared:
    preparation = registry("preparation")[study.preparation.key]
    params = preparation.complete(dict(study.preparation.params))
    return prepare(loaded, study, 0, preparation.key, params)


def _sample(prepared: Prepared, seed: int) -> Prepared:
    """A fold's rows thinned to ``MOST_ROWS``, classes keeping their shares and two rows each."""
    rng = np.random.default_rng(seed % 2**32)
    target = prepared.target.astype(int)
    drawn = []
    for code in np.unique(target):
        members = np.flatnonzero(target == code)
        wanted = min(len(members), max(2, round(len(members) * MOST_ROWS / len(target))))
        drawn.append(rng.choice(members, wanted, replace=False))
    rows = np.sort(np.concatenate(drawn))
    return dataclasses.replace(
        prepared,
        train=prepared.train.iloc[rows].reset_index(drop=True),
        target=prepared.target[rows],
        weight=None if prepared.weight is None else prepared.weight[rows],
    )


def _counts(target: np.ndarray, n_classes: int) -> Ints:
    return np.bincount(target.astype(int), minlength=n_classes).astype(np.intp)


def frame_of(counts: Sequence[ClassCounts]) -> pd.DataFrame:
    """One row per resampler and class: rows before and after, mean weight, rows as they count."""
    return pd.DataFrame(
        [
            {
                "resampler": c.resampler,
                "class": name,
                "rows before": int(c.before[i]),
                "rows after": int(c.after[i]),
                "mean weight": 1.0 if c.weight is None else float(c.weight[i]),
                "counts as": float(c.counted[i]),
            }
            for c in counts
            for i, name in enumerate(c.classes)
        ]
    )
