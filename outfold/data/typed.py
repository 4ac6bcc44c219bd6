"""From cells to typed columns: two passes over a source, never holding the table.

A ``Source`` can be gone over any number of times. ``plan`` sees all of it and decides what each
column is; ``typed`` goes over it again and yields the values; ``write`` stores them as Parquet.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from outfold.data.cells import MISSING, Reading, convert
from outfold.data.probe import Probe
from outfold.data.typing_notes import column_notes
from outfold.errors import ReadError
from outfold.hashing import KEY_LENGTH

GROUP_BYTES = 16 << 20
"""About how much is gathered before a row group is written."""

Batch = Sequence[pa.Array]


@dataclass(slots=True)
class Source:
    """A table that can be gone over repeatedly, in pieces.

    Attributes:
        names: The columns, unique and not empty.
        types: The Arrow type of each column in every piece; string columns are still cells.
        batches: Starts anew and yields one array per column.
        missing: Cells that mean missing, in string columns.
        decimal: The decimal mark in string columns.
        numbers: Whether string columns may turn out to be numbers or truth values.
        declared: Columns that the source itself calls categorical.
        place: Says where a row (from 0) stands in the file, such as ``line 17``.
    """

    names: list[str]
    types: list[pa.DataType]
    batches: Callable[[], Iterator[Batch]]
    missing: tuple[str, ...] = MISSING
    decimal: str = "."
    numbers: bool = True
    declared: frozenset[str] = frozenset()
    place: Callable[[int], str] = lambda row: f"row {row + 1:,}"


@dataclass(slots=True)
class Plan:
    """What was found out in the first pass.

    Attributes:
        n_rows: Rows.
        readings: What each string column is; None for columns that have their type already.
        types: The Arrow type that each column is stored as.
        notes: What was found, in sentences.
    """

    n_rows: int
    readings: list[Reading | None]
    types: list[pa.DataType]
    notes: list[str] = field(default_factory=list)


def is_text(kind: pa.DataType) -> bool:
    """Whether an Arrow type is one of the string types."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def plan(source: Source) -> Plan:
    """Look at the whole table once and decide what every column is.

    Raises:
        ReadError: No rows, or just one.
    """
    probes: list[Probe | None] = [
        Probe(source.missing, source.decimal, source.numbers) if is_text(kind) else None
        for kind in source.types
    ]
    nulls: Counter[int] = Counter()
    n_rows = empty_rows = 0
    for batch in source.batches():
        n_rows += len(batch[0]) if batch else 0
        void: pa.Array | None = None
        for i, (probe, array) in enumerate(zip(probes, batch, strict=True)):
            if probe is not None:
                probe.feed(array)
                gone = _blank(array) if void is None or pc.any(void).as_py() else void
            else:
                nulls[i] += array.null_count
                gone = pc.is_null(array, nan_is_null=pa.types.is_floating(array.type))
            void = gone if void is None else pc.and_(void, gone)
        empty_rows += (pc.sum(void).as_py() or 0) if void is not None else 0
    check_rows(n_rows)
    readings = [probe.reading() if probe is not None else None for probe in probes]
    types = [
        stored(reading, kind, nulls[i] > 0)
        for i, (reading, kind) in enumerate(zip(readings, source.types, strict=True))
    ]
    found = [
        (name, probe, reading)
        for name, probe, reading in zip(source.names, probes, readings, strict=True)
        if probe is not None and reading is not None
    ]
    notes = column_notes(found, n_rows, empty_rows, source.place)
    if len(types) > n_rows:
        notes.append(f"There are more columns ({len(types):,}) than rows ({n_rows:,}).")
    return Plan(n_rows, readings, types, notes)


def check_rows(n_rows: int) -> None:
    """Refuse a table that has no rows, or one."""
    if n_rows == 0:
        raise ReadError(
            "There are column names but no rows below them.", "A table needs at least two rows."
        )
    if n_rows == 1:
        raise ReadError("There is only one row.", "A table needs at least two rows.")


def _blank(cells: pa.Array) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(cells, r"^[\s,;]*$"), True)


