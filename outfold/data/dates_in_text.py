"""Dates that are written as text, and the format that they are written in."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

_DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y",
    "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %B %Y",
    "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y", "%Y%m%d",
)  # fmt: skip
_CLOCKS = ("", " %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S", "T%H:%M:%SZ", " %I:%M %p")
FORMATS: tuple[str, ...] = (
    *(day + clock for clock in _CLOCKS for day in _DAYS),
    *("%Y-%m", "%m/%Y", "%b %Y", "%B %Y", "%b-%Y"),
)
"""Formats that are tried, the commoner first; of day-first and month-first, day-first."""

SAMPLE = 200


def date_formats(texts: Sequence[str], share: float = 0.95) -> list[str]:
    """The formats that read at least that share of the texts as dates, best first.

    More than one means that the texts do not settle which is meant (``01/02/2024``).
    """
    words = pd.Series([str(t).strip() for t in texts], dtype=object)
    few = words if len(words) <= SAMPLE else words.sample(SAMPLE, random_state=0)
    if few.empty or not few.str.contains(r"\d.*[-/.\s]\s?\d|\d{8}", regex=True).mean() >= share:
        return []
    read: list[tuple[float, str]] = []
    for text_format in FORMATS:
        first = pd.to_datetime(few.head(5), format=text_format, errors="coerce")
        if first.notna().sum() < min(4, len(first)) or _share(few, text_format) < share:
            continue
        whole = _share(words, text_format)
        if whole >= share:
            read.append((whole, text_format))
    best = max((s for s, _ in read), default=0.0)
    return [text_format for s, text_format in read if s == best]


def _share(words: pd.Series, text_format: str) -> float:
    return float(pd.to_datetime(words, format=text_format, errors="coerce").notna().mean())


def to_dates(column: pd.Series, text_format: str) -> pd.Series:
    """A column of text (or whole numbers such as 20240131) as points in time.

    What is no date in that format becomes missing. A column of dates stays as it is.
    """
    if pd.api.types.is_datetime64_any_dtype(column):
        return column
    known = column.dropna()
    if pd.api.types.is_numeric_dtype(column):
        known = known.astype("int64")
    words = known.astype(str).str.strip().astype(object)
    read = pd.to_datetime(words, format=text_format, errors="coerce")
    dates = read.reindex(column.index)
    dates.name = column.name
    return dates
