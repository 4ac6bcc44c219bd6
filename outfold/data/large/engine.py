"""A Parquet file as DuckDB sees it: a connection with bounds, and each column as an expression.

DuckDB goes over the file in pieces on every core and keeps to a memory limit by writing to a
scratch folder, so the file may be larger than memory. ``benchmarks/large.py`` has it beside Polars.
"""

from __future__ import annotations

import contextlib
import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from outfold.data.columnar import is_column, plain_type, read_parquet
from outfold.data.typed import Source, is_text
from outfold.errors import ReadError

MEMORY = 1 << 30
"""Bytes that the engine may hold; beyond that it writes to the scratch folder."""

PIECE = 1 << 16
"""Rows handed on at a time."""

Kind = Literal["number", "truth", "time", "words"]

_DIVISORS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


@dataclass(frozen=True, slots=True)
class LargeColumn:
    """One column of the file.

    Attributes:
        name: Its name, repaired as on any reading.
        kind: What its values are.
        raw: The column in SQL.
        value: Its values in SQL: numbers and truth values as such, times as microseconds since
            1970, everything else as words; NULL where missing, which NaN and infinite are too.
    """

    name: str
    kind: Kind
    raw: str
    value: str


@dataclass(frozen=True, slots=True)
class LargeTable:
    """A file that is open in the engine.

    Attributes:
        connection: The DuckDB connection.
        scan: The file in SQL, for FROM.
        columns: The columns that a table can have.
        source: The same file as a source, for names, types and notes.
        notes: What was left out or changed.
        n_rows: Rows.
    """

    connection: Any
    scan: str
    columns: tuple[LargeColumn, ...]
    source: Source
    notes: tuple[str, ...]
    n_rows: int

    def __getitem__(self, name: str) -> LargeColumn:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query in which ``{t}`` stands for the file.

        Raises:
            ReadError: The file is damaged.
        """
        import duckdb

        try:
            found: list[tuple[Any, ...]] = self.connection.execute(
                query.replace("{t}", self.scan)
            ).fetchall()
        except duckdb.Error as error:
            raise damaged(error) from None
        return found

    def numbers(self, names: Sequence[str]) -> Iterator[npt.NDArray[np.float64]]:
        """Columns of numbers, times (in seconds) or truth values (0 and 1), piece by piece.

        Yields:
            Pieces of rows in the file's order, shape (n_columns, some rows); NaN is missing.

        Raises:
            ReadError: The file is damaged.
        """
        import duckdb

        def value(column: LargeColumn) -> str:
            number = f"({column.value})::DOUBLE"
            return f"{number} / 1e6" if column.kind == "time" else number

        cells = ", ".join(f"{value(self[n])} AS c{i}" for i, n in enumerate(names))
        try:
            reader = self.connection.sql(f"SELECT {cells} FROM {self.scan}")
            for batch in reader.to_arrow_reader(PIECE):
                yield np.array([c.to_numpy(zero_copy_only=False) for c in batch.columns])
        except duckdb.Error as error:
            raise damaged(error) from None


def damaged(error: Exception) -> ReadError:
    """What is said where the engine cannot go through the file."""
    reason = (str(error).strip().splitlines() or ["it is cut off"])[0].rstrip(".")
    return ReadError(
        f"The Parquet file cannot be gone through: {reason[:150]}.", "Write or download it again."
    )


@contextlib.contextmanager
def opened(path: Path, scratch: Path) -> Iterator[LargeTable]:
    """A Parquet file open in the engine.

    Args:
        path: The file.
        scratch: A folder for what does not fit into memory.

    Raises:
        ReadError: It is damaged, or has no column that a table can have.
    """
    import duckdb

    source, notes = read_parquet(path)
    stored = pq.ParquetFile(path)
    fields = [(i, f) for i, f in enumerate(stored.schema_arrow) if is_column(f.type)]
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{MEMORY >> 20}MB",
        "temp_directory": str(scratch / "spilled"),
        "threads": str(max(1, len(os.sched_getaffinity(0)))),
        "autoload_known_extensions": "false",
        "autoinstall_known_extensions": "false",
    }
    # A name with a bracket or a star would be taken for a pattern of names.
    name = str(path) if glob.escape(str(path)) == str(path) else glob.escape(str(path))
    scan = f"read_parquet({_text(name)}, file_row_number = true)"
    with duckdb.connect(":memory:", config=settings) as connection:
        try:
            described = connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
        except duckdb.Error as error:
            raise damaged(error) from None
        columns = tuple(
            _column(called, _name(described[place][0]), field.type)
            for called, (place, field) in zip(source.names, fields, strict=True)
        )
        yield LargeTable(connection, scan, columns, source, tuple(notes), stored.metadata.num_rows)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _column(name: str, raw: str, kind: pa.DataType) -> LargeColumn:
    if pa.types.is_boolean(kind):
        return LargeColumn(name, "truth", raw, raw)
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return LargeColumn(name, "time", raw, f"epoch_us({raw})")
    if pa.types.is_duration(kind):
        # The file holds these as whole numbers of their unit.
        seconds = f"({raw}::BIGINT / {_DIVISORS[kind.unit]}.0)"
        return LargeColumn(name, "number", seconds, seconds)
    if pa.types.is_integer(kind) and not pa.types.is_uint64(kind):
        return LargeColumn(name, "number", raw, f"{raw}::BIGINT")
    if is_text(plain_type(kind)):
        return LargeColumn(name, "words", raw, f"{raw}::VARCHAR")
    number = f"{raw}::DOUBLE"
    return LargeColumn(name, "number", raw, f"CASE WHEN isfinite({number}) THEN {number} END")
