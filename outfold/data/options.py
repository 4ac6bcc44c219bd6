"""What a person may say about a file, and the limits that reading keeps."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from outfold.errors import ReadError, UnknownNameError

FORMATS: dict[str, str] = {
    "csv": "delimited text",
    "excel": "Excel",
    "parquet": "Parquet",
    "feather": "Feather",
    "json": "JSON",
    "ndjson": "JSON lines",
}
"""The formats that can be read, with their names for people."""

MAX_BYTES = 1 << 30
"""Largest content read unless told otherwise, unpacked: 1 GiB."""

MAX_COLUMNS = 10_000

LEAST_SAMPLE = 50
"""Rows that a sample has at least."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a file is to be read; what is None is found out from its content.

    Attributes:
        format: One of ``FORMATS``.
        encoding: The text's encoding, such as ``utf-8`` or ``cp1252``.
        delimiter: The character between cells; ``tab`` may be spelled out.
        decimal: The decimal mark, ``.`` or ``,``.
        quote: The character around cells that hold the delimiter; empty for none.
        header: Whether the first line holds the column names.
        sheet: The Excel sheet, by name or by number from 1.
        member: The file inside an archive.
        missing: The cells that mean missing, separated by blanks (``? NA``); an empty cell always
            does.
        ragged: What is done with lines of another length. ``auto`` fills up short ones where they
            are few and refuses the file otherwise; ``fill`` fills up any number; ``skip`` leaves
            short and long ones out; ``refuse`` allows none.
        max_bytes: Largest content read, unpacked, in bytes.
        rows: Work with a sample of this many rows where the table has more. Without it, a table
            too large for memory is worked with as a sample, and any other as a whole.
        stratify: The column whose values keep their proportions in a sample, where it has few;
            found unless given, none where it is empty.
    """

    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    quote: str | None = None
    header: bool | None = None
    sheet: str | int | None = None
    member: str | None = None
    missing: str | None = None
    ragged: str = "auto"
    max_bytes: int = MAX_BYTES
    rows: int | None = None
    stratify: str | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> ReadOptions:
        """Options by name, checked.

        Raises:
            UnknownNameError: No such option.
            ReadError: A value that the option cannot have.
        """
        known = [f.name for f in fields(cls)]
        for name in options:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"Did you mean {near[0]}?" if near else "Known are " + ", ".join(known) + "."
                raise UnknownNameError(f"There is no reading option {name!r}.", hint)
        given = {k: v for k, v in options.items() if v is not None}
        if given.get("delimiter") in ("tab", "\\t"):
            given["delimiter"] = "\t"
        _check(given)
        return cls(**given)


def _check(given: Mapping[str, Any]) -> None:
    choices = {
        "format": tuple(FORMATS),
        "decimal": (".", ","),
        "ragged": ("auto", "fill", "skip", "refuse"),
    }
    for name, allowed in choices.items():
        if name in given and given[name] not in allowed:
            raise ReadError(
                f"The option {name} is {given[name]!r}.", f"It takes one of {', '.join(allowed)}."
            )
    if "delimiter" in given and (len(given["delimiter"]) != 1 or given["delimiter"] in '\r\n"'):
        raise ReadError(
            f"The delimiter is {given['delimiter']!r}.", "It takes one character, such as , or ;."
        )
    if (
        given.get("delimiter") == ","
        and given.get("decimal") == ","
        and not given.get("quote", '"')
    ):
        raise ReadError(
            "The comma cannot be both the delimiter and the decimal mark without quotes.",
            "Give another delimiter or decimal mark.",
        )
    if len(given.get("quote", "")) > 1:
        raise ReadError(f"The quote is {given['quote']!r}.", "It takes one character, or none.")
    if "header" in given and not isinstance(given["header"], bool):
        raise ReadError(f"The option header is {given['header']!r}.", "It takes true or false.")
    if "encoding" in given:
        try:
            "".encode(given["encoding"])
        except (LookupError, TypeError):
            raise ReadError(
                f"There is no encoding {given['encoding']!r}.", "Common are utf-8 and cp1252."
            ) from None
    if "rows" in given and (not isinstance(given["rows"], int) or given["rows"] < LEAST_SAMPLE):
        raise ReadError(
            f"A sample of {given['rows']!r} rows was asked for.",
            f"It takes a whole number of at least {LEAST_SAMPLE}.",
        )
    if "max_bytes" in given and (not isinstance(given["max_bytes"], int) or given["max_bytes"] < 1):
        raise ReadError(f"max_bytes is {given['max_bytes']!r}.", "It takes a number of bytes.")


@dataclass(frozen=True, slots=True)
class Limits:
    """What the process that reads may use.

    Attributes:
        memory: Resident memory in bytes.
        seconds: Wall time.
    """

    memory: int = 3 << 30
    seconds: float = 600.0
