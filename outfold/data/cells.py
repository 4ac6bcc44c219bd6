"""What text cells can stand for, and their values.

All functions work on Arrow arrays of cells, a few thousand at a time.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import cache
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from outfold.data.dates import dates

MISSING = ("?", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "(null)")
"""Cells that mean missing in any column. ``None`` is not among them: it is a level too often."""

MISSING_NUMBERS: tuple[str, ...] = (
    "None", "none", "-", "--", "---", ".", "..", "*", "n.a.", "na", "n.d.", "nil",
    "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "unknown", "missing", "Unknown",
    "inf", "-inf", "Inf", "-Inf", "Infinity", "-Infinity",
)  # fmt: skip
"""Cells that mean missing where every other cell of the column is a number."""

Kind = Literal["int", "float", "bool", "date", "text"]

TRUE = ("true", "True", "TRUE")
FALSE = ("false", "False", "FALSE")
POINT = r"^[-+]?(\d+|\d{1,3}([,'’  \x{202f}]\d{3})+)(\.\d*)?([eE][-+]?\d+)?$"
COMMA = r"^[-+]?(\d+|\d{1,3}([.'’  \x{202f}]\d{3})+)(,\d*)?([eE][-+]?\d+)?$"
BARE = r"^[-+]?\.\d+([eE][-+]?\d+)?$"
BARE_COMMA = r"^[-+]?,\d+([eE][-+]?\d+)?$"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text column was found to be.

    Attributes:
        kind: What its cells become.
        decimal: The decimal mark of its numbers.
        grouped: Whether its numbers have separators between thousands.
        affix: The currency or percent sign around its numbers, or nothing.
        day_first: For dates that are not ISO: whether the day stands first.
        missing: The cells that stand for missing.
        code: Why digits were kept as text: ``zeros`` or ``long``; or nothing.
    """

    kind: Kind
    missing: tuple[str, ...]
    decimal: str = "."
    grouped: bool = False
    affix: str = ""
    day_first: bool | None = None
    code: str = ""


def absent(trimmed: pa.Array, missing: tuple[str, ...]) -> pa.Array:
    """Which trimmed cells are empty, null or one of the words for missing.

    Cells that hold nothing but commas or semicolons count as empty: trailing separators of a
    spreadsheet saved with another delimiter.
    """
    words = pa.array(["", *missing], type=trimmed.type)
    gone = pc.is_in(trimmed, value_set=words)
    stray = pc.match_substring_regex(trimmed, r"^[,;]+$")
    return pc.fill_null(pc.or_(gone, stray), True)


def casts(cells: pa.Array, to: pa.DataType) -> bool:
    """Whether every cell can be cast to that type."""
    try:
        pc.cast(cells, to)
    except pa.ArrowInvalid:
        return False
    return True


@cache
def plain_enough(decimal: str, missing: tuple[str, ...]) -> bool:
    """Whether numbers may be cast as they stand: a decimal point, and no number means missing."""
    words = pa.array(missing, pa.string())
    return decimal == "." and not (len(words) and pc.any(is_number(words, decimal)).as_py())


def plain_floats(cells: pa.Array) -> bool:
    """Whether every cell is a number with a decimal point; ``inf`` and ``nan`` are words here."""
    try:
        values = pc.cast(cells, pa.float64())
    except pa.ArrowInvalid:
        return False
    return bool(pc.all(pc.is_finite(values)).as_py())


def is_number(cells: pa.Array, decimal: str) -> pa.Array:
    """Which cells are numbers with that decimal mark, thousands set apart or not."""
    whole, bare = (POINT, BARE) if decimal == "." else (COMMA, BARE_COMMA)
    return pc.or_(pc.match_substring_regex(cells, whole), pc.match_substring_regex(cells, bare))


def has_groups(cells: pa.Array, decimal: str) -> bool:
    """Whether a number has separators between its thousands."""
    mark = "," if decimal == "." else r"\."
    pattern = rf"\d[{mark}'’  \x{{202f}}]\d{{3}}"
    return bool(pc.any(pc.match_substring_regex(cells, pattern)).as_py())


def sign_of(cell: str) -> str:
    """The currency or percent sign around a number, or nothing."""
    return next((c for c in "$€£¥%" if c in (cell[:1], cell[-1:])), "")


def strip_affix(cells: pa.Array, sign: str) -> pa.Array:
    """The cells without that sign and the blank beside it."""
    if not sign:
        return cells
    escaped = "\\" + sign if sign == "$" else sign
    return pc.replace_substring_regex(cells, rf"^{escaped} ?| ?{escaped}$", "")


def convert(cells: pa.Array, reading: Reading) -> pa.Array:
    """The values that text cells stand for.

    Raises:
        pa.ArrowInvalid: A cell that the reading does not cover.
    """
    plain = reading.kind in ("int", "float") and plain_enough(reading.decimal, reading.missing)
    if plain and not cells.null_count:
        with contextlib.suppress(pa.ArrowInvalid):
            # Mostly every cell is a plain number; those of infinity and the like are words here.
            values = pc.cast(cells, pa.int64() if reading.kind == "int" else pa.float64())
            if reading.kind == "int" or pc.all(pc.is_finite(values)).as_py():
                return values
    words = cells.dictionary_encode()
    if 2 * len(words.dictionary) < len(cells):
        return _converted(words.dictionary, reading).take(words.indices)
    return _converted(cells, reading)


def _converted(cells: pa.Array, reading: Reading) -> pa.Array:
    trimmed = pc.utf8_trim_whitespace(cells)
    void = absent(trimmed, reading.missing)
    kept = pc.if_else(void, pa.scalar(None, trimmed.type), trimmed)
    if reading.kind == "text":
        return pc.cast(kept, pa.large_string())
    if reading.kind == "bool":
        truth = pc.is_in(kept, value_set=pa.array(TRUE, type=kept.type))
        return pc.if_else(void, pa.scalar(None, pa.bool_()), truth)
    if reading.kind == "date":
        return dates(kept, reading.day_first)
    if reading.kind == "int":
        return pc.cast(kept, pa.int64())
    return pc.cast(number_text(kept, reading), pa.float64())


def number_text(kept: pa.Array, reading: Reading) -> pa.Array:
    """Number cells as plain digits with a decimal point."""
    kept = strip_affix(kept, reading.affix)
    if reading.grouped:
        mark = "," if reading.decimal == "." else r"\."
        kept = pc.replace_substring_regex(kept, rf"[{mark}'’  \x{{202f}}]", "")
    if reading.decimal == ",":
        kept = pc.replace_substring(kept, ",", ".")
    return pc.replace_substring_regex(kept, r"^\+", "")
