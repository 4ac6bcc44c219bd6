"""Dates written as text: ISO, or day, month and year in an order that must be told."""

from __future__ import annotations

import contextlib
import re

import pyarrow as pa
import pyarrow.compute as pc

ISO = (
    r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?(Z|[+-]\d{2}:?\d{2}))?)?$"
)
PARTS = r"^(?P<a>\d{1,2})(?P<s1>[./-])(?P<b>\d{1,2})[./-](?P<year>\d{4})(?P<time>[ T].*)?$"
CLOCK = r"^\d{1,2}[./-]\d{1,2}[./-]\d{4}([ T]\d{1,2}:\d{2}(:\d{2})?)?$"


def has_date_form(cell: str) -> bool:
    """Whether one cell is written like a date."""
    return bool(re.match(ISO, cell) or re.match(CLOCK, cell))


def can_be_dates(cells: pa.Array, day_first: bool | None) -> bool:
    """Whether all cells are dates when they are read in that order; there is no 30 February."""
    try:
        dates(cells, day_first)
    except pa.ArrowInvalid:
        return False
    return True


def dates(cells: pa.Array, day_first: bool | None) -> pa.Array:
    """Points in time from ISO dates (``day_first`` None) or from ``13/03/2004 18:00``.

    A time zone is taken off after moving the time to UTC.

    Raises:
        pa.ArrowInvalid: A cell that is no date, such as 30 February.
    """
    stamp = pa.timestamp("us")
    if day_first is None:
        with contextlib.suppress(pa.ArrowInvalid):
            return pc.cast(cells, stamp)
        text = pc.replace_substring_regex(cells, r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})", r"\1-\2-\3")
        text = _padded_iso(text)
        if pc.any(pc.match_substring_regex(text, r"(Z|[+-]\d{2}:?\d{2})$")).as_py():
            # A date ends in what could be taken for an offset: only cells with a clock have one.
            zoned = pc.match_substring_regex(text, r":\d{2}.*(Z|[+-]\d{2}:?\d{2})$")
            if pc.any(zoned).as_py():
                filled = pc.if_else(zoned, text, pc.binary_join_element_wise(text, "Z", ""))
                return pc.cast(pc.cast(filled, pa.timestamp("us", "UTC")), stamp)
        return pc.cast(text, stamp)
    parts = pc.extract_regex(pc.cast(cells, pa.string()), PARTS)
    day, month = ("a", "b") if day_first else ("b", "a")
    iso = pc.binary_join_element_wise(
        pc.struct_field(parts, "year"), pc.utf8_lpad(pc.struct_field(parts, month), 2, "0"),
        pc.utf8_lpad(pc.struct_field(parts, day), 2, "0"), "-",
    )  # fmt: skip
    clock = pc.replace_substring_regex(pc.struct_field(parts, "time"), r"^[ T](\d):", r" 0\1:")
    return pc.cast(pc.binary_join_element_wise(iso, clock, ""), stamp)


def _padded_iso(text: pa.Array) -> pa.Array:
    text = pc.replace_substring_regex(text, r"^(\d{4})-(\d)-", r"\1-0\2-")
    text = pc.replace_substring_regex(text, r"^(\d{4}-\d{2})-(\d)($|[ T])", r"\1-0\2\3")
    text = pc.replace_substring_regex(text, r"[ T](\d):", r" 0\1:")
    text = pc.replace_substring_regex(text, r" ?([+-]\d{2}):?(\d{2})$", r"\1:\2")
    text = pc.replace_substring_regex(text, r" Z$", "Z")
    return pc.replace_substring_regex(text, r",(\d+)", r".\1")
