"""What a resampler does to one training fold, before anything is fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.metrics.metric import Floats, Ints
from outfold.registry import registry
from outfold.study.steps import prepare, resample, selected_by, with_splits
from outfold.study.study import NONE, Choice, Study
from outfold.study.table import StudyTable


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
    """

    resampler: str
    classes: tuple[str, ...]
    before: Ints
    after: Ints
    weight: Floats | None
    seconds: float
    notes: tuple[str, ...]

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
    preparation = registry("preparation")[study.preparation.key]
    params = preparation.complete(dict(study.preparation.params))
    prepared = prepare(loaded, study, 0, preparation.key, params)
    everything = selected_by(prepared, study, NONE)
    found = []
    for choice in choices:
        strategy = registry("resampler")[choice.key]
        if strategy.available(table.facts):
            continue
        done = resample(
            prepared, everything, study, choice.key, strategy.complete(dict(choice.params))
        )
        before = _counts(prepared.target, len(table.classes))
        after = _counts(done.target, len(table.classes))
        weight = None
        if done.weight is not None:
            sums = np.bincount(done.target.astype(int), done.weight, len(table.classes))
            weight = np.divide(sums, after, out=np.zeros(len(after)), where=after > 0)
        found.append(
            ClassCounts(
                choice.label(), table.classes, before, after, weight, done.log.seconds,
                done.log.notes,
            )
        )  # fmt: skip
    return tuple(found)


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
