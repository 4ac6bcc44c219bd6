"""Which tables are too large to be held: their size once decoded, beside a share of memory."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from outfold.errors import ParameterError

DEFAULT_SHARE = 0.04
"""A run holds a table about ten times: in the app, in each worker, and prepared for each fold. At
one part in 25 of memory each, more than half of it stays free."""

_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def memory() -> int:
    """The memory of this machine, or of the container where that has less, in bytes."""
    found = int(psutil.virtual_memory().total)
    for path in _LIMITS:
        try:
            text = Path(path).read_text().strip()
        except OSError:
            continue
        if text.isdigit():
            found = min(found, int(text))
    return found


def memory_share() -> float:
    """The share of memory that one table may take: ``OUTFOLD_MEMORY_SHARE``, else 0.04.

    Raises:
        ParameterError: It is no number above 0 and up to 1.
    """
    text = os.environ.get("OUTFOLD_MEMORY_SHARE", "").strip()
    if not text:
        return DEFAULT_SHARE
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise ParameterError(
            f"OUTFOLD_MEMORY_SHARE is {text!r}.", "It takes a number above 0 and up to 1."
        )
    return share


def largest_table() -> int:
    """The most that a table may take in memory before it is worked with as a sample, in bytes."""
    return int(memory() * memory_share())


def decoded_size(path: Path) -> int:
    """About what a Parquet file takes as a DataFrame, in bytes, from its footer alone.

    Numbers and dates take 8 bytes a row and truth values 2; words what they take uncompressed in
    the file, and 8 bytes more where they are not listed once in a dictionary.
    """
    stored = pq.ParquetFile(path)
    footer, types = stored.metadata, stored.schema_arrow.types
    n = footer.num_rows
    if footer.num_columns != len(types):  # nested columns: lists are left out on reading anyway
        return sum(footer.row_group(g).total_byte_size for g in range(footer.num_row_groups))
    total = 0
    for place, kind in enumerate(types):
        if pa.types.is_boolean(kind):
            total += 2 * n
        elif pa.types.is_primitive(kind) or pa.types.is_decimal(kind):
            total += 8 * n
        else:
            parts = [footer.row_group(g).column(place) for g in range(footer.num_row_groups)]
            listed = all("RLE_DICTIONARY" in p.encodings for p in parts)
            total += sum(p.total_uncompressed_size for p in parts) + (n if listed else 8 * n)
    return total