def stored(reading: Reading | None, kind: pa.DataType, nulls: bool) -> pa.DataType:
    """The Arrow type that a column is stored as."""
    if reading is not None:
        return {
            "int": pa.int64(),
            "float": pa.float64(),
            "bool": pa.bool_(),
            "date": pa.timestamp("us"),
            "text": pa.large_string(),
        }[reading.kind]
    if pa.types.is_boolean(kind):
        return pa.bool_()
    if pa.types.is_integer(kind):
        return pa.float64() if nulls or pa.types.is_uint64(kind) else pa.int64()
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return pa.timestamp("us")
    if pa.types.is_time(kind):
        return pa.large_string()
    return pa.float64()


def value(array: pa.Array, to: pa.DataType) -> pa.Array:
    """A typed array in the type that it is stored as; NaN becomes null, zones become UTC."""
    if pa.types.is_timestamp(array.type) and array.type.tz:
        array = pc.cast(array, pa.timestamp(array.type.unit, "UTC"))
        array = pc.cast(array, pa.timestamp(array.type.unit))
    if pa.types.is_duration(array.type):
        seconds = pc.divide(pc.cast(pc.cast(array, pa.duration("us")), pa.int64()), 1e6)
        return pc.cast(seconds, to)
    if pa.types.is_floating(array.type) or pa.types.is_decimal(array.type):
        array = pc.cast(array, pa.float64(), safe=False)
        finite = pc.fill_null(pc.is_finite(array), False)
        return pc.if_else(finite, array, pa.scalar(None, pa.float64()))
    return pc.cast(array, to, safe=False)


def typed(source: Source, found: Plan) -> Iterator[list[pa.Array]]:
    """The values of every column, piece by piece."""
    for batch in source.batches():
        yield [
            convert(array, reading) if reading is not None else value(array, to)
            for array, reading, to in zip(batch, found.readings, found.types, strict=True)
        ]


class Fingerprint:
    """The content key of a table: its names, types and values, not how they are stored."""

    def __init__(self, names: Iterable[str], types: Sequence[pa.DataType]) -> None:
        self._names = list(names)
        self._types = [str(t) for t in types]
        self._payload = [hashlib.sha256() for _ in types]
        self._shape = [hashlib.sha256() for _ in types]

    def feed(self, arrays: Sequence[pa.Array]) -> None:
        """Take in the next rows; where a piece ends makes no difference."""
        for array, payload, shape in zip(arrays, self._payload, self._shape, strict=True):
            if is_text(array.type):
                lengths = pc.fill_null(pc.binary_length(array), -1)
                shape.update(memoryview(pc.cast(lengths, pa.int64()).to_numpy()))
                payload.update(_letters(array))
            else:
                valid = pc.cast(pc.is_valid(array), pa.uint8())
                shape.update(memoryview(valid.to_numpy()))
                if pa.types.is_boolean(array.type):
                    array = pc.cast(array, pa.uint8())
                whole = pc.fill_null(array, pa.scalar(0, pa.int64()).cast(array.type))
                payload.update(memoryview(whole.to_numpy().view("uint8")))

    def key(self) -> str:
        """24 hex digits."""
        digest = hashlib.sha256()
        for name, kind, payload, shape in zip(
            self._names, self._types, self._payload, self._shape, strict=True
        ):
            digest.update(f"{len(name)}:{name}:{kind}:".encode())
            digest.update(payload.digest() + shape.digest())
        return digest.hexdigest()[:KEY_LENGTH]


def _letters(array: pa.Array) -> memoryview:
    """The UTF-8 bytes of a string array, one cell after another."""
    whole = pc.cast(pc.fill_null(array, ""), pa.large_string())
    _, offsets, data = whole.buffers()
    if data is None:
        return memoryview(b"")
    ends = np.frombuffer(offsets, dtype=np.int64)
    first, last = ends[whole.offset], ends[whole.offset + len(whole)]
    return memoryview(data)[first:last]


def write(source: Source, found: Plan, path: Path) -> str:
    """Store a table as Parquet; its content key."""
    schema = pa.schema([pa.field(n, t) for n, t in zip(source.names, found.types, strict=True)])
    marks = Fingerprint(source.names, found.types)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        held: list[pa.RecordBatch] = []
        size = 0
        for arrays in typed(source, found):
            marks.feed(arrays)
            batch = pa.RecordBatch.from_arrays(list(arrays), schema=schema)
            held.append(batch)
            size += batch.nbytes
            if size >= GROUP_BYTES:
                writer.write_table(pa.Table.from_batches(held, schema))
                held, size = [], 0
        if held:
            writer.write_table(pa.Table.from_batches(held, schema))
    return marks.key()
