"""Leave one group out: each group is validated on by models that saw all the others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from outfold.errors import StudyError
from outfold.validate.groups import groups_of
from outfold.validate.scheme import Cut, Rows, Scheme
from outfold.validate.validation import Validation

MOST_GROUPS = 50
"""More groups would mean more fits than their one-group scores are worth; grouped folds serve."""


def draw(validation: Validation, rows: Rows) -> Iterator[Cut]:
    """One split a group, in the order of the groups' first rows."""
    del validation
    groups = groups_of(rows)
    codes = np.unique(groups)
    if len(codes) < 2:
        raise StudyError(
            "There is only one group, so leaving it out leaves nothing to train on.",
            "Choose another group column.",
        )
    if len(codes) > MOST_GROUPS:
        raise StudyError(
            f"There are {len(codes):,} groups, and each would be one fit of every candidate.",
            f"Leave one group out serves up to {MOST_GROUPS}; take grouped folds.",
        )
    for code in codes:
        held = groups == code
        yield np.flatnonzero(~held), np.flatnonzero(held)


SCHEME = Scheme(
    key="leave_one_group_out",
    label="Leave one group out",
    summary="Holds out each group in turn and trains on all the others.",
    suits=f"For a few large groups, such as hospitals, sites or years (at most {MOST_GROUPS}): it "
    "shows on which group models fail. Figures that compare classes are undefined on a group of "
    "one class.",
    draw=draw,
    count=lambda v: None,
    fields=(),
    needs=("group",),
    guards=("group",),
    covers=True,
    source="Roberts et al. 2017, Cross-validation strategies for data with temporal, spatial, "
    "hierarchical, or phylogenetic structure",
    order=50,
)
