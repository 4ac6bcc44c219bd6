"""One hold-out, drawn at random."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from outfold.task import is_classification
from outfold.validate.fields import TEST_SHARE
from outfold.validate.scheme import Cut, Rows, Scheme
from outfold.validate.validation import Validation


def draw(validation: Validation, rows: Rows) -> Iterator[Cut]:
    """One random part, whole groups where there are any, else classes in proportion."""
    from sklearn.model_selection import GroupShuffleSplit, ShuffleSplit, StratifiedShuffleSplit

    places, share, seed = np.arange(rows.n), validation.test_share, rows.seed
    if rows.groups is not None:
        cut = GroupShuffleSplit(1, test_size=share, random_state=seed)
        yield from cut.split(places, rows.target, rows.groups)
    elif is_classification(rows.task) and np.bincount(rows.target.astype(int)).min() >= 2:
        cut = StratifiedShuffleSplit(1, test_size=share, random_state=seed)
        yield from cut.split(places, rows.target)
    else:
        cut = ShuffleSplit(1, test_size=share, random_state=seed)
        yield from cut.split(places)


SCHEME = Scheme(
    key="holdout",
    label="One hold-out",
    summary="Holds out one random share of the rows, classes in proportion and groups whole.",
    suits="For many rows, where one fit is dear and one part measures well enough; with few rows "
    "the score depends much on the draw.",
    draw=draw,
    count=lambda v: 1,
    fields=(TEST_SHARE,),
    guards=("group",),
    single=True,
    proposal=70,
    source="Kohavi 1995, A study of cross-validation and bootstrap for accuracy estimation and "
    "model selection",
    order=80,
)
