"""DataFrames from stored columns, in the one form that everything else relies on.

numeric: float64 (missing is NaN) or int64. categorical: ``category`` of str, levels in natural
order. boolean: ``boolean``. datetime: ``datetime64`` without a zone. text: ``str``. identifier:
``str`` or int64.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from outfold.data.describe import columns_of, natural
from outfold.data.schema import ColumnType, Schema

WHOLE_BYTES = 128 << 20
"""Tables above this are kept column by column, because joining them would double the memory."""


def load(path: Path, schema: Schema, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """The DataFrame of a stored table, or some of its columns in the order asked for."""
    wanted = list(schema.names() if columns is None else columns)
    text = [c.name for c in schema.columns if c.type in ("categorical",)]
    stored = set(pq.read_schema(path).names)
    assert stored >= set(wanted)
    series = {
        name: series_of(name, values, schema[name].type)
        for name, values in columns_of(path, text, wanted)
    }
    if not series:
        return pd.DataFrame(index=pd.RangeIndex(pq.read_metadata(path).num_rows))
    pa.default_memory_pool().release_unused()
    large = sum(s.memory_usage(deep=False) for s in series.values()) > WHOLE_BYTES
    return pd.DataFrame({n: series[n] for n in wanted}, copy=not large)


def series_of(name: str, values: pa.ChunkedArray, kind: ColumnType) -> pd.Series:
    """One stored column as a Series of its type; its memory is its own and writable."""
    storage = values.type
    if kind == "categorical":
        return pd.Series(_categories(values), name=name)
    if pa.types.is_boolean(storage):
        return pd.Series(values.to_pandas(types_mapper=lambda _: pd.BooleanDtype()), name=name)
    if pa.types.is_dictionary(storage):
        values = values.cast(pa.large_string())
    if pa.types.is_large_string(values.type):
        return pd.Series(values, name=name, dtype="str")
    # to_numpy of one chunk is a read-only view; scikit-learn wants to write now and then.
    return pd.Series(np.array(values.to_numpy()), name=name)


def _categories(values: pa.ChunkedArray) -> pd.Categorical:
    if not pa.types.is_dictionary(values.type):
        values = values.dictionary_encode()
    values = values.unify_dictionaries()
    words = values.chunk(0).dictionary.to_pylist() if values.num_chunks else []
    codes = [c.indices.fill_null(-1).to_numpy(zero_copy_only=False) for c in values.chunks]
    seen = np.zeros(len(words) + 1, dtype=bool)
    for piece in codes:
        seen[piece] = True
    order = sorted(np.flatnonzero(seen[:-1]).tolist(), key=lambda code: natural(words[code]))
    # One place more for the code -1 of a missing cell; small codes, or the column is four times
    # as large for a moment.
    size = np.int8 if len(order) < 128 else np.int16 if len(order) < 32768 else np.int32
    place = np.full(len(words) + 1, -1, dtype=size)
    place[order] = np.arange(len(order), dtype=size)
    own = np.concatenate([place[piece] for piece in codes]) if codes else place[:0]
    levels = pd.Index([words[code] for code in order], dtype="str")
    return pd.Categorical.from_codes(own.astype(size, copy=False), categories=levels)
