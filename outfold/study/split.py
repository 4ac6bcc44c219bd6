"""The splits of a study: each as training and validation positions, drawn by its scheme."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
from dataclasses import dataclass

import numpy as np

from outfold.errors import StudyError
from outfold.hashing import key_of
from outfold.metrics.metric import Floats, Ints
from outfold.study.study import Validation
from outfold.task import Task
from outfold.validate.catalogue import proposed
from outfold.validate.scheme import Rows


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Positions of the rows that one fit may see and of those that it is judged on.

    Attributes:
        train: Ascending; a bootstrap's come as often as they were drawn.
        test: Ascending.
        apparent: Whether it is judged on the rows that it was trained on. Such a figure is never
            shown as a score; the .632+ bootstrap corrects by it.
    """

    train: Ints
    test: Ints
    apparent: bool = False

    @property
    def key(self) -> str:
        """The content key of the rows: the same rows have the same key in every scheme."""
        digest = hashlib.blake2b(digest_size=16)
        for side in (self.train, self.test):
            digest.update(len(side).to_bytes(8, "little"))
            digest.update(np.ascontiguousarray(side, dtype="<i8").tobytes())
        return key_of("split", digest.hexdigest())


def check_scheme(validation: Validation, grouped: bool, ordered: bool, task: Task) -> None:
    """Refuse a validation that would leak, given the roles set.

    Raises:
        StudyError: A group or time role is set and the scheme ignores it, or the scheme needs a
            role or task that is not there.
    """
    if refused := validation.declared.refusal(grouped, ordered, task):
        raise StudyError(refused.message, refused.hint)


def proposed_scheme(validation: Validation, grouped: bool, ordered: bool, task: Task) -> Validation:
    """The same validation with a scheme that the roles and the task allow."""
    scheme = proposed(grouped, ordered, task, single=validation.is_holdout, now=validation.scheme)
    return dataclasses.replace(validation, scheme=scheme.key)


def splits(
    validation: Validation,
    target: Floats | Ints,
    task: Task,
    groups: Ints | None = None,
    order: Ints | None = None,
    seed: int = 0,
    moments: Floats | None = None,
    most: int | None = None,
) -> list[Split]:
    """Every split of a validation scheme.

    Args:
        validation: The scheme and its settings.
        target: Class codes or values, shape (n_rows,).
        task: What is predicted.
        groups: Group codes, shape (n_rows,), or None.
        order: Positions in time, shape (n_rows,), or None; equal moments stay on one side.
        seed: Seed of the draws; the same seed gives the same splits on every machine.
        moments: Points in time as numbers, for a gap in time; see ``validate.scheme.Rows``.
        most: Draw no more than the first so many, for a picture.

    Returns:
        ``validation.n_splits`` splits (one a group where groups are left out in turn), training and
        validation positions ascending. The .632+ bootstrap has one more, the last: ``apparent``.

    Raises:
        StudyError: The scheme would leak, or there are fewer rows, groups or moments than folds.
    """
    check_scheme(validation, groups is not None, order is not None, task)
    declared, n = validation.declared, len(target)
    if declared.uses("folds") and n < 2 * validation.folds:
        raise StudyError(
            f"{n} rows are too few for {validation.folds} folds.",
            f"Take at most {max(2, n // 2)} folds, or more rows.",
        )
    rows = Rows(target, task, groups, order, moments, seed)
    found = [
        Split(np.sort(train).astype(np.intp), np.sort(test).astype(np.intp))
        for train, test in itertools.islice(declared.draw(validation, rows), most)
    ]
    for number, split in enumerate(found, 1):
        if len(split.train) < 2 or not len(split.test):
            raise StudyError(
                f"Split {number} leaves {len(split.train)} rows to train on and "
                f"{len(split.test)} to validate on.",
                "Take fewer folds, a smaller gap or another scheme.",
            )
    if declared.apparent and most is None:
        everything = np.arange(n, dtype=np.intp)
        found.append(Split(everything, everything, apparent=True))
    return found


def fits_each(validation: Validation, groups: Ints | None) -> int:
    """How many times each candidate is fitted, where the table may decide."""
    return validation.n_splits or (0 if groups is None else len(np.unique(groups)))
