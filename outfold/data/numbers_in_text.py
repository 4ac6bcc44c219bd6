"""Numbers that are written as text: ``1,234.50``, ``€ 12``, ``45 %``, ``3,5``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import pandas as pd

Decimal = Literal[".", ","]

_SIGNS = re.compile(r"[$€£¥%\s'’]")
_SHAPES: dict[str, re.Pattern[str]] = {
    ".": re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?([eE][+-]?\d+)?"),
    ",": re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)?(,\d+)?([eE][+-]?\d+)?"),
}


def number_in(text: str, decimal: Decimal) -> float | None:
    """The number that a text stands for, or None.

    Currency and percent signs and spaces are taken off; a percentage stays as it is written
    (``45 %`` is 45). The mark that is not the decimal one may stand between thousands.
    """
    bare = _SIGNS.sub("", text)
    if not any(ch.isdigit() for ch in bare) or not _SHAPES[decimal].fullmatch(bare):
        return None
    if decimal == ",":
        bare = bare.replace(".", "").replace(",", ".")
    try:
        return float(bare.replace(",", ""))
    except ValueError:  # an exponent without a number, such as "e5"
        return None


def decimal_of(texts: Iterable[str]) -> tuple[Decimal, float]:
    """The decimal mark that reads most of the texts as numbers, and the share that it reads.

    ``1,234`` alone fits both; the point is then taken for the decimal mark.
    """
    words = list(texts)
    if not words:
        return ".", 0.0
    point = sum(number_in(w, ".") is not None for w in words)
    comma = sum(number_in(w, ",") is not None for w in words)
    return (",", comma / len(words)) if comma > point else (".", point / len(words))


def to_numbers(column: pd.Series, decimal: Decimal) -> pd.Series:
    """A column of text as numbers, int64 where all are whole and none is missing, else float64.

    What is no number becomes missing. A column of numbers stays as it is.
    """
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return column
    read = {value: number_in(str(value), decimal) for value in column.dropna().unique()}
    numbers = pd.to_numeric(column.astype(object).map(read)).astype("float64")
    if not numbers.isna().any() and (numbers == numbers.round()).all():
        return numbers.astype("int64")
    return numbers
