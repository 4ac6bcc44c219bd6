"""What kind of column each one is, and its counts: from the values, one column at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

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
    if (
        pa.types.is_dictionary(storage)
        or pa.types.is_string(storage)
        or pa.types.is_large_string(storage)
    ):
        return _text_column(name, values, kind, declared)
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


def _text_column(
    name: str, values: pa.ChunkedArray, kind: ColumnType | None, declared: bool
) -> tuple[Column, int]:
    n, missing = len(values), values.null_count
    if not pa.types.is_dictionary(values.type):
        values = values.dictionary_encode()
    values = values.unify_dictionaries()
    words = values.chunk(0).dictionary if values.num_chunks else pa.array([], pa.large_string())
    codes = [c.indices for c in values.chunks]
    used = pc.unique(pa.chunked_array(codes)).drop_null() if codes else pa.array([], pa.int32())
    words = words.take(used)
    unique = len(words)
    if kind is None:
        kind = "categorical" if declared else text_type(words, n - missing)
    if kind == "categorical":
        levels = sorted(words.to_pylist(), key=natural) if unique <= MAX_LEVELS else []
        width = 1 if unique < 128 else 2 if unique < 32768 else 4
        letters = pc.sum(pc.binary_length(words)).as_py() or 0
        return Column(name, kind, missing, unique, tuple(levels)), width * n + letters + 8 * unique
    lengths = pc.binary_length(values.chunk(0).dictionary) if unique else pa.array([], pa.int64())
    letters = sum(pc.sum(lengths.take(c.drop_null())).as_py() or 0 for c in codes) if unique else 0
    return Column(name, kind, missing, unique), letters + 8 * (n + 1) + n // 8


def text_type(words: pa.Array, n_known: int) -> ColumnType:
    """Categorical, text or identifier, by how often the words of a column come back.

    Args:
        words: The distinct words.
        n_known: Cells that are not missing.
    """
    unique = len(words)
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
    columns, total = [], 0
    for name, values in columns_of(path, text):
        column, size = summarise(name, values, declared=name in declared)
        columns.append(column)
        total += size
    return Schema(tuple(columns)), total
