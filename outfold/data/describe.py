"""What kind of column each one is, and its counts: from the values, one column at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from outfold.data.distinct import DistinctWords
from outfold.data.schema import Column, ColumnType, Schema

MAX_LEVELS = 1000
FEW_LEVELS = 50
READ_BYTES = 16 << 20
_ID_NAME = re.compile(
    r"(^|[^a-z])(id|ids|uuid|guid|index|idx|row|rownames|nr|no|number|key|pid|instant|order|serial)"
    r"([^a-z]|$)|[a-z](ID|Id)$"
)


def natural(text: str) -> tuple[tuple[int, float, str], ...]:
    """A key that sorts ``9`` before ``10`` and ``a`` beside ``A``."""
    try:
        return ((0, float(text), text),)
    except ValueError:
        pass
    parts = re.split(r"(\d+)", text.casefold())
    return (
        (1, 0.0, ""),
        *((0, float(p), p) if p.isdigit() and p.isascii() else (1, 0.0, p) for p in parts if p),
        (1, 0.0, text),
    )


def summarise(
    name: str, values: pa.ChunkedArray, kind: ColumnType | None = None, declared: bool = False
) -> tuple[Column, int]:
    """One column's type and counts, and the bytes that it takes in memory.

    Args:
        name: The column's name.
        values: Its values: int64, float64, bool, timestamp, string or dictionary of strings.
        kind: Its type, where that is settled.
        declared: Whether its source calls it categorical.
    """
    n = len(values)
    missing = values.null_count
    storage = values.type
    if not pa.types.is_primitive(storage):
        found = DistinctWords()
        for chunk in values.chunks:
            found.feed(chunk)
        return words_column(name, found, kind, declared)
    if pa.types.is_boolean(storage):
        seen = [v for v in (False, True) if v in pc.unique(values).to_pylist()]
        column = Column(name, kind or "boolean", missing, len(seen), tuple(str(v) for v in seen))
        return column, 2 * n
    if pa.types.is_timestamp(storage):
        return Column(name, kind or "datetime", missing, n_distinct(values)), 8 * n
    unique = n_distinct(values)
    if kind is None:
        kind = "identifier" if _numbers_rows(name, values, unique) else "numeric"
    return Column(name, kind, missing, unique), 8 * n


def n_distinct(values: pa.ChunkedArray) -> int:
    """How many different values a column of numbers or dates has, missing ones not counted."""
    known = values.drop_null()
    if not len(known):
        return 0
    numbers = known.to_numpy()
    if numbers.dtype.kind == "M":
        numbers = numbers.view(np.int64)
    ordered = np.sort(numbers)
    return 1 + int(np.count_nonzero(ordered[1:] != ordered[:-1]))


def _numbers_rows(name: str, values: pa.ChunkedArray, unique: int) -> bool:
    """Whether whole numbers merely name the rows: all different, and counted up or called an id."""
    n = len(values)
    if n < 20 or unique < n or not pa.types.is_integer(values.type):
        return False
    if _ID_NAME.search(name) or _ID_NAME.search(name.lower()):
        return True
    bounds = pc.min_max(values).as_py()
    return bounds["min"] in (0, 1) and bounds["max"] - bounds["min"] == n - 1


def words_column(
    name: str, found: DistinctWords, kind: ColumnType | None = None, declared: bool = False
) -> tuple[Column, int]:
    """A text column's type and counts, and the bytes that it takes in memory."""
    n, unique = found.n, found.unique()
    if kind is None:
        known = n - found.missing
        kind = "categorical" if declared else text_type(found.words, unique, known)
    if kind != "categorical":
        return Column(name, kind, found.missing, unique), found.letters + 8 * (n + 1) + n // 8
    levels = sorted(found.words.to_pylist(), key=natural) if unique <= MAX_LEVELS else []
    width = 1 if unique < 128 else 2 if unique < 32768 else 4
    length = pc.mean(pc.binary_length(found.words)).as_py() or 0
    size = width * n + (round(length) + 8) * unique
    return Column(name, kind, found.missing, unique, tuple(levels)), size


def text_type(words: pa.Array, unique: int, n_known: int) -> ColumnType:
    """Categorical, text or identifier, by how often the words of a column come back.

    Args:
        words: Distinct words of the column, not necessarily all.
        unique: How many there are.
        n_known: Cells that are not missing.
    """
    if unique <= 2 or n_known < 20:
        return "categorical"
    share = unique / n_known
    blanks = pc.mean(pc.count_substring(words, " ")).as_py()
    length = pc.mean(pc.utf8_length(words)).as_py()
    wordy = (blanks >= 2.5 and length >= 15) or length > 60
    if wordy and unique > 20 and share > 0.2:
        return "text"
    if share > 0.95:
        return "identifier"
    if share > 0.5 and unique > FEW_LEVELS:
        return "text"
    return "categorical"


def columns_of(
    path: Path, text: Iterable[str], names: Sequence[str] | None = None
) -> Iterator[tuple[str, pa.ChunkedArray]]:
    """The columns of a stored table, a few at a time; those in ``text`` as dictionaries."""
    stored = pq.ParquetFile(path, read_dictionary=list(text))
    names = stored.schema_arrow.names if names is None else list(names)
    n_rows = max(stored.metadata.num_rows, 1)
    step = max(1, READ_BYTES // (8 * n_rows))
    for start in range(0, len(names), step):
        wanted = names[start : start + step]
        # Asking for 'a' also brings 'a.b', because dots are taken for nesting.
        piece = stored.read(columns=wanted, use_threads=False).select(wanted)
        yield from zip(piece.column_names, piece.columns, strict=True)
        del piece


def describe_stored(path: Path, declared: frozenset[str] = frozenset()) -> tuple[Schema, int]:
    """The schema of a stored table, and the bytes that it takes in memory."""
    arrow = pq.read_schema(path)
    text = [f.name for f in arrow if pa.types.is_large_string(f.type)]
    found = {name: DistinctWords() for name in text}
    if text:
        stored = pq.ParquetFile(path)
        for group in range(stored.num_row_groups):
            piece = stored.read_row_group(group, columns=text, use_threads=False)
            for name in text:
                for chunk in piece.column(name).chunks:
                    found[name].feed(chunk)
    columns = {name: words_column(name, found[name], None, name in declared) for name in text}
    for name, values in columns_of(path, [], [n for n in arrow.names if n not in found]):
        columns[name] = summarise(name, values)
    total = sum(size for _, size in columns.values())
    return Schema(tuple(columns[name][0] for name in arrow.names)), total
