"""What grouped schemes share."""

from __future__ import annotations

import numpy as np

from outfold.errors import StudyError
from outfold.validate.scheme import Ints, Rows


def groups_of(rows: Rows, folds: int | None = None) -> Ints:
    """The group codes.

    Raises:
        StudyError: There is no group column, or there are fewer groups than folds.
    """
    if rows.groups is None:
        raise StudyError("Groups need a column with the role group.", "Set it on the data page.")
    n = len(np.unique(rows.groups))
    if folds is not None and n < folds:
        raise StudyError(
            f"There are {n} groups, fewer than the {folds} folds.", "Take fewer folds."
        )
    return rows.groups
