"""Bootstrap .632+: rows drawn with replacement, judged on those not drawn, corrected upwards."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from outfold.errors import StudyError
from outfold.task import is_classification
from outfold.validate.fields import RESAMPLES
from outfold.validate.scheme import Cut, Ints, Rows, Scheme
from outfold.validate.validation import Validation

FEWEST_GROUPS = 10
"""With fewer, many draws would leave no group out."""


def draw(validation: Validation, rows: Rows) -> Iterator[Cut]:
    """Draw as many rows as there are, with replacement; those not drawn are validated on.

    Classes are drawn each by itself, so that every draw has the table's class counts (as Sahiner
    et al. 2008 draw). With a group column whole groups are drawn. Each draw has a seed of its own,
    so that more resamples leave the first ones as they are.

    Raises:
        StudyError: There are too few groups.
    """
    places = np.arange(rows.n, dtype=np.intp)
    strata = [places]
    if rows.groups is not None:
        codes, places = np.unique(rows.groups, return_inverse=True)
        if len(codes) < FEWEST_GROUPS:
            raise StudyError(
                f"There are {len(codes)} groups, too few to draw groups with replacement.",
                f"The bootstrap takes at least {FEWEST_GROUPS}; take leave one group out.",
            )
        strata = [np.arange(len(codes), dtype=np.intp)]
    elif is_classification(rows.task):
        strata = _strata(rows.target.astype(np.intp))
    n_units = sum(map(len, strata))
    for number in range(validation.resamples):
        rng = np.random.default_rng([rows.seed % 2**32, number])
        drawn = np.concatenate([s[rng.integers(0, len(s), len(s))] for s in strata])
        times = np.bincount(drawn, minlength=n_units)[places]
        yield np.repeat(np.arange(rows.n), times), np.flatnonzero(times == 0)


def _strata(codes: Ints) -> list[Ints]:
    """Rows by class; a class of one row would always be drawn, so it joins the largest."""
    classes = sorted((np.flatnonzero(codes == c) for c in np.unique(codes)), key=len, reverse=True)
    lone = [rows for rows in classes if len(rows) < 2]
    several = [rows for rows in classes if len(rows) >= 2]
    if not several:
        return [np.arange(len(codes), dtype=np.intp)]
    return [np.sort(np.concatenate([several[0], *lone])), *several[1:]]


SCHEME = Scheme(
    key="bootstrap_632_plus",
    label="Bootstrap .632+",
    summary="Draws rows with replacement, validates on those not drawn, and corrects for the "
    "smaller variety of the training rows by the error on rows trained on.",
    suits="For few rows (some dozens to a few hundred), where its estimates vary less than those "
    "of folds. It is the one scheme whose figure is not measured out of fold alone: the error on "
    "training rows enters as a correction. Tuning and wrappers inside a draw see copies of rows "
    "on both of their sides; take folds with these.",
    draw=draw,
    count=lambda v: v.resamples,
    fields=(RESAMPLES,),
    guards=("group",),
    repeats_rows=True,
    apparent=True,
    source="Efron & Tibshirani 1997, Improvements on cross-validation: the .632+ bootstrap method",
    order=100,
)
