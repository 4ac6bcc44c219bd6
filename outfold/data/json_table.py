"""JSON and JSON lines: lists of records, tables of columns, and what lies one level deeper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from outfold.data.characters import Characters, Utf8, find_characters
from outfold.data.excel import column_array, column_type, from_rows
from outfold.data.names import repaired
from outfold.data.options import MAX_COLUMNS, ReadOptions
from outfold.data.typed import Batch, Source
from outfold.data.words import quoted
from outfold.errors import ReadError

ROWS = 10_000
_HINT = 'A table in JSON is a list of records, such as [{"a": 1}, {"a": 2}].'
Record = dict[str, Any]


def read_json(path: Path, options: ReadOptions) -> tuple[Source, list[str], dict[str, object]]:
    """A JSON document as a source.

    Raises:
        ReadError: No valid JSON, with the line; or no table in it.
    """
    characters = find_characters(path, options.encoding)
    with Utf8(path, characters) as stream:
        text = stream.read().decode("utf-8", "replace")
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and text.lstrip().startswith("{"):
            return read_ndjson(path, options)
        raise ReadError(
            f"Line {error.lineno:,}, character {error.colno:,}: no valid JSON ({error.msg}).",
            "Mend the file, or save the table as CSV.",
        ) from None
    except RecursionError:
        raise ReadError("The JSON is nested too deeply to be a table.", _HINT) from None
    del text
    records, notes = _records(document)
    if not records:
        raise ReadError("The JSON holds an empty list.", _HINT)
    keys = list(dict.fromkeys(k for r in records for k in r))
    _check_width(keys)
    names, name_notes = repaired(keys)
    rows = [[_cell(r.get(k)) for k in keys] for r in records]
    found: dict[str, object] = {"encoding": characters.encoding}
    return from_rows(names, rows), ["JSON.", *notes, *name_notes], found


def _records(document: Any) -> tuple[list[Record], list[str]]:
    """The rows of a document, in whichever of the usual ways it is written."""
    if isinstance(document, dict):
        inner = [
            k for k, v in document.items() if isinstance(v, list) and v and isinstance(v[0], dict)
        ]
        if set(document) >= {"columns", "data"} and isinstance(document["data"], list):
            columns = [str(c) for c in document["columns"]]
            return [dict(zip(columns, row, strict=False)) for row in document["data"]], []
        if len(inner) == 1:
            return _records(document[inner[0]])[0], [f"The table is under {quoted(inner[0])}."]
        values = list(document.values())
        if values and all(isinstance(v, list) for v in values):
            longest = max(len(v) for v in values)
            if any(len(v) != longest for v in values):
                raise ReadError("The columns in the JSON have different lengths.", _HINT)
            return [{k: v[i] for k, v in document.items()} for i in range(longest)], []
        if values and all(isinstance(v, dict) for v in values):
            index = list(dict.fromkeys(i for v in values for i in v))
            return [{k: v.get(i) for k, v in document.items()} for i in index], []
        raise ReadError("The JSON is one record, not a table.", _HINT)
    if not isinstance(document, list):
        raise ReadError("The JSON is a single value, not a table.", _HINT)
    if document and all(isinstance(r, list) for r in document):
        head, *rest = document
        if rest and all(isinstance(c, str) for c in head):
            return [dict(zip(head, row, strict=False)) for row in rest], []
        return [{f"column {i}": c for i, c in enumerate(r, 1)} for r in document], []
    for i, record in enumerate(document):
        if not isinstance(record, dict):
            raise ReadError(
                f"Entry {i + 1:,} of the list is no record but {quoted(json.dumps(record), 30)}.",
                _HINT,
            )
    return [_flat(r) for r in document], []


def _flat(record: Record, before: str = "", depth: int = 0) -> Record:
    """A record whose inner records are columns of their own: ``address.city``."""
    flat: Record = {}
    for key, value in record.items():
        name = f"{before}{key}"
        if isinstance(value, dict) and value and depth < 5:
            flat |= _flat(value, f"{name}.", depth + 1)
        else:
            flat[name] = value
    return flat


def _cell(value: Any) -> Any:
    """A cell as a plain value; lists stay readable as JSON text."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False) if value else None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        return str(value)
    return value


def _check_width(keys: list[str]) -> None:
    if not keys:
        raise ReadError("The records in the JSON are empty.", _HINT)
    if len(keys) > MAX_COLUMNS:
        raise ReadError(f"There are {len(keys):,} columns.", f"The limit is {MAX_COLUMNS:,}.")


def read_ndjson(path: Path, options: ReadOptions) -> tuple[Source, list[str], dict[str, object]]:
    """JSON lines, one record a line, as a source that never holds the whole file.

    Raises:
        ReadError: A line that is no record, with its number.
    """
    characters = find_characters(path, options.encoding)
    kinds: dict[str, set[pa.DataType]] = {}
    for records in _chunks(path, characters):
        for key in dict.fromkeys(k for r in records for k in r):
            cells = [c for r in records if (c := _cell(r.get(key))) not in (None, "")]
            seen = kinds.setdefault(key, set())
            if cells:
                seen.add(column_type(cells))
        _check_width(list(kinds))
    if not kinds:
        raise ReadError("There are no records in the file.", _HINT)
    keys = list(kinds)
    types = [_common(kinds[k]) for k in keys]
    names, name_notes = repaired(keys)

    def batches() -> Iterator[Batch]:
        for records in _chunks(path, characters):
            yield [
                column_array([_cell(r.get(k)) for r in records], kind)
                for k, kind in zip(keys, types, strict=True)
            ]

    source = Source(names, types, batches)
    return source, ["JSON lines.", *name_notes], {"encoding": characters.encoding}


def _common(seen: set[pa.DataType]) -> pa.DataType:
    if len(seen) == 1:
        return next(iter(seen))
    return pa.float64() if seen == {pa.int64(), pa.float64()} else pa.string()


def _chunks(path: Path, characters: Characters) -> Iterator[list[Record]]:
    held: list[Record] = []
    number, rest = 0, b""
    with Utf8(path, characters) as stream:
        while True:
            piece = stream.read(1 << 20)
            lines = (rest + piece).split(b"\n")
            rest = lines.pop() if piece else b""
            for line in lines:
                number += 1
                if line.strip():
                    held.append(_record(line, number))
                    if len(held) == ROWS:
                        yield held
                        held = []
            if not piece:
                break
    if held:
        yield held


def _record(line: bytes, number: int) -> Record:
    try:
        record = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        reason = getattr(error, "msg", "nested too deeply")
        raise ReadError(
            f"Line {number:,}: no valid JSON ({reason}).", "Mend the line; each holds one record."
        ) from None
    if not isinstance(record, dict):
        raise ReadError(f"Line {number:,}: no record.", 'Each line holds one, such as {"a": 1}.')
    return _flat(record)
