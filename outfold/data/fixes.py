"""The changes that a finding can propose: what each is called, says and does.

A fix looks at no target value but to leave out rows, and learns nothing from one row that it
applies to another; whatever does (filling in, scaling, merging rare levels) is done inside the
folds instead. So a fixed table can be split afterwards without harm.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from outfold.data.dates_in_text import to_dates
from outfold.data.fix import Fix
from outfold.data.levels import level_counts
from outfold.data.numbers_in_text import to_numbers
from outfold.data.row_hash import row_hashes
from outfold.data.words import listed, quoted
from outfold.errors import OutfoldError, UnknownNameError

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FixKind:
    """One kind of change.

    Attributes:
        key: Its name in a study.
        label: What the button says.
        sentence: From columns and parameters to what it does.
        change: From frame, columns (all present) and parameters to a changed frame; the frame given
            is not altered.
        params: The parameters it must have.
        needs_columns: Whether it must name columns.
    """

    key: str
    label: str
    sentence: Callable[[tuple[str, ...], Params], str]
    change: Callable[[pd.DataFrame, list[str], Params], pd.DataFrame]
    params: tuple[str, ...] = ()
    needs_columns: bool = True


def _rows(frame: pd.DataFrame, keep: Any) -> pd.DataFrame:
    """The rows to keep, numbered anew, without the levels that none of them has."""
    kept = frame.loc[np.asarray(keep, dtype=bool)].reset_index(drop=True)
    if len(kept) == len(frame):
        return kept
    for name in kept.columns:
        if isinstance(kept[name].dtype, pd.CategoricalDtype):
            kept[name] = kept[name].cat.remove_unused_categories()
    return kept


def _each(
    frame: pd.DataFrame, columns: list[str], change: Callable[[pd.Series], pd.Series]
) -> pd.DataFrame:
    return frame.assign(**{name: change(frame[name]) for name in columns})


def _is(column: pd.Series, value: Any) -> Any:
    """Where a column has a value: by number in numeric columns, by text in others."""
    is_truth = pd.api.types.is_bool_dtype(column)
    if pd.api.types.is_numeric_dtype(column) and not is_truth:
        try:
            return column.to_numpy(dtype=np.float64, na_value=np.nan) == float(value)
        except ValueError:
            return np.zeros(len(column), dtype=bool)
    return (column.astype("str") == str(value)).to_numpy(dtype=bool) & column.notna().to_numpy()


def _without_copies(frame: pd.DataFrame, columns: list[str], params: Params) -> pd.DataFrame:
    names = [name for name in frame.columns if name not in columns]
    empty = frame[names].isna().all(axis=1).to_numpy()
    return _rows(frame, ~pd.Series(row_hashes(frame, names)).duplicated().to_numpy() | empty)


def _without_value(column: pd.Series, value: Any) -> pd.Series:
    there = _is(column, value)
    if not there.any():
        return column
    if pd.api.types.is_integer_dtype(column):
        column = column.astype("float64")
    emptied = column.mask(there)
    if isinstance(emptied.dtype, pd.CategoricalDtype):
        emptied = emptied.cat.remove_unused_categories()
    return emptied


def _tidy(column: pd.Series) -> pd.Series:
    """Each level in its most frequent spelling, ties by text; outer and doubled blanks removed."""
    chosen: dict[str, str] = {}
    meant: dict[str, str] = {}
    for level in level_counts(column).index:
        plain = " ".join(level.split())
        meant[level] = chosen.setdefault(plain.casefold(), plain)
    tidied = column.astype(object).map(lambda v: meant[str(v)], na_action="ignore")
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return tidied.astype("str")
    order = dict.fromkeys(meant[str(c)] for c in column.cat.categories if str(c) in meant)
    return tidied.astype(pd.CategoricalDtype(list(order), ordered=column.cat.ordered))


_KINDS = (
    FixKind(
        "drop_column",
        "Leave out the column",
        lambda columns, _: f"Leaves out {listed(columns)}.",
        lambda frame, columns, _: frame.drop(columns=columns),
    ),
    FixKind(
        "drop_duplicate_rows",
        "Leave out repeated rows",
        lambda columns, _: (
            "Keeps the first of rows that are equal in every column"
            + (f" other than {listed(columns)}." if columns else ".")
        ),
        _without_copies,
        needs_columns=False,
    ),
    FixKind(
        "drop_empty_rows",
        "Leave out empty rows",
        lambda *_: "Leaves out the rows that have no value at all.",
        lambda frame, *_: _rows(frame, frame.notna().any(axis=1)),
        needs_columns=False,
    ),
    FixKind(
        "drop_rows_missing_target",
        "Leave out rows without a target",
        lambda columns, _: f"Leaves out the rows in which {listed(columns)} is missing.",
        lambda frame, columns, _: _rows(frame, frame[columns].notna().all(axis=1)),
    ),
    FixKind(
        "drop_rows_with_value",
        "Leave out these rows",
        lambda columns, p: f"Leaves out the rows with {listed(columns)} = {quoted(p['value'])}.",
        lambda frame, columns, p: _rows(
            frame, ~np.any([_is(frame[c], p["value"]) for c in columns], axis=0)
        ),
        params=("value",),
    ),
    FixKind(
        "parse_dates",
        "Read as dates",
        lambda columns, p: (
            f"Reads {listed(columns)} as dates of the form {p['format']}; what is no date becomes "
            f"missing."
        ),
        lambda frame, columns, p: _each(frame, columns, lambda c: to_dates(c, p["format"])),
        params=("format",),
    ),
    FixKind(
        "parse_numbers",
        "Read as numbers",
        lambda columns, p: (
            f"Reads {listed(columns)} as numbers with "
            f"{'a decimal comma' if p['decimal'] == ',' else 'a decimal point'}; what is no number "
            f"becomes missing."
        ),
        lambda frame, columns, p: _each(frame, columns, lambda c: to_numbers(c, p["decimal"])),
        params=("decimal",),
    ),
    FixKind(
        "set_missing",
        "Take the value for missing",
        lambda columns, p: f"Takes {p['value']} in {listed(columns)} for a missing value.",
        lambda frame, columns, p: _each(frame, columns, lambda c: _without_value(c, p["value"])),
        params=("value",),
    ),
    FixKind(
        "tidy_levels",
        "Unite the spellings",
        lambda columns, _: (
            f"Gives one spelling to levels of {listed(columns)} that differ in capitals or blanks "
            f"only."
        ),
        lambda frame, columns, _: _each(frame, columns, _tidy),
    ),
)

FIXES: Mapping[str, FixKind] = {kind.key: kind for kind in _KINDS}
"""Every kind of fix by key."""


def kind_of(fix: Fix) -> FixKind:
    """What kind of change a fix is.

    Raises:
        UnknownNameError: No such kind.
        OutfoldError: A parameter or the columns are lacking, or a parameter is not known.
    """
    if fix.kind not in FIXES:
        raise UnknownNameError(
            f"There is no fix named {fix.kind!r}.", "Known are " + ", ".join(FIXES) + "."
        )
    kind = FIXES[fix.kind]
    given = tuple(sorted(name for name, _ in fix.params))
    if given != tuple(sorted(kind.params)):
        raise OutfoldError(
            f"The fix {fix.kind} has {'the parameters ' + ', '.join(given) if given else 'none'}.",
            f"It takes {', '.join(kind.params) or 'no parameters'}.",
        )
    if kind.needs_columns and not fix.columns:
        raise OutfoldError(f"The fix {fix.kind} names no column.", "Name one or more.")
    return kind


def describe(fix: Fix) -> str:
    """What a fix does, as one sentence."""
    return kind_of(fix).sentence(fix.columns, dict(fix.params))


def apply_fixes(frame: pd.DataFrame, fixes: Sequence[Fix]) -> pd.DataFrame:
    """The table after some fixes, in order; the table given is not altered.

    A column that an earlier fix left out is passed over by later ones; applying a fix twice is the
    same as once. Rows are numbered anew where some are left out.

    Raises:
        UnknownNameError: A fix of an unknown kind, or one that names a column that the table does
            not have.
        OutfoldError: A fix without what it needs, or one that leaves no row.
    """
    known = [str(name) for name in frame.columns]
    for fix in fixes:
        kind = kind_of(fix)
        for name in fix.columns:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                raise UnknownNameError(
                    f"The fix {fix.kind} is for a column {name!r} that the table does not have.",
                    f"Did you mean {near[0]!r}?" if near else "Remove the fix.",
                )
        columns = [name for name in dict.fromkeys(fix.columns) if name in frame.columns]
        if kind.needs_columns and not columns:
            continue
        before = len(frame)
        frame = kind.change(frame, columns, dict(fix.params))
        if before and not len(frame):
            raise OutfoldError(
                f"After the fix {kind.label.lower()!r} no row is left.", "Remove the fix."
            )
    return frame
