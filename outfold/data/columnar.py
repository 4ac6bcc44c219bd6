"""Parquet and Feather: columns that already have types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather as feather
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

from outfold.data.names import repaired
from outfold.data.options import MAX_COLUMNS
from outfold.data.typed import Batch, Source
from outfold.data.words import count, listed
from outfold.errors import ReadError

ROWS = 1 << 16


def read_parquet(path: Path) -> tuple[Source, list[str]]:
    """A Parquet file as a source.

    Raises:
        ReadError: Damaged, or without columns that a table can have.
    """
    try:
        schema = pq.ParquetFile(path).schema_arrow
    except (pa.ArrowException, OSError) as error:
        raise _damaged("Parquet", error) from None

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            yield from pq.ParquetFile(path).iter_batches(ROWS, use_threads=False)
        except (pa.ArrowException, OSError) as error:
            raise _damaged("Parquet", error) from None

    return _source(schema, batches, "Parquet")


def read_feather(path: Path) -> tuple[Source, list[str]]:
    """A Feather (Arrow) file as a source.

    Raises:
        ReadError: Damaged, or without columns that a table can have.
    """
    try:
        with ipc.open_file(path) as reader:
            schema = reader.schema
    except (pa.ArrowException, OSError):
        return _old_feather(path)

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            with pa.memory_map(str(path)) as raw, ipc.open_file(raw) as again:
                for i in range(again.num_record_batches):
                    batch = again.get_batch(i)
                    for start in range(0, len(batch), ROWS):
                        yield batch.slice(start, ROWS)
        except (pa.ArrowException, OSError) as error:
            raise _damaged("Feather", error) from None

    return _source(schema, batches, "Feather")


def _old_feather(path: Path) -> tuple[Source, list[str]]:
    try:
        table = feather.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise _damaged("Feather", error) from None
    return _source(table.schema, lambda: iter(table.to_batches(ROWS)), "Feather")


def _damaged(kind: str, error: Exception) -> ReadError:
    reason = (str(error).strip().splitlines() or ["it is cut off"])[0].rstrip(".")
    return ReadError(
        f"The {kind} file is damaged or cut off: {reason[:150]}.", "Write or download it again."
    )


def is_column(kind: pa.DataType) -> bool:
    """Whether a table can have a column of this type: no lists, records or bytes."""
    tests = (
        pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal,
        pa.types.is_date, pa.types.is_timestamp, pa.types.is_time, pa.types.is_duration,
        pa.types.is_string, pa.types.is_large_string, pa.types.is_null,
    )  # fmt: skip
    if pa.types.is_dictionary(kind):
        return is_column(kind.value_type)
    return any(test(kind) for test in tests) or pa.types.is_string_view(kind)


def plain_type(kind: pa.DataType) -> pa.DataType:
    """The type of a column in the pieces of a source: labels, times of day and the like as text."""
    if pa.types.is_dictionary(kind) or pa.types.is_string_view(kind) or pa.types.is_time(kind):
        return pa.large_string()
    return pa.float64() if pa.types.is_null(kind) else kind


def plain_array(array: pa.Array) -> pa.Array:
    """An array in the type that ``plain_type`` names."""
    if pa.types.is_dictionary(array.type):
        return pc.cast(array.dictionary_decode(), pa.large_string())
    to = plain_type(array.type)
    return array if to == array.type else pc.cast(array, to)


def _source(
    schema: pa.Schema, batches: Callable[[], Iterator[pa.RecordBatch]], kind: str
) -> tuple[Source, list[str]]:
    notes = [f"{kind}, with the types that it holds."]
    kept = [i for i, f in enumerate(schema) if is_column(f.type)]
    if dropped := [f.name for i, f in enumerate(schema) if i not in set(kept)]:
        notes.append(
            f"{count(len(dropped), 'column')} of lists, records or bytes left out: "
            f"{listed(dropped)}."
        )
    if not kept:
        raise ReadError(f"The {kind} file has no column of numbers, words or dates.", "Flatten it.")
    if len(kept) > MAX_COLUMNS:
        raise ReadError(f"There are {len(kept):,} columns.", f"The limit is {MAX_COLUMNS:,}.")
    names, name_notes = repaired(schema.field(i).name for i in kept)
    if zoned := [
        n for n, i in zip(names, kept, strict=True) if getattr(schema.field(i).type, "tz", None)
    ]:
        notes.append(f"Times of {listed(zoned)} were moved to UTC.")
    declared = frozenset(
        n for n, i in zip(names, kept, strict=True) if pa.types.is_dictionary(schema.field(i).type)
    )

    def pieces() -> Iterator[Batch]:
        for batch in batches():
            yield [plain_array(batch.column(i)) for i in kept]

    types = [plain_type(schema.field(i).type) for i in kept]
    source = Source(names, types, pieces, missing=(), numbers=False, declared=declared)
    return source, notes + name_notes
