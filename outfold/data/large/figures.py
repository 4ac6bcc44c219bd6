"""Figures of every column of a large table, from a few passes over its file."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from outfold.data.large.engine import LargeColumn, LargeTable
from outfold.data.profile import BINS, TOP, Histogram

EXACT = 30_000
"""Up to about so many distinct values are counted one by one; of more, a thinned set of them."""
QUARTERS = {"q1": 0.25, "median": 0.5, "q3": 0.75}


@dataclass(frozen=True, slots=True)
class Figures:
    """One column of a large table.

    Attributes:
        missing: Missing cells; exact.
        unique: Distinct values; exact where ``unique_error`` is 0.
        unique_error: Half the width of the 95 % interval of ``unique``, as a share of it.
        summary: As in ``outfold.data.profile.ColumnProfile``; quartiles are the sample's.
        histogram: Exact counts; None where a column has neither numbers nor few words.
    """

    missing: int
    unique: int
    unique_error: float = 0.0
    summary: Mapping[str, Any] = field(default_factory=dict)
    histogram: Histogram | None = None


def figures(table: LargeTable) -> dict[str, Figures]:
    """The figures of every column, by name.

    Counts, extremes, means, standard deviations and histograms are exact. Distinct values are
    counted one by one where they are few; else those whose hash falls in a thin slice are counted
    and scaled up (Bar-Yossef et al. 2002). Quartiles are left undefined: see ``with_quartiles``.

    Raises:
        ReadError: The file is damaged.
    """
    first = _first_pass(table)
    return {c.name: _of(table, c, first[c.name]) for c in table.columns}


def with_quartiles(found: Mapping[str, Figures], sample: pa.Table) -> dict[str, Figures]:
    """The figures with the quartiles of a sample, whose error is known where others' is not.

    The share of rows below a sample's quartile is off by at most about 1 / sqrt(n) for n rows of
    the sample (95 %).

    Args:
        found: The figures of every column.
        sample: Rows drawn by chance, columns under the same names.
    """
    done = dict(found)
    for name, old in found.items():
        if "median" not in old.summary:
            continue
        values = sample[name].drop_null().to_numpy().astype(np.float64)
        values = values[np.isfinite(values)]
        if len(values):
            quarters = np.quantile(values, list(QUARTERS.values()))
            told = dict(zip(QUARTERS, map(float, quarters), strict=True))
            done[name] = dataclasses.replace(old, summary={**old.summary, **told})
    return done


def _first_pass(table: LargeTable) -> dict[str, dict[str, Any]]:
    """One pass over the file: counts, extremes, means and quantiles of all columns."""
    wanted: list[tuple[str, str, str]] = []
    for place, column in enumerate(table.columns):
        x = f"v{place}"
        wanted.append((column.name, "known", f"count({x})"))
        if column.kind == "truth":
            wanted.append((column.name, "true", f"count_if({x})"))
            continue
        wanted.append((column.name, "rough", f"approx_count_distinct({x})"))
        if column.kind == "words":
            continue
        wanted += [(column.name, "low", f"min({x})"), (column.name, "high", f"max({x})")]
        if column.kind == "number":
            wanted += [
                (column.name, "mean", f"avg({x})"),
                (column.name, "sd", f"stddev_samp({x})"),
            ]
    values = ", ".join(f"{c.value} AS v{i}" for i, c in enumerate(table.columns))
    row = table.rows(
        f"SELECT {', '.join(e for _, _, e in wanted)} FROM (SELECT {values} FROM {{t}})"
    )[0]
    found: dict[str, dict[str, Any]] = {c.name: {} for c in table.columns}
    for (name, figure, _), value in zip(wanted, row, strict=True):
        found[name][figure] = value
    return found


def _of(table: LargeTable, column: LargeColumn, first: Mapping[str, Any]) -> Figures:
    missing = table.n_rows - int(first["known"])
    if column.kind == "truth":
        true = int(first["true"])
        counts = {"True": true, "False": int(first["known"]) - true}
        top = sorted(((k, v) for k, v in counts.items() if v), key=lambda kv: (-kv[1], kv[0]))
        return Figures(missing, len(top), 0.0, _top(top), _levels(top, 0))
    unique, error = _distinct(table, column, int(first["rough"]))
    unique = min(unique, int(first["known"]))
    if column.kind == "words":
        if error:
            return Figures(missing, unique, error)
        top = [
            (str(level), int(rows))
            for level, rows in table.rows(
                f"SELECT {column.value}, count(*) FROM {{t}} "
                f"WHERE {column.value} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {TOP}"
            )
        ]
        others = int(first["known"]) - sum(rows for _, rows in top)
        return Figures(missing, unique, error, _top(top), _levels(top, others))
    if column.kind == "time":
        low, high = first["low"], first["high"]
        ends = {"first": _iso(low), "last": _iso(high)}
        drawn = Histogram()
        if low is not None:
            drawn = _binned(table, f"({column.value} / 1e6)", low / 1e6, high / 1e6, whole=False)
        return Figures(missing, unique, error, ends, drawn)
    names = ("mean", "sd", "min", "q1", "median", "q3", "max")
    if not first["known"]:
        return Figures(missing, 0, 0.0, dict.fromkeys(names, math.nan), Histogram())
    low, high = float(first["low"]), float(first["high"])
    values = (first["mean"], first["sd"], low, None, None, None, high)
    summary = {n: math.nan if v is None else float(v) for n, v in zip(names, values, strict=True)}
    return Figures(
        missing, unique, error, summary,
        _binned(table, column.value, low, high, whole=_whole(table, column, high - low)),
    )  # fmt: skip


def _whole(table: LargeTable, column: LargeColumn, width: float) -> bool:
    """Whether all numbers are whole, where that decides how they are binned."""
    x = column.value
    return width < BINS and bool(table.rows(f"SELECT bool_and({x} = floor({x})) FROM {{t}}")[0][0])


def _distinct(table: LargeTable, column: LargeColumn, rough: int) -> tuple[int, float]:
    """Distinct values of a column and the relative half width of their 95 % interval."""
    if rough <= EXACT:
        row = table.rows(f"SELECT count(DISTINCT {column.value}) FROM {{t}}")[0]
        return int(row[0]), 0.0
    # One in 2^k of all values; which one it is depends on the value alone.
    bits = max(1, math.ceil(math.log2(rough / EXACT)))
    row = table.rows(
        f"SELECT count(DISTINCT h) FROM (SELECT hash({column.value}) AS h FROM {{t}} "
        f"WHERE {column.value} IS NOT NULL) WHERE h & {(1 << bits) - 1} = 0"
    )[0]
    kept = int(row[0])
    return kept << bits, 1.96 / math.sqrt(max(kept, 1))


def _binned(table: LargeTable, value: str, low: float, high: float, *, whole: bool) -> Histogram:
    """Bins as in ``outfold.data.profile``: at most 20 of equal width, or one per whole number."""
    if low == high:
        edges = np.array([low - 0.5, high + 0.5])
    elif whole and high - low < BINS:
        edges = np.arange(low - 0.5, high + 1)
    else:
        edges = np.linspace(low, high, BINS + 1)
        if not np.all(np.diff(edges) > 0):
            edges = np.array([low, high])
    n = len(edges) - 1
    width = (float(edges[-1]) - float(edges[0])) / n
    at_edge = f"floor(({value} - {float(edges[0])!r}) / {width!r})"
    place = f"least({n - 1}, greatest(0, {at_edge}))::UTINYINT"
    counts = np.zeros(n, dtype=np.int64)
    for at, rows in table.rows(
        f"SELECT {place} AS b, count(*) FROM {{t}} WHERE {value} IS NOT NULL GROUP BY 1"
    ):
        counts[int(at)] = rows
    return Histogram(tuple(int(c) for c in counts), tuple(float(e) for e in edges))


def _top(top: list[tuple[str, int]]) -> dict[str, Any]:
    return {"top": [{"level": level, "rows": rows} for level, rows in top]}


def _levels(top: list[tuple[str, int]], others: int) -> Histogram:
    return Histogram(
        counts=tuple(rows for _, rows in top), levels=tuple(level for level, _ in top),
        others=others,
    )  # fmt: skip


def _iso(microseconds: int | None) -> str | None:
    if microseconds is None:
        return None
    return (dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=int(microseconds))).isoformat()
