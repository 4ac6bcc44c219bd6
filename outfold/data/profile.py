"""A table at a glance: what each column holds and what was noticed."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from outfold.data.finding import Finding
from outfold.data.levels import level_counts
from outfold.data.propose import default_role
from outfold.data.quality import findings
from outfold.data.schema import Column, ColumnType, Role, Schema
from outfold.task import Task

BINS = 20
TOP = 20


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often values occur.

    Attributes:
        counts: Rows in each bin or level.
        edges: Of a numeric column its bin edges, one more than counts, the last bin closed; of a
            date/time column the same in seconds since 1970. Empty where there are levels.
        levels: The levels that are counted, most frequent first. Empty where there are edges.
        others: Rows of levels that are not among them.
    """

    counts: tuple[int, ...] = ()
    edges: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()
    others: int = 0


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column at a glance.

    Attributes:
        name: Its name.
        type: Its type.
        role: What it is for.
        missing: Missing cells.
        missing_share: The same as a share of the rows, 0 to 1.
        unique: Distinct values, missing ones not counted.
        summary: Of numbers: mean, sd (n - 1), min, q1, median, q3, max (linear interpolation, as
            R's type 7), and how many are infinite if any are. Of levels and truth values: ``top``,
            a list of level and rows. Of dates: first and last. Of text and identifiers: examples.
        histogram: At most 20 bins or levels; None for text and identifiers.
    """

    name: str
    type: ColumnType
    role: Role
    missing: int
    missing_share: float
    unique: int
    summary: Mapping[str, Any]
    histogram: Histogram | None

    def to_plain(self) -> dict[str, Any]:
        """The column as JSON can hold it."""
        drawn = self.histogram
        return {
            "name": self.name,
            "type": self.type,
            "role": self.role,
            "missing": self.missing,
            "missing_share": self.missing_share,
            "unique": self.unique,
            "summary": {k: _plain(v) for k, v in self.summary.items()},
            "histogram": None
            if drawn is None
            else {
                "counts": list(drawn.counts),
                "edges": list(drawn.edges),
                "levels": list(drawn.levels),
                "others": drawn.others,
            },
        }


@dataclass(frozen=True, slots=True)
class Profile:
    """A table at a glance.

    Attributes:
        rows: Number of rows.
        columns: Each column, in order.
        findings: What was noticed, serious things first.
    """

    rows: int
    columns: tuple[ColumnProfile, ...]
    findings: tuple[Finding, ...]

    def __getitem__(self, name: str) -> ColumnProfile:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def to_plain(self) -> dict[str, Any]:
        """The profile as the command line prints it: rows, n_columns, columns, findings."""
        return {
            "rows": self.rows,
            "n_columns": len(self.columns),
            "columns": [column.to_plain() for column in self.columns],
            "findings": [finding.to_plain() for finding in self.findings],
        }

    def to_json(self) -> str:
        """The profile as a JSON text; what is not defined, such as the mean of nothing, is null."""
        return json.dumps(self.to_plain(), allow_nan=False, ensure_ascii=False)


def profile(
    frame: pd.DataFrame,
    schema: Schema,
    target: str | None = None,
    roles: Mapping[str, Role] | None = None,
    task: Task | None = None,
    muted: Collection[str] = (),
) -> Profile:
    """What a table holds and what is wrong with it.

    Args:
        frame: The typed table.
        schema: Its columns.
        target: The column to predict, if one is chosen.
        roles: Roles other than those that ``outfold.data.propose.default_role`` gives.
        task: What kind of target it is; by default as its type says.
        muted: Codes of findings that are not wanted.
    """
    given = dict(roles or {})
    if target is not None:
        given[target] = "target"
    columns = tuple(
        column_profile(frame[c.name], c, given.get(c.name) or default_role(c))
        for c in schema.columns
    )
    unused = [c.name for c in columns if given.get(c.name) == "ignore"]
    return Profile(len(frame), columns, findings(frame, schema, target, muted, task, unused))


def column_profile(values: pd.Series, column: Column, role: Role = "feature") -> ColumnProfile:
    """One column at a glance."""
    if column.type == "numeric":
        summary, histogram = _numbers(values)
    elif column.type == "datetime":
        summary, histogram = _times(values)
    elif column.type in ("categorical", "boolean"):
        summary, histogram = _levels(values)
    else:
        summary = {"examples": [str(v) for v in values.dropna().head(200).unique()[:3]]}
        histogram = None
    return ColumnProfile(
        column.name,
        column.type,
        role,
        column.missing,
        column.missing / len(values) if len(values) else 0.0,
        column.unique,
        summary,
        histogram,
    )


def _numbers(values: pd.Series) -> tuple[dict[str, Any], Histogram]:
    known = values.dropna().to_numpy(dtype=np.float64)
    finite = known[np.isfinite(known)]
    names = ("mean", "sd", "min", "q1", "median", "q3", "max")
    if not len(finite):
        return dict.fromkeys(names, float("nan")), Histogram()
    quartiles = np.quantile(finite, [0, 0.25, 0.5, 0.75, 1])
    with np.errstate(over="ignore", invalid="ignore"):  # the sd of 1e300s is told as undefined
        spread = float(finite.std(ddof=1)) if len(finite) > 1 else float("nan")
        figures = [float(finite.mean()), spread, *(float(q) for q in quartiles)]
    summary: dict[str, Any] = dict(zip(names, figures, strict=True))
    if len(finite) < len(known):
        summary["infinite"] = len(known) - len(finite)
    return summary, _binned(finite)


def _binned(values: np.ndarray) -> Histogram:
    """At most 20 bins of equal width; whole numbers of few different values get one bin each."""
    low, high = float(values.min()), float(values.max())
    whole = high - low < BINS and bool(np.all(values == np.floor(values)))
    if low == high:
        edges = np.array([low - 0.5, high + 0.5])
    elif whole:
        edges = np.arange(low - 0.5, high + 1)
    else:
        edges = np.linspace(low, high, BINS + 1)
        if not np.all(np.diff(edges) > 0):  # so close together that no number lies between
            edges = np.array([low, high])
    counts, edges = np.histogram(values, bins=edges)
    return Histogram(tuple(int(c) for c in counts), tuple(float(e) for e in edges))


def _times(values: pd.Series) -> tuple[dict[str, Any], Histogram]:
    known = values.dropna()
    if known.empty:
        return {"first": None, "last": None}, Histogram()
    seconds = known.to_numpy().astype("datetime64[us]").astype(np.int64) / 1e6
    summary = {"first": known.min().isoformat(), "last": known.max().isoformat()}
    return summary, _binned(seconds)


def _levels(values: pd.Series) -> tuple[dict[str, Any], Histogram]:
    counts = level_counts(values)
    top = [(str(level), int(rows)) for level, rows in counts.head(TOP).items()]
    histogram = Histogram(
        counts=tuple(rows for _, rows in top),
        levels=tuple(level for level, _ in top),
        others=int(counts.iloc[TOP:].sum()),
    )
    return {"top": [{"level": level, "rows": rows} for level, rows in top]}, histogram


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
