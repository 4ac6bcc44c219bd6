"""Excel and OpenDocument sheets, by calamine: the table in a sheet, without titles and sums."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from outfold.data.dialect import has_header
from outfold.data.names import repaired
from outfold.data.options import MAX_COLUMNS, ReadOptions
from outfold.data.typed import Batch, Source
from outfold.data.words import count, listed, quoted
from outfold.errors import ReadError

ROWS = 20_000
TITLES = 20
"""Lines above a table that are looked through."""

FOOTERS = 10
Rows = list[list[Any]]


def read_excel(path: Path, options: ReadOptions) -> tuple[Source, list[str], dict[str, object]]:
    """A sheet as a source, with what was found out about it.

    Raises:
        ReadError: Protected by a password, damaged, no such sheet, or no data in it.
    """
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
    except calamine.PasswordError:
        raise _protected() from None
    except (calamine.CalamineError, OSError) as error:
        if _is_encrypted(path):
            raise _protected() from None
        raise ReadError(
            f"The Excel file cannot be opened: {_first_line(error)}.",
            "Open it in a spreadsheet program and save it again.",
        ) from None
    name, notes, rows = _sheet(book, options.sheet)
    top, table = _table(rows)
    if not table:
        raise ReadError(
            f"Sheet {quoted(name)} holds no data.", "Choose another by the option sheet."
        )
    if top:
        notes.append(
            f"{count(top, 'line')} above the table {'was' if top == 1 else 'were'} left out."
        )
    body, footer = _without_footer(table)
    if footer:
        first = top + len(body) + 1
        notes.append(
            f"{count(footer, 'row')} below the table, from row {first:,} on, lack what all others "
            "have and were left out as sums or remarks."
        )
    header = options.header
    if header is None:
        header = has_header([[_as_text(c) for c in row] for row in body[:100]], ".")
        if not header:
            notes.append("The first row looks like data, so the columns were numbered.")
    names, name_notes = repaired(
        body[0] if header else [f"column {i}" for i in range(1, len(body[0]) + 1)]
    )
    values = body[1:] if header else body
    if len(names) > MAX_COLUMNS:
        raise ReadError(f"There are {len(names):,} columns.", f"The limit is {MAX_COLUMNS:,}.")
    source = from_rows(names, values, place=lambda row: f"row {row + 1 + header + top:,}")
    said = (
        f"Excel sheet {quoted(name)}, {'names in the first row' if header else 'no row of names'}."
    )
    return source, [said, *notes, *name_notes], {"sheet": name, "header": header}


def _protected() -> ReadError:
    return ReadError(
        "The Excel file is protected by a password.", "Save it without a password and load that."
    )


def _is_encrypted(path: Path) -> bool:
    with path.open("rb") as stream:
        return "EncryptedPackage".encode("utf-16-le") in stream.read(1 << 26)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["it is damaged"])[0].rstrip(".")


def _sheet(book: Any, wanted: str | int | None) -> tuple[str, list[str], Rows]:
    """A sheet's name and cells: the one wanted, else the first with a table of the most cells."""
    import python_calamine as calamine

    names = list(book.sheet_names)
    if wanted is not None:
        text = str(wanted)
        if text not in names and text.isdigit() and 1 <= int(text) <= len(names):
            text = names[int(text) - 1]
        if text not in names:
            raise ReadError(
                f"There is no sheet {quoted(wanted)}.", f"There are {listed(names, 20)}."
            )
        return text, [], _cells(book, text)
    best: tuple[int, str, Rows] | None = None
    for name in names:
        try:
            rows = _cells(book, name)
        except calamine.WorksheetNotFound:
            continue
        filled = len(rows) * max((len(r) for r in rows), default=0)
        # A sheet must be clearly larger to be preferred to an earlier one.
        if filled and (best is None or filled > 1.1 * best[0]):
            best = (filled, name, rows)
    if best is None:
        raise ReadError("The Excel file holds no data.", "Load a file with a table.")
    others = [n for n in names if n != best[1]]
    notes = [f"The largest of {len(names)} sheets was read; the others are {listed(others, 8)}."]
    return best[1], notes if others else [], best[2]


