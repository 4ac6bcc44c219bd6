"""The process that reads a file: ``python -m outfold.data.read_child REQUEST``.

What a file holds is not trusted, so it is looked at here, apart from the application. REQUEST is a
JSON file with ``path``, ``name``, ``options`` and ``folder``; the table goes to ``table.parquet``
in that folder, and what was found, or what is wrong, to ``result.json``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from outfold.data.describe import describe_stored
from outfold.data.formats import Found, head_of, recognise
from outfold.data.large.opening import is_large, open_large
from outfold.data.options import ReadOptions
from outfold.data.typed import Source, plan, write
from outfold.data.unpack import unpack
from outfold.errors import OutfoldError, ReadError
from outfold.hashing import plain

WHOLE_FILE = "whole.parquet"
"""The whole table where what is read is a sample of it and it had to be converted first."""


def open_source(
    path: Path, name: str, options: ReadOptions
) -> tuple[Source, list[str], dict[str, object], str]:
    """A plain file as a source: with notes, the options found, and the format.

    Raises:
        ReadError: It cannot be read.
    """
    head = head_of(path, name)
    found = Found(options.format) if options.format else recognise(head, name)
    notes = list(found.notes)
    options_found: dict[str, object] = {}
    if found.format == "excel":
        from outfold.data.excel import read_excel

        source, more, options_found = read_excel(path, options)
    elif found.format in ("parquet", "feather"):
        from outfold.data import columnar

        read = columnar.read_parquet if found.format == "parquet" else columnar.read_feather
        source, more = read(path)
    elif found.format in ("json", "ndjson"):
        from outfold.data import json_table

        read_it = json_table.read_json if found.format == "json" else json_table.read_ndjson
        source, more, options_found = read_it(path, options)
    else:
        from outfold.data.delimited import read_delimited

        source, more, options_found = read_delimited(path, options)
    return source, [*notes, *more], options_found, found.format


def read_into(folder: Path, path: Path, name: str, options: ReadOptions) -> dict[str, Any]:
    """Read a file into ``table.parquet``; what was found, as plain values."""
    if is_parquet(path, name) and is_large(path, options):
        return {**open_large(folder, path, options), "options": _sampling(options, "parquet")}
    plain_file = unpack(path, folder, options.max_bytes, options.member, name)
    try:
        source, notes, found, kind = open_source(plain_file.path, plain_file.name, options)
        decided = plan(source)
    except ReadError as error:
        if not (misnamed := _misnamed(plain_file.path, plain_file.name, options)):
            raise
        raise ReadError(f"{misnamed} {error.message}", error.hint) from None
    table = folder / "table.parquet"
    key = write(source, decided, table)
    found = {"format": kind, **found}
    if plain_file.member is not None:
        found["member"] = plain_file.member
    if options.missing is not None:
        found["missing"] = options.missing
    if options.ragged != "auto":
        found["ragged"] = options.ragged
    if is_large(table, options):
        # Written in a stream, so the whole table lies here as Parquet and was never held.
        whole = table.rename(folder / WHOLE_FILE)
        sample = open_large(folder, whole, options, source.declared)
        told = [*plain_file.notes, *notes, *decided.notes, *sample["notes"][1:]]
        return {**sample, "notes": told, "options": found | _sampling(options, kind)}
    schema, in_memory = describe_stored(table, source.declared)
    return {
        "key": key,
        "n_rows": decided.n_rows,
        "schema": plain(schema),
        "notes": [*plain_file.notes, *notes, *decided.notes],
        "options": found,
        "bytes_in_memory": in_memory,
    }


def _misnamed(path: Path, name: str, options: ReadOptions) -> str:
    """That a file's name promises something else than its content, or nothing."""
    try:
        return "" if options.format else " ".join(recognise(head_of(path, name), name).notes)
    except ReadError:
        return ""


def is_parquet(path: Path, name: str) -> bool:
    """Whether a file is Parquet as it lies there, not packed."""
    return head_of(path, name).startswith(b"PAR1")


def _sampling(options: ReadOptions, kind: str) -> dict[str, object]:
    given = {"format": kind, "rows": options.rows, "stratify": options.stratify}
    return {k: v for k, v in given.items() if v is not None}


def main(request_path: str) -> None:
    """Answer one request."""
    request = json.loads(Path(request_path).read_text("utf-8"))
    folder = Path(request["folder"])
    try:
        options = ReadOptions.of(request["options"])
        result = read_into(folder, Path(request["path"]), request["name"], options)
    except OutfoldError as error:
        result = {"error": error.message, "hint": error.hint}
    (folder / "result.json").write_text(json.dumps(result), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
