"""Grouped folds: the rows of a group stay on one side."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from outfold.validate.fields import FOLDS, REPEATS
from outfold.validate.groups import groups_of
from outfold.validate.scheme import Cut, Rows, Scheme
from outfold.validate.validation import Validation


def draw(validation: Validation, rows: Rows) -> Iterator[Cut]:
    """Deal whole groups into folds, anew for each repeat."""
    from sklearn.model_selection import GroupKFold

    groups = groups_of(rows, validation.folds)
    for repeat in range(validation.repeats):
        folds = GroupKFold(validation.folds, shuffle=True, random_state=rows.seed + repeat)
        yield from folds.split(np.arange(rows.n), rows.target, groups)


SCHEME = Scheme(
    key="grouped",
    label="Grouped folds",
    summary="Deals whole groups into folds, so that no group is trained and validated on at once.",
    suits="For rows that come in groups, such as several visits of one patient: it measures how "
    "models do on groups they have never seen.",
    draw=draw,
    count=lambda v: v.folds * v.repeats,
    fields=(FOLDS, REPEATS),
    needs=("group",),
    guards=("group",),
    covers=True,
    proposal=30,
    source="Roberts et al. 2017, Cross-validation strategies for data with temporal, spatial, "
    "hierarchical, or phylogenetic structure",
    order=30,
)
