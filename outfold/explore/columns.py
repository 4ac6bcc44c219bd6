"""A typed table as plain arrays: numbers, level codes, and what cannot take part."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from outfold.data.schema import ColumnType, Schema
from outfold.errors import UnknownNameError
from outfold.explore.measures import Floats
from outfold.explore.nominal import Codes

Missing = Literal["pairwise", "complete"]
"""pairwise: each pair on the rows that it has. complete: all pairs on the rows without any gap."""

MOST_LEVELS = 1000
"""A column of levels with more of them names rows rather than groups them."""

NUMBER_TYPES: tuple[ColumnType, ...] = ("numeric", "datetime")
LEVEL_TYPES: tuple[ColumnType, ...] = ("categorical", "boolean")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A column that takes no part, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A table's columns as arrays over the same rows.

    Attributes:
        number_names: Columns of numbers and times, in the table's order.
        numbers: Their values, shape (n_rows,), NaN where missing; times in seconds since 1970.
        level_names: Columns of levels and truth values, in the table's order.
        codes: Their level codes, shape (n_rows,), -1 where missing.
        levels: The levels as text, in code order.
        left_out: Columns that take no part.
        rows: Places of these rows in the table, or None for all.
        notes: Sentences about what was sampled or changed.
    """

    number_names: tuple[str, ...]
    numbers: tuple[Floats, ...]
    level_names: tuple[str, ...]
    codes: tuple[Codes, ...]
    levels: tuple[tuple[str, ...], ...]
    left_out: tuple[LeftOut, ...]
    rows: npt.NDArray[np.intp] | None
    notes: tuple[str, ...]

    @property
    def n_rows(self) -> int:
        """How many rows every array has."""
        return len(self.numbers[0]) if self.numbers else len(self.codes[0]) if self.codes else 0


def read_columns(
    frame: pd.DataFrame,
    schema: Schema,
    *,
    missing: Missing = "pairwise",
    max_rows: int | None = None,
    seed: int = 0,
    as_levels: Collection[str] = (),
    truth_as_numbers: bool = False,
) -> Columns:
    """Take the columns of a table apart by type.

    Args:
        frame: The typed table.
        schema: Its columns' types; a column that the schema does not know is left out.
        missing: ``complete`` keeps only rows in which every column that takes part is present.
        max_rows: Draw this many rows by chance where there are more.
        seed: Of that draw.
        as_levels: Columns of numbers that stand for classes.
        truth_as_numbers: Boolean columns become 0 and 1 instead of levels.

    Raises:
        UnknownNameError: The schema names a column that the table does not have.
    """
    for name in schema.names():
        if name not in frame.columns:
            raise UnknownNameError(
                f"The table has no column {name!r}.", "Its columns: " + ", ".join(frame.columns)
            )
    notes: list[str] = []
    rows: npt.NDArray[np.intp] | None = None
    if max_rows is not None and len(frame) > max_rows:
        rows = sample_rows(len(frame), max_rows, seed)
        notes.append(f"{max_rows:,} of {len(frame):,} rows were drawn by chance (seed {seed}).")
    left_out: list[LeftOut] = []
    numbers: dict[str, Floats] = {}
    codes: dict[str, Codes] = {}
    levels: dict[str, tuple[str, ...]] = {}
    for column in schema.columns:
        series = frame[column.name] if rows is None else frame[column.name].iloc[rows]
        is_level = column.type in LEVEL_TYPES or column.name in as_levels
        if column.type == "boolean" and truth_as_numbers and column.name not in as_levels:
            is_level = False
        elif not is_level and column.type not in NUMBER_TYPES:
            left_out.append(LeftOut(column.name, f"is of type {column.type}"))
            continue
        if not is_level:
            values, endless = numbers_of(series)
            if endless:
                notes.append(f"{endless:,} infinite values of {column.name} count as missing.")
            numbers[column.name] = values
            continue
        code, texts = codes_of(series)
        if len(texts) > MOST_LEVELS:
            left_out.append(LeftOut(column.name, f"has {len(texts):,} levels"))
            continue
        codes[column.name], levels[column.name] = code, texts
    for name in [n for n, v in numbers.items() if _is_empty(v)]:
        del numbers[name]
        left_out.append(LeftOut(name, "has no value"))
    for name in [n for n, t in levels.items() if not t]:
        del codes[name], levels[name]
        left_out.append(LeftOut(name, "has no value"))
    if missing == "complete":
        keep = np.ones(len(frame) if rows is None else len(rows), dtype=bool)
        for values in numbers.values():
            keep &= ~np.isnan(values)
        for code in codes.values():
            keep &= code >= 0
        if not keep.all():
            notes.append(f"{int(keep.sum()):,} of {len(keep):,} rows have no missing value.")
            numbers = {k: v[keep] for k, v in numbers.items()}
            codes = {k: v[keep] for k, v in codes.items()}
            rows = np.flatnonzero(keep) if rows is None else rows[keep]
    return Columns(
        tuple(numbers),
        tuple(numbers.values()),
        tuple(codes),
        tuple(codes.values()),
        tuple(levels.values()),
        tuple(left_out),
        rows,
        tuple(notes),
    )


def _is_empty(values: Floats) -> bool:
    """Whether every value is missing; mostly the first one tells."""
    return not len(values) or (bool(np.isnan(values[0])) and bool(np.isnan(values).all()))


def sample_rows(rows: int, wanted: int, seed: int) -> npt.NDArray[np.intp]:
    """Places of some rows drawn by chance, in their order."""
    drawn = np.random.default_rng(seed).choice(rows, size=wanted, replace=False, shuffle=False)
    return np.sort(drawn).astype(np.intp)


def numbers_of(series: pd.Series) -> tuple[Floats, int]:
    """A column's values as float64, NaN where missing, and how many were infinite.

    Times become seconds since 1970.
    """
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        stamps = series.dt.tz_convert(None) if series.dt.tz is not None else series
        when = stamps.to_numpy(dtype="datetime64[us]")
        values = when.astype(np.int64) / 1e6
        values[np.isnat(when)] = np.nan
        return values, 0
    if isinstance(series.dtype, np.dtype):
        values = series.to_numpy(dtype=np.float64)
    else:
        values = series.to_numpy(dtype=np.float64, na_value=np.nan)
    # Extremes pass over NaN and are much cheaper than looking at every cell for infinity.
    if not len(values) or np.isfinite([np.fmin.reduce(values), np.fmax.reduce(values)]).all():
        return values, 0
    endless = np.isinf(values)
    count = int(endless.sum())
    return (np.where(endless, np.nan, values) if count else values), count


def codes_of(series: pd.Series) -> tuple[Codes, tuple[str, ...]]:
    """A column's level codes, -1 where missing, and the levels that occur, as text."""
    raw: Codes
    if isinstance(series.dtype, pd.CategoricalDtype):
        raw = series.cat.codes.to_numpy().astype(np.int32)
        found: Sequence[object] = list(series.cat.categories)
    else:
        places, unique = pd.factorize(series, sort=True)
        raw = places.astype(np.int32)
        found = list(unique)
    seen = np.bincount(raw[raw >= 0], minlength=len(found)) > 0
    if not seen.all():
        renumber = np.append(np.cumsum(seen) - 1, -1).astype(np.int32)
        raw = renumber[raw]
    return raw, tuple(level_text(v) for v, s in zip(found, seen, strict=True) if s)


def level_text(value: object) -> str:
    """A level as a person writes it: a whole number without its decimal point."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)
