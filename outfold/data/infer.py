"""Column types of a DataFrame: found out, described, and changed at the analyst's word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from outfold.data.cells import MISSING, convert
from outfold.data.columnar import plain_array, plain_type
from outfold.data.describe import summarise
from outfold.data.frames import series_of
from outfold.data.names import repaired
from outfold.data.probe import Probe
from outfold.data.schema import COLUMN_TYPES, Column, ColumnType, Schema
from outfold.data.typed import Batch, Source, is_text, plan, typed
from outfold.data.words import quoted
from outfold.errors import OutfoldError, UnknownNameError

ROWS = 1 << 17

_TRUE = ("true", "yes", "y", "t", "1", "1.0", "on")
_FALSE = ("false", "no", "n", "f", "0", "0.0", "off")


def source_of_frame(frame: pd.DataFrame) -> tuple[Source, list[str]]:
    """A DataFrame as a source: its values with their types, text still to be looked at.

    A named index becomes a column. Text turns into numbers, truth values or dates only where every
    cell is one; only empty text is taken as missing.
    """
    if frame.index.name is not None:
        frame = frame.reset_index()
    names, notes = repaired(frame.columns)
    arrays = [_arrow(frame.iloc[:, i]) for i in range(frame.shape[1])]
    declared = frozenset(
        n for n, a in zip(names, arrays, strict=True) if pa.types.is_dictionary(a.type)
    )
    types = [plain_type(a.type) for a in arrays]

    def batches() -> Iterator[Batch]:
        for start in range(0, len(frame), ROWS):
            yield [plain_array(a.slice(start, ROWS)) for a in arrays]

    return Source(names, types, batches, missing=(), declared=declared), notes


def _arrow(series: pd.Series) -> pa.Array:
    if isinstance(series.dtype, pd.CategoricalDtype):
        # Levels need not be text: an integer category is a label all the same.
        series = series.cat.rename_categories([_label(c) for c in series.cat.categories])
    try:
        array = pa.Array.from_pandas(series)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        array = pa.array([None if pd.isna(v) else str(v) for v in series], pa.large_string())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _label(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def infer(frame: pd.DataFrame) -> tuple[pd.DataFrame, Schema]:
    """The same table with typed columns, and its schema.

    Raises:
        ReadError: Fewer than two rows.
    """
    source, _ = source_of_frame(frame)
    found = plan(source)
    columns: list[Column] = []
    series: dict[str, pd.Series] = {}
    pieces = list(typed(source, found))
    for i, name in enumerate(source.names):
        values = pa.chunked_array([p[i] for p in pieces], type=found.types[i])
        column, _ = summarise(name, values, declared=name in source.declared)
        columns.append(column)
        series[name] = series_of(name, values, column.type)
    return pd.DataFrame(series), Schema(tuple(columns))


def describe(frame: pd.DataFrame, types: Mapping[str, ColumnType]) -> Schema:
    """The schema of a typed table whose column types are settled; those not named are found out."""
    columns = []
    for position, name in enumerate(frame.columns):
        array = _arrow(frame.iloc[:, position])
        if pa.types.is_floating(array.type):
            array = pa.array(array, from_pandas=True)
        values = pa.chunked_array([array])
        if pa.types.is_null(array.type):
            values = values.cast(pa.float64())
        declared = pa.types.is_dictionary(array.type)
        columns.append(summarise(str(name), values, types.get(str(name)), declared)[0])
    return Schema(tuple(columns))


def retype(frame: pd.DataFrame, types: Mapping[str, ColumnType]) -> pd.DataFrame:
    """A table with some columns in other types; the table given is left as it is.

    Raises:
        UnknownNameError: No such column.
        OutfoldError: A value cannot be of that type; the text names the first one and its row.
    """
    changed: dict[str, pd.Series] = {}
    for name, kind in types.items():
        if name not in frame.columns:
            raise UnknownNameError(
                f"There is no column {quoted(name)}.", "Choose one of the table."
            )
        if kind not in COLUMN_TYPES:
            raise OutfoldError(
                f"There is no column type {kind!r}.", "Known are " + ", ".join(COLUMN_TYPES) + "."
            )
        changed[name] = as_type(frame[name], kind)
    return frame.assign(**changed) if changed else frame


def as_type(series: pd.Series, kind: ColumnType) -> pd.Series:
    """A column in another type.

    Raises:
        OutfoldError: A value cannot be of that type; the text names the first one and its row.
    """
    if kind == "numeric":
        return _as_numbers(series)
    if kind == "boolean":
        return _as_truth(series)
    if kind == "datetime":
        return _as_dates(series)
    if kind == "identifier" and pd.api.types.is_integer_dtype(series.dtype):
        return (
            series.astype("int64")
            if not series.isna().any()
            else _series(series, _words(series), kind)
        )
    return _series(series, _words(series), kind)


def _series(series: pd.Series, words: pa.Array, kind: ColumnType) -> pd.Series:
    made = series_of(str(series.name), pa.chunked_array([words]), kind)
    return made.set_axis(series.index)


def _words(series: pd.Series) -> pa.Array:
    """The cells as text: ``3`` rather than ``3.0`` where all numbers are whole."""
    array = _arrow(series)
    if pa.types.is_dictionary(array.type):
        return pc.cast(array.dictionary_decode(), pa.large_string())
    if pa.types.is_floating(array.type):
        array = pa.array(array, from_pandas=True)
        known = array.drop_null()
        if (
            pc.all(pc.equal(pc.floor(known), known)).as_py()
            and pc.all(pc.less(pc.abs(known), 2**53)).as_py()
        ):
            array = pc.cast(array, pa.int64())
    if pa.types.is_boolean(array.type):
        return pc.if_else(array, "True", "False").cast(pa.large_string())
    if pa.types.is_timestamp(array.type):
        text = pc.strftime(array, "%Y-%m-%d %H:%M:%S")
        return pc.replace_substring_regex(text, r" 00:00:00(\.0+)?$", "").cast(pa.large_string())
    return pc.cast(array, pa.large_string())


def _refuse(series: pd.Series, row: int, value: object, what: str, hint: str) -> OutfoldError:
    return OutfoldError(
        f"{quoted(series.name)} cannot be {what}: row {row + 1:,} holds {quoted(value)}.", hint
    )


def _as_numbers(series: pd.Series) -> pd.Series:
    array = _arrow(series)
    if pa.types.is_boolean(array.type):
        made = pc.cast(array, pa.float64() if array.null_count else pa.int64())
        return series_of(str(series.name), pa.chunked_array([made]), "numeric").set_axis(
            series.index
        )
    if pa.types.is_timestamp(array.type):
        row = int(pc.index(pc.is_valid(array), True).as_py())
        raise _refuse(
            series, row, array[row], "a number", "Keep it a date; its parts are derived later."
        )
    if not (pa.types.is_dictionary(array.type) or is_text(array.type)):
        return series
    words = _words(series)
    for decimal in (".", ","):
        probe = Probe(MISSING, decimal)
        probe.feed(words)
        reading = probe.reading()
        if reading.kind in ("int", "float"):
            values = pa.chunked_array([convert(words, reading)])
            return series_of(str(series.name), values, "numeric").set_axis(series.index)
        if reading.code == "zeros":
            made = pc.cast(pc.utf8_trim_whitespace(words), pa.float64())
            return series_of(str(series.name), pa.chunked_array([made]), "numeric").set_axis(
                series.index
            )
    plain = Probe(MISSING)
    plain.feed(words)
    row, cell = plain.first_unfit or (0, str(words[0]))
    raise _refuse(series, row, cell, "a number", "Mend or drop such cells, or keep it categorical.")


def _as_truth(series: pd.Series) -> pd.Series:
    if isinstance(series.dtype, pd.BooleanDtype):
        return series
    words = _words(series)
    lower = pc.utf8_lower(words)
    true = pc.is_in(lower, value_set=pa.array(_TRUE, pa.large_string()))
    known = pc.or_(true, pc.is_in(lower, value_set=pa.array(_FALSE, pa.large_string())))
    bad = pc.and_(pc.invert(known), pc.is_valid(words))
    if pc.any(bad).as_py():
        row = pc.index(bad, True).as_py()
        raise _refuse(
            series, row, words[row], "boolean", "It takes true and false, yes and no, or 1 and 0."
        )
    values = pc.if_else(pc.is_valid(words), true, pa.scalar(None, pa.bool_()))
    return series_of(str(series.name), pa.chunked_array([values]), "boolean").set_axis(series.index)


def _as_dates(series: pd.Series) -> pd.Series:
    array = _arrow(series)
    if pa.types.is_timestamp(array.type):
        return series
    words = _words(series)
    probe = Probe(MISSING, numbers=False)
    probe.feed(words)
    reading = probe.reading()
    if reading.kind == "date":
        made = pa.chunked_array([convert(words, reading)])
        return series_of(str(series.name), made, "datetime").set_axis(series.index)
    row = int(pc.index(pc.is_valid(words), True).as_py())
    if probe.ambiguous_dates:
        raise _refuse(
            series, row, words[row], "a date without knowing whether day or month stands first",
            "Use the fix that asks which, or write dates as 2024-12-31.",
        )  # fmt: skip
    raise _refuse(
        series, _first_undated(words, row), words[_first_undated(words, row)], "a date",
        "Dates are written as 2024-12-31 or 31/12/2024, the same way in every row.",
    )  # fmt: skip


def _first_undated(words: pa.Array, otherwise: int) -> int:
    for i, word in enumerate(words.to_pylist()):
        if word is None or word in MISSING or not word.strip():
            continue
        probe = Probe(MISSING, numbers=False)
        probe.feed(pa.array([word], pa.large_string()))
        if probe.reading().kind != "date" and not probe.ambiguous_dates:
            return i
    return otherwise