def _cells(book: Any, name: str) -> Rows:
    import python_calamine as calamine

    try:
        rows: Rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except calamine.PasswordError:
        raise _protected() from None
    except calamine.CalamineError as error:
        if isinstance(error, calamine.WorksheetNotFound):
            raise
        raise ReadError(
            f"Sheet {quoted(name)} cannot be read: {_first_line(error)}.",
            "Open the file in a spreadsheet program and save it again.",
        ) from None
    return rows


def _table(rows: Rows) -> tuple[int, Rows]:
    """How many rows stand above the table, and the table, cut to the columns that hold anything."""
    filled = [[i for i, cell in enumerate(row) if not _empty(cell)] for row in rows]
    if not any(filled):
        return 0, []
    width = max(len(f) for f in filled)
    top = next((i for i, f in enumerate(filled[: TITLES + 1]) if len(f) >= max(1, width / 2)), 0)
    # Numbers alone above a full line of words: the numbering of the columns, not their names.
    below = top + 1
    if (
        below < len(rows)
        and all(isinstance(rows[top][i], int | float) for i in filled[top])
        and len(filled[below]) >= len(filled[top])
        and all(isinstance(rows[below][i], str) for i in filled[below])
    ):
        top = below
    left = min(f[0] for f in filled[top:] if f)
    right = max(f[-1] for f in filled[top:] if f) + 1
    last = max(i for i, f in enumerate(filled) if f) + 1
    return top, [row[left:right] for row in rows[top:last]]


def _without_footer(table: Rows) -> tuple[Rows, int]:
    """The table without the sums and remarks below it.

    They are the last few rows that are empty in most of the columns in which every row above them
    is filled.
    """
    for cut in range(1, min(FOOTERS, len(table) - 3) + 1):
        if any(_empty(c) for c in table[-cut]):
            continue
        break
    else:
        cut = min(FOOTERS, len(table) - 3) + 1
    candidates = cut - 1
    if candidates < 1 or len(table) - candidates < 10:
        return table, 0
    body = table[1:-candidates]
    full = [i for i in range(len(table[0])) if not any(_empty(row[i]) for row in body)]
    if len(full) < 2:
        return table, 0
    footer = 0
    for row in reversed(table[-candidates:]):
        lacking = sum(_empty(row[i]) for i in full)
        if lacking < 0.3 * len(full):
            break
        footer += 1
    return (table[:-footer], footer) if footer else (table, 0)


def _empty(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _as_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ")
    return str(cell)


def column_type(cells: Sequence[Any]) -> pa.DataType:
    """The Arrow type that holds all the values of a column; text where they are mixed."""
    kinds = {type(c) for c in cells if not _empty(c)}
    if not kinds or str in kinds:
        return pa.string()
    if kinds == {bool}:
        return pa.bool_()
    if kinds <= {int, float}:
        whole = all(
            isinstance(c, int) or c.is_integer() for c in cells if isinstance(c, int | float)
        )
        large = any(abs(c) >= 2**53 for c in cells if isinstance(c, int | float))
        return pa.int64() if whole and not large else pa.float64()
    if kinds <= {dt.date, dt.datetime}:
        return pa.timestamp("us")
    return pa.string()


def column_array(cells: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """The cells of a column as an array of that type."""
    if kind == pa.string():
        return pa.array(["" if _empty(c) else _as_text(c) for c in cells], kind)
    kept = [None if _empty(c) else c for c in cells]
    if kind == pa.int64():
        kept = [None if c is None else int(c) for c in kept]
    if kind == pa.timestamp("us"):
        kept = [dt.datetime(c.year, c.month, c.day) if type(c) is dt.date else c for c in kept]
    return pa.array(kept, kind)


def from_rows(names: list[str], rows: Rows, **more: Any) -> Source:
    """Rows of Python values as a source."""
    width = len(names)
    columns = [[row[i] if i < len(row) else None for row in rows] for i in range(width)]
    types = [column_type(column) for column in columns]

    def batches() -> Iterator[Batch]:
        for start in range(0, len(rows), ROWS):
            yield [
                column_array(column[start : start + ROWS], kind)
                for column, kind in zip(columns, types, strict=True)
            ]

    return Source(names, types, batches, **more)
