"""Stratified grouped folds: whole groups, classes as evenly as these allow."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np

from outfold.errors import StudyError
from outfold.validate.fields import FOLDS, REPEATS
from outfold.validate.groups import groups_of
from outfold.validate.scheme import Cut, Rows, Scheme
from outfold.validate.validation import Validation


def draw(validation: Validation, rows: Rows) -> Iterator[Cut]:
    """Deal whole groups into folds so that class shares stay as even as they can.

    Raises:
        StudyError: Every class has fewer rows than there are folds.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    groups = groups_of(rows, validation.folds)
    largest = int(np.bincount(rows.target.astype(np.intp)).max())
    if largest < validation.folds:
        raise StudyError(
            f"The largest class has {largest} rows, fewer than the {validation.folds} folds.",
            "Take fewer folds, or grouped folds without strata.",
        )
    for repeat in range(validation.repeats):
        folds = StratifiedGroupKFold(
            validation.folds, shuffle=True, random_state=rows.seed + repeat
        )
        with warnings.catch_warnings():
            # A class with fewer rows than folds is spread as far as it reaches: that is wanted.
            warnings.filterwarnings("ignore", "The least populated class")
            cut = list(folds.split(np.arange(rows.n), rows.target, groups))
        yield from cut


SCHEME = Scheme(
    key="stratified_grouped",
    label="Stratified grouped folds",
    summary="Deals whole groups into folds, with class shares as even as the groups allow.",
    suits="For classes whose rows come in groups: no group on both sides, and rare classes spread "
    "over the folds.",
    draw=draw,
    count=lambda v: v.folds * v.repeats,
    fields=(FOLDS, REPEATS),
    needs=("group",),
    guards=("group",),
    tasks=("binary", "multiclass"),
    covers=True,
    proposal=20,
    source="Roberts et al. 2017, Cross-validation strategies for data with temporal, spatial, "
    "hierarchical, or phylogenetic structure",
    order=40,
)
