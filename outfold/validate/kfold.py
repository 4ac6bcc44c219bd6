"""Shuffled folds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from outfold.validate.fields import FOLDS, REPEATS
from outfold.validate.scheme import Cut, Rows, Scheme
from outfold.validate.validation import Validation


def draw(validation: Validation, rows: Rows) -> Iterator[Cut]:
    """Shuffle the rows and cut them into folds of equal size, once per repeat."""
    from sklearn.model_selection import KFold

    for repeat in range(validation.repeats):
        folds = KFold(validation.folds, shuffle=True, random_state=rows.seed + repeat)
        yield from folds.split(np.arange(rows.n))


SCHEME = Scheme(
    key="kfold",
    label="Shuffled folds",
    summary="Cuts the shuffled rows into folds; each is validated on by models trained on the "
    "others.",
    suits="For a numeric target whose rows are independent of each other.",
    draw=draw,
    count=lambda v: v.folds * v.repeats,
    fields=(FOLDS, REPEATS),
    covers=True,
    proposal=50,
    source="Stone 1974, Cross-validatory choice and assessment of statistical predictions",
    order=20,
)
