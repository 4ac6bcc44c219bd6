"""Which validation suits a table, and why, in one sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from outfold.study.study import Validation
from outfold.study.table import StudyTable
from outfold.task import Task
from outfold.validate.catalogue import proposed

FEW_ROWS = 200
"""Below this many rows, scores depend much on the draw of the folds."""
MANY_ROWS = 50_000
"""From this many rows on, three folds measure well enough and cost less."""
HUGE = 200_000
"""From this many rows on, a quarter held out once measures to a fraction of a percent."""
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Advice:
    """A validation that suits a table.

    Attributes:
        validation: The scheme with its settings.
        why: Why it suits this table, one sentence.
    """

    validation: Validation
    why: str


def advise(table: StudyTable, task: Task) -> Advice:
    """The validation that suits a table's roles, size and rarest class."""
    n, grouped, ordered = table.n_rows, table.groups is not None, table.order is not None
    single = n >= HUGE and not grouped
    scheme = proposed(grouped, ordered, task, single=single)
    base = Validation(scheme.key)
    if single:
        when = "the latest of them" if ordered else "a part"
        return Advice(
            base, f"With {n:,} rows, {when} held out once measures well enough at one fit each."
        )
    if ordered:
        return Advice(
            base,
            "The rows have an order in time: what comes next is predicted from what came before, "
            "as it will be in use.",
        )
    if table.groups is not None:
        return _grouped(base, len(np.unique(table.groups)), n)
    rarest = table.facts.smallest_class
    if rarest is not None and rarest < FOLDS:
        folds = max(2, rarest)
        return Advice(
            replace(base, folds=folds, repeats=3),
            f"The rarest class has {rarest} rows, so {folds} stratified folds put one of them into "
            "each fold as far as they reach, and repeats steady the scores.",
        )
    kind = "stratified" if rarest is not None else "shuffled"
    if n < FEW_ROWS:
        return Advice(
            replace(base, repeats=3),
            f"With {n:,} rows the scores depend much on how the folds are drawn: {kind} folds "
            "drawn three times steady them.",
        )
    if n > MANY_ROWS:
        return Advice(
            replace(base, folds=3),
            f"With {n:,} rows, three {kind} folds measure well enough and cost less than five.",
        )
    return Advice(
        base,
        f"The rows have no groups and no order, so {FOLDS} {kind} folds validate on every row "
        "once.",
    )


def _grouped(base: Validation, groups: int, n: int) -> Advice:
    if groups < FOLDS:
        return Advice(
            replace(base, scheme="leave_one_group_out"),
            f"There are only {groups} groups, fewer than {FOLDS} folds, so each is left out in "
            "turn.",
        )
    repeats = 3 if n < FEW_ROWS else 1
    return Advice(
        replace(base, repeats=repeats),
        f"Rows come in {groups:,} groups: whole groups are held out, so that models are judged on "
        "groups they have never seen.",
    )
