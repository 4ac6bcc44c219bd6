"""Column types and roles, and how columns made from others are named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

ColumnType = Literal["numeric", "categorical", "boolean", "datetime", "text", "identifier"]
"""What a column holds.

numeric: numbers with a distance between them, stored as float64 or int64.
categorical: a few levels without distance, stored as pandas ``category`` or ``str``.
boolean: two truth values, stored as pandas ``boolean``.
datetime: points in time, stored as ``datetime64``.
text: free text, many distinct words. Not a feature by default.
identifier: names a row (or nearly), so it cannot carry signal. Not a feature by default.
"""

Role = Literal["feature", "target", "ignore", "id", "group", "time", "weight", "exposure"]
"""What a column is for.

feature: the models may use it. target: what is predicted. ignore: kept, not used.
id: names rows. group: rows of one value never stand on both sides of a split.
time: the order of rows for validation. weight: how much a row counts in fitting and in metrics.
exposure: for counts, the amount of time, population or area in which they were counted.
"""

COLUMN_TYPES: tuple[ColumnType, ...] = get_args(ColumnType)
ROLES: tuple[Role, ...] = get_args(Role)
SINGLE_ROLES: tuple[Role, ...] = ("target", "group", "time", "weight", "exposure")
"""Roles that at most one column can have."""

PART = "\x1f"
"""Stands between a column's name and the part derived from it. Reading strips it from names."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column as it was read.

    Attributes:
        name: Unique and not empty.
        type: The type that was found.
        missing: Missing cells.
        unique: Distinct values, missing ones not counted.
        levels: The levels of a categorical column or the two values of a boolean one, as text,
            in the order that they are shown; empty for the other types and above 1,000 levels.
    """

    name: str
    type: ColumnType
    missing: int = 0
    unique: int = 0
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Schema:
    """The columns of a table, in order."""

    columns: tuple[Column, ...]

    def names(self) -> tuple[str, ...]:
        """Every column's name."""
        return tuple(c.name for c in self.columns)

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return any(c.name == name for c in self.columns)

    def __len__(self) -> int:
        return len(self.columns)


def part(column: str, what: str) -> str:
    """The name of a column derived from another, such as the month of a date."""
    return f"{column}{PART}{what}"


def source_of(column: str) -> str:
    """The column the analyst knows that a prepared column comes from."""
    return column.split(PART, 1)[0]


def shown(column: str) -> str:
    """A prepared column's name for people: ``joined · month``."""
    return column.replace(PART, " · ")
