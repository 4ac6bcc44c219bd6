"""Opening a large table: its figures, a sample, and types that all of its rows decide."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from outfold.data.columnar import read_parquet
from outfold.data.describe import columns_of, describe_stored, summarise
from outfold.data.infer import infer
from outfold.data.large.draw import ROWS, draw
from outfold.data.large.engine import opened
from outfold.data.large.figures import Figures, figures, with_quartiles
from outfold.data.large.keeping import FIGURES_FILE
from outfold.data.large.memory import decoded_size, largest_table
from outfold.data.large.whole import Whole
from outfold.data.options import ReadOptions
from outfold.data.propose import propose_target, propose_task
from outfold.data.schema import ColumnType, Schema
from outfold.data.typed import is_text, plan, write
from outfold.data.words import size
from outfold.errors import ReadError
from outfold.hashing import key_of, key_of_file, plain
from outfold.task import is_classification

LOOKED_AT = 20_000
"""Rows at the beginning of the file by which a target is proposed."""
NEARLY = 0.97
"""Counted with an error, so many of the rows being different means all of them."""


def is_large(path: Path, options: ReadOptions) -> bool:
    """Whether a Parquet file is worked with as a sample.

    It is where it would take more than the share of memory, or where fewer rows are asked for.
    A damaged file is none: reading it says what is wrong.
    """
    try:
        n_rows, decoded = pq.read_metadata(path).num_rows, decoded_size(path)
    except (pa.ArrowException, OSError):
        return False
    return decoded > largest_table() or (options.rows is not None and options.rows < n_rows)


def check_fits(path: Path, rows: int) -> None:
    """Refuse a sample that would itself be too large.

    Raises:
        ReadError: It would take more than the share of memory; the text says how many rows would
            not.
    """
    each = decoded_size(path) / max(pq.read_metadata(path).num_rows, 1)
    most = int(largest_table() / each)
    if rows > most:
        raise ReadError(
            f"A sample of {rows:,} rows would take {size(rows * each)}, more than the "
            f"{size(largest_table())} that one table may take here.",
            f"Take at most {most:,} rows, or raise OUTFOLD_MEMORY_SHARE.",
        )


def open_large(
    folder: Path, path: Path, options: ReadOptions, declared: Collection[str] | None = None
) -> dict[str, Any]:
    """Look at a Parquet file where it lies and draw a sample of it into ``table.parquet``.

    Args:
        folder: Where the sample, the figures and scratch files go.
        path: The file.
        options: How many rows, and the column that keeps its proportions.
        declared: Columns that are categorical by declaration; as the file says unless given.

    Returns:
        What ``outfold.data.read_child`` answers, with ``whole``; the figures of all rows lie in
        ``figures.json``.

    Raises:
        ReadError: The file is damaged, or the column asked for cannot keep its proportions.
    """
    decoded = decoded_size(path)
    rows = options.rows
    if rows is None:
        rows = min(ROWS, int(largest_table() / decoded * pq.read_metadata(path).num_rows))
    check_fits(path, min(rows, pq.read_metadata(path).num_rows))
    with ThreadPoolExecutor(1) as beside, opened(path, folder) as table:
        key = beside.submit(key_of_file, path)
        found = figures(table)
        by = _classes(path) if options.stratify is None else options.stratify
        drawn = draw(table, rows, by)
        notes, n_rows = table.notes, table.n_rows
        declared = frozenset(table.source.declared if declared is None else declared)
        names = [c.name for c in table.columns]
        whole_key = key.result()
    found = with_quartiles(found, drawn.table)
    raw = folder / "sample.parquet"
    pq.write_table(drawn.table, raw)
    source, _ = read_parquet(raw)
    source.declared, source.names = declared, names
    decided = plan(source)
    stored = folder / "table.parquet"
    sample_key = write(source, decided, stored)
    schema, in_memory = describe_stored(stored, declared)
    schema = _types_of_whole(stored, schema, found, n_rows, declared)
    held = {n: plain(_finite(f)) for n, f in found.items()}
    (folder / FIGURES_FILE).write_text(json.dumps(held), "utf-8")
    stat = path.stat()
    whole = Whole(
        whole_key, str(path), n_rows, stat.st_size, stat.st_mtime_ns, decoded, drawn.stratified
    )
    return {
        "key": key_of("sample", whole_key, sample_key),
        "n_rows": decided.n_rows,
        "schema": plain(schema),
        "notes": [*notes, _why(decoded, options), *drawn.notes, *decided.notes],
        "bytes_in_memory": in_memory,
        "whole": plain(whole),
    }


def _why(decoded: int, options: ReadOptions) -> str:
    if decoded > largest_table():
        return (
            f"It would take about {size(decoded)} in memory, more than the {size(largest_table())} "
            "that one table may take here, so it stays in its file."
        )
    return f"A sample of {options.rows:,} rows was asked for."


def _classes(path: Path) -> str:
    """The column that looks most like a target of classes; empty for none."""
    source, _ = read_parquet(path)
    first = next(iter(source.batches()), None)
    if first is None or len(first[0]) < 2:
        return ""
    arrays = [a.slice(0, LOOKED_AT) for a in first]
    head = pa.table(dict(zip(source.names, arrays, strict=True))).to_pandas()
    for name in source.declared:
        head[name] = head[name].astype("category")
    frame, schema = infer(pd.DataFrame(head))
    target = propose_target(frame, schema)
    if target is None:
        return ""
    task = propose_task(frame[target], schema[target].type)
    return target if is_classification(task) else ""


def _types_of_whole(
    path: Path, schema: Schema, found: Mapping[str, Figures], n_rows: int, declared: Collection[str]
) -> Schema:
    """The sample's columns with the types that all rows call for.

    Words and whole numbers that never come back in a sample may well do so in the table.
    """
    kinds = dict(zip(*_stored(path), strict=True))
    changed: dict[str, ColumnType] = {}
    for column in schema.columns:
        all_rows = found[column.name]
        known = n_rows - all_rows.missing
        if column.type == "identifier" and all_rows.unique < NEARLY * known:
            if not is_text(kinds[column.name]):
                changed[column.name] = "numeric"
            else:
                changed[column.name] = "categorical" if all_rows.unique <= known / 2 else "text"
    again = {
        name: summarise(name, values, changed[name], name in declared)[0]
        for name, values in columns_of(path, [], list(changed))
    }
    return Schema(tuple(again.get(c.name, c) for c in schema.columns))


def _stored(path: Path) -> tuple[list[str], list[pa.DataType]]:
    arrow = pq.read_schema(path)
    return arrow.names, arrow.types


def _finite(found: Figures) -> Figures:
    """The same figures with what is undefined as None, for JSON."""
    told = {
        k: None if isinstance(v, float) and not math.isfinite(v) else v
        for k, v in found.summary.items()
    }
    return dataclasses.replace(found, summary=told)
