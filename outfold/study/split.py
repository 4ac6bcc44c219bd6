"""How rows are held out: each split as training and validation positions."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from outfold.errors import StudyError
from outfold.metrics.metric import Floats, Ints
from outfold.study.study import Validation
from outfold.task import Task, is_classification


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Positions of the rows that one fit may see and of those that it is judged on."""

    train: Ints
    test: Ints


def check_scheme(validation: Validation, grouped: bool, ordered: bool, task: Task) -> None:
    """Refuse a validation that would leak, given the roles set.

    Raises:
        StudyError: A group or time role is set and the scheme ignores it, or the scheme needs a
            role or task that is not there.
    """
    scheme = validation.scheme
    if ordered and scheme not in ("time", "time_holdout"):
        raise StudyError(
            "A time column is set, and shuffled validation would train on the future.",
            "Take time-ordered folds or the latest rows as hold-out, or free the time column.",
        )
    if grouped and scheme in ("kfold", "stratified"):
        raise StudyError(
            "A group column is set, and these folds would put rows of one group on both sides.",
            "Take grouped folds, or free the group column.",
        )
    if scheme in ("time", "time_holdout") and not ordered:
        raise StudyError(
            "Time-ordered validation needs a column with the role time.", "Set it on the data page."
        )
    if scheme in ("grouped", "stratified_grouped") and not grouped:
        raise StudyError(
            "Grouped folds need a column with the role group.", "Set it on the data page."
        )
    if scheme in ("stratified", "stratified_grouped") and not is_classification(task):
        raise StudyError(
            "Stratified folds need classes, and the target is a number.", "Take shuffled folds."
        )


def proposed_scheme(validation: Validation, grouped: bool, ordered: bool, task: Task) -> Validation:
    """The same validation with a scheme that the roles and the task allow."""
    classes = is_classification(task)
    if ordered:
        scheme = "time_holdout" if validation.is_holdout else "time"
    elif validation.is_holdout:
        scheme = "holdout"
    elif grouped:
        scheme = "stratified_grouped" if classes else "grouped"
    else:
        scheme = "stratified" if classes else "kfold"
    return dataclasses.replace(validation, scheme=scheme)  # type: ignore[arg-type]


def splits(
    validation: Validation,
    target: Floats | Ints,
    task: Task,
    groups: Ints | None = None,
    order: Ints | None = None,
    seed: int = 0,
) -> list[Split]:
    """Every split of a validation scheme.

    Args:
        validation: The scheme.
        target: Class codes or values, shape (n_rows,).
        task: What is predicted.
        groups: Group codes, shape (n_rows,), or None.
        order: Positions in time, shape (n_rows,), or None; equal moments stay on one side.
        seed: Seed of the shuffles; the same seed gives the same splits on every machine.

    Returns:
        ``validation.n_splits`` splits, training and validation positions ascending.

    Raises:
        StudyError: The scheme would leak, or there are fewer rows, groups or moments than folds.
    """
    check_scheme(validation, groups is not None, order is not None, task)
    n = len(target)
    if not validation.is_holdout and n < 2 * validation.folds:
        raise StudyError(
            f"{n} rows are too few for {validation.folds} folds.",
            f"Take at most {max(2, n // 2)} folds, or more rows.",
        )
    found = [
        Split(np.sort(train).astype(np.intp), np.sort(test).astype(np.intp))
        for train, test in _draw(validation, target, task, groups, order, seed)
    ]
    for number, split in enumerate(found, 1):
        if len(split.train) < 2 or not len(split.test):
            raise StudyError(
                f"Split {number} leaves {len(split.train)} rows to train on and "
                f"{len(split.test)} to validate on.",
                "Take fewer folds, a smaller gap or another scheme.",
            )
    return found


def _draw(
    validation: Validation,
    target: Floats | Ints,
    task: Task,
    groups: Ints | None,
    order: Ints | None,
    seed: int,
) -> Iterator[tuple[Ints, Ints]]:
    from sklearn.model_selection import (
        GroupKFold,
        GroupShuffleSplit,
        KFold,
        ShuffleSplit,
        StratifiedGroupKFold,
        StratifiedShuffleSplit,
    )

    n, k = len(target), validation.folds
    rows = np.arange(n)
    scheme = validation.scheme
    if scheme in ("time", "time_holdout"):
        assert order is not None
        yield from _forward(validation, order, groups)
        return
    if scheme == "holdout":
        if groups is not None:
            cut = GroupShuffleSplit(1, test_size=validation.test_share, random_state=seed)
            yield from cut.split(rows, target, groups)
        elif is_classification(task) and np.bincount(target.astype(int)).min() >= 2:
            cut = StratifiedShuffleSplit(1, test_size=validation.test_share, random_state=seed)
            yield from cut.split(rows, target)
        else:
            cut = ShuffleSplit(1, test_size=validation.test_share, random_state=seed)
            yield from cut.split(rows)
        return
    if groups is not None and len(np.unique(groups)) < k:
        raise StudyError(
            f"There are {len(np.unique(groups))} groups, fewer than the {k} folds.",
            "Take fewer folds.",
        )
    for repeat in range(validation.repeats):
        draw = seed + repeat
        if scheme == "stratified":
            yield from _stratified(target.astype(int), k, draw)
        elif scheme == "kfold":
            yield from KFold(k, shuffle=True, random_state=draw).split(rows)
        elif scheme == "grouped":
            yield from GroupKFold(k, shuffle=True, random_state=draw).split(rows, target, groups)
        else:
            folds = StratifiedGroupKFold(k, shuffle=True, random_state=draw)
            yield from folds.split(rows, target, groups)


def _stratified(codes: Ints, k: int, seed: int) -> Iterator[tuple[Ints, Ints]]:
    """Stratified folds that also place classes with fewer rows than folds.

    The rows of each class are shuffled and dealt out in turn, each class starting at the fold
    where the one before it stopped, so fold sizes differ by at most one row. scikit-learn's
    StratifiedKFold does the same for large classes and warns about small ones.
    """
    rng = np.random.default_rng(seed)
    dealt: list[Ints] = [rng.permutation(np.flatnonzero(codes == c)) for c in np.unique(codes)]
    fold = np.empty(len(codes), dtype=np.intp)
    fold[np.concatenate(dealt)] = np.arange(len(codes)) % k
    for number in range(k):
        yield np.flatnonzero(fold != number), np.flatnonzero(fold == number)


def _forward(
    validation: Validation, order: Ints, groups: Ints | None
) -> Iterator[tuple[Ints, Ints]]:
    """Validation blocks that lie after everything trained on; equal moments stay together."""
    moments = np.sort(order)
    n = len(order)
    if validation.scheme == "time_holdout":
        cuts = [moments[min(n - 1, round(n * (1 - validation.test_share)))], None]
    else:
        size = n // (validation.folds + 1)
        first = n - validation.folds * size
        cuts = [moments[first + i * size] for i in range(validation.folds)] + [None]
        if len({c for c in cuts if c is not None}) < validation.folds:
            raise StudyError(
                "The time column has too few distinct moments for these folds.", "Take fewer folds."
            )
    by_time = np.argsort(order, kind="stable")
    for start, stop in itertools.pairwise(cuts):
        test = (order >= start) if stop is None else (order >= start) & (order < stop)
        before = by_time[: int((order < start).sum())]
        train = before[: max(0, len(before) - validation.gap)]
        if groups is not None:
            # A group that is validated on must not have been trained on earlier either.
            train = train[~np.isin(groups[train], np.unique(groups[test]))]
        yield train, np.flatnonzero(test)
