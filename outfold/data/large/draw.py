"""A sample of a large table's rows that is the same on every machine, with any number of threads.

Each row has a hash of its cells, and those with the least hashes are taken: of all rows, or of each
value of one column in proportion. Which rows that are depends neither on the order in which the
engine meets them nor on their order in the file, and a smaller sample lies within a larger one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from outfold.data.large.engine import LargeTable, damaged
from outfold.data.words import quoted
from outfold.errors import UnknownNameError

ROWS = 200_000
"""Rows of a sample unless another number is asked for."""
FEWEST = 20
"""Rows of each value that the sample has at least, where the table has as many."""
MOST_VALUES = 50
"""Values that a column may have for the sample to keep their proportions."""
ALIKE = 0.5
"""Below this share of different rows, equal rows are told apart by their place in the file: taken
by their hash alone, all of a kind would be in the sample or none."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sample.

    Attributes:
        table: Its rows in the file's order, columns under their names in the file.
        stratified: The column whose values keep their proportions; empty for none.
        notes: How it was drawn.
    """

    table: pa.Table
    stratified: str
    notes: tuple[str, ...]


def draw(table: LargeTable, rows: int, by: str = "") -> Drawn:
    """Draw a sample.

    Args:
        table: The open file.
        rows: Rows wanted; more where rare values get their fewest rows.
        by: The column whose values keep their proportions, if they are at most 50; empty for none.

    Raises:
        UnknownNameError: There is no such column.
        ReadError: The file is damaged.
    """
    rows = min(rows, table.n_rows)
    strata: list[tuple[object, int]] = [(None, table.n_rows)]
    if by:
        strata = _strata(table, by)
        by = by if len(strata) > 1 else ""
    sizes = allocated([n for _, n in strata], rows)
    found = _least(table, by, strata, sizes, "hash({cells})")
    notes = []
    if len(np.unique(found["h"].to_numpy())) < ALIKE * len(found):
        notes.append("Many rows are equal; which of them are in the sample goes by their place.")
        found = _least(table, by, strata, sizes, "hash({cells}, file_row_number)")
    table_rows = found.drop_columns(["h", "stratum", "place"])
    more = f" (those with fewer than {FEWEST} rows are taken whole)" if by else ""
    how = f"the values of {quoted(by)} in proportion{more}" if by else "drawn by chance"
    notes.insert(0, f"A sample of {len(table_rows):,} of {table.n_rows:,} rows, {how}; the same "
                    "rows whenever this file is opened.")  # fmt: skip
    return Drawn(table_rows, by, tuple(notes))


def _strata(table: LargeTable, by: str) -> list[tuple[object, int]]:
    """The values of a column with their rows; a single one where they are too many."""
    try:
        value = table[by].value
    except KeyError:
        raise UnknownNameError(
            f"The table has no column {quoted(by)}.",
            "It has " + ", ".join(c.name for c in table.columns[:20]) + ".",
        ) from None
    found = table.rows(
        f"SELECT {value}, count(*) FROM {{t}} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST_VALUES + 2}"
    )
    if sum(v is not None for v, _ in found) > MOST_VALUES:
        return [(None, table.n_rows)]
    return [(v, int(n)) for v, n in found]


def allocated(counts: Sequence[int], rows: int) -> list[int]:
    """Rows for each stratum: in proportion by largest remainders, rare ones at least 20 if there.

    Args:
        counts: Rows of each stratum.
        rows: Rows of all, at most their sum.
    """
    share = rows / sum(counts)
    exact = [n * share for n in counts]
    sizes = [math.floor(e) for e in exact]
    order = sorted(range(len(counts)), key=lambda i: (sizes[i] - exact[i], i))
    for i in order[: rows - sum(sizes)]:
        sizes[i] += 1
    if len(counts) == 1:
        return sizes
    return [min(n, max(size, FEWEST)) for n, size in zip(counts, sizes, strict=True)]


def _least(
    table: LargeTable,
    by: str,
    strata: Sequence[tuple[object, int]],
    sizes: Sequence[int],
    hashed: str,
) -> pa.Table:
    """The rows with the least hashes of each stratum, in the file's order."""
    import duckdb

    hashed = hashed.replace("{cells}", ", ".join(c.value for c in table.columns))
    # A little more than wanted passes the threshold, so that the least can be taken exactly.
    limits = [
        2**64 - 1 if size >= n else min(2**64 - 1, int(2**64 * (size + 8 * size**0.5 + 40) / n))
        for (_, n), size in zip(strata, sizes, strict=True)
    ]
    stratum, threshold = "0", f"{limits[0]}::UBIGINT"
    if by:
        names, cases = [], []
        for place, ((value, _), limit) in enumerate(zip(strata, limits, strict=True)):
            test = f"{table[by].value} IS NOT DISTINCT FROM {_literal(value)}"
            names.append(f"WHEN {test} THEN {place}")
            cases.append(f"WHEN {test} THEN {limit}::UBIGINT")
        stratum = f"CASE {' '.join(names)} END"
        threshold = f"CASE {' '.join(cases)} END"
    cells = ", ".join(f"{c.raw} AS c{i}" for i, c in enumerate(table.columns))
    query = (
        f"SELECT * FROM (SELECT {cells}, {hashed} AS h, {stratum} AS stratum, "
        f"file_row_number AS place, {threshold} AS most FROM {table.scan}) WHERE h <= most"
    )
    try:
        found: pa.Table = table.connection.sql(query).to_arrow_table()
    except duckdb.Error as error:
        raise damaged(error) from None
    of, least, place = (found[n].to_numpy() for n in ("stratum", "h", "place"))
    order = np.lexsort((place, least, of))
    rank = np.arange(len(order)) - np.searchsorted(of[order], of[order])
    kept = order[rank < np.asarray(sizes)[of[order].astype(np.intp)]]
    found = found.take(kept[np.argsort(place[kept], kind="stable")]).drop_columns(["most"])
    return found.rename_columns(
        [*(c.name for c in table.columns), *found.column_names[len(table.columns) :]]
    )


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"
