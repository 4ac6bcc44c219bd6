"""How much each column alone says about the target."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from outfold.data.schema import Schema
from outfold.explore.associate import associate
from outfold.explore.associations import SIGNIFICANT, Associations, Pair
from outfold.explore.columns import Columns, LeftOut, read_columns
from outfold.explore.interval import ratio_interval, table_interval
from outfold.explore.linear import fisher_interval
from outfold.explore.measures import MEASURES, Measure, Report, part_of
from outfold.explore.nominal import contingency
from outfold.task import Task, is_classification

MOST_INTERVALS = 200
"""Intervals are computed for this many of the most relevant columns."""


@dataclass(frozen=True, slots=True)
class Relevant:
    """One column's association with the target.

    Attributes:
        column: The column.
        measure: What was measured.
        value: Signed where the measure is. Correlation ratios and Cramér's V are corrected for
            what chance gives a column with many levels, so that columns can be compared.
        low: Lower end of the interval; NaN where the measure has none.
        high: Upper end.
        interval: How the interval was made, or nothing.
        strength: From 0 to 1, comparable between measures; what the ranking goes by.
        p_value: That there is no association.
        p_adjusted: After Benjamini & Hochberg's correction over the columns.
        n: Rows in which both are present.
        reason: Why there is no value, or nothing.
    """

    column: str
    measure: Measure | None
    value: float
    low: float
    high: float
    interval: str
    strength: float
    p_value: float
    p_adjusted: float
    n: int
    reason: str


@dataclass(frozen=True, slots=True)
class Relevance:
    """Every column's association with the target, the strongest first.

    Attributes:
        target: The column that is predicted.
        rows: One for each column; those without a value stand last.
        level: Confidence of the intervals, 0 to 1.
        left_out: Columns that take no part, and why.
        notes: Sentences about what was sampled or is doubtful.
    """

    target: str
    rows: tuple[Relevant, ...]
    level: float
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]

    def __iter__(self) -> Iterator[Relevant]:
        return iter(self.rows)

    def strengths(self) -> dict[str, float]:
        """Each column's strength, for ``redundancy``."""
        return {row.column: row.strength for row in self.rows}

    def significant(self, level: float = SIGNIFICANT) -> tuple[str, ...]:
        """Columns whose adjusted p-value is below a level, the strongest first."""
        return tuple(row.column for row in self.rows if row.p_adjusted < level)

    def frame(self) -> pd.DataFrame:
        """One row a column, in the fields of ``Relevant``."""
        fields = Relevant.__dataclass_fields__
        return pd.DataFrame({f: [getattr(row, f) for row in self.rows] for f in fields})


def relevance(
    frame: pd.DataFrame,
    schema: Schema,
    target: str,
    *,
    task: Task | None = None,
    prefer: Collection[Measure] = (),
    level: float = 0.95,
    max_rows: int | None = None,
    seed: int = 0,
    report: Report | None = None,
) -> Relevance:
    """Rank the columns by their association with the target, one at a time.

    A column may be worthless alone and matter with others, or the reverse.

    Args:
        frame: The typed table.
        schema: Its columns' types.
        target: The column that is predicted.
        task: With a classification a target of numbers counts as classes.
        prefer: Measures that take the place of the usual ones, as in ``associate``; with
            ``mutual_info`` for all columns alike, binned and without intervals.
        level: Confidence of the intervals, 0 to 1.
        max_rows: Draw this many rows by chance where there are more.
        seed: Of that draw.
        report: Is told how much is done, 0 to 1; what it raises stops the work.

    Raises:
        UnknownNameError: The target cannot take part.
    """
    classes = (target,) if task is not None and is_classification(task) else ()
    found = associate(
        frame,
        schema,
        "mutual_info" if "mutual_info" in prefer else "auto",
        prefer=() if "mutual_info" in prefer else prefer,
        target=target,
        max_rows=max_rows,
        seed=seed,
        as_levels=classes,
        report=part_of(report, 0.0, 0.6),
    )
    data = read_columns(frame, schema, max_rows=max_rows, seed=seed, as_levels=classes)
    strength = found.strength()
    rows = [_row(pair, target, s) for pair, s in zip(found, strength, strict=True)]
    groups = {row.column: _groups(row, data, target) for row in rows if row.measure == "eta"}
    observed = {row.column: row.value for row in rows}
    rows = [_corrected(row, groups.get(row.column, 0)) for row in rows]
    rows.sort(key=lambda row: (np.isnan(row.strength), -row.strength, row.p_value))
    done = part_of(report, 0.6, 0.4)
    for place, row in enumerate(rows[:MOST_INTERVALS]):
        interval = _interval(row, observed[row.column], groups, data, target, level)
        rows[place] = _with_interval(row, interval)
        done((place + 1) / min(len(rows), MOST_INTERVALS))
    notes = list(found.notes)
    if len(rows) > MOST_INTERVALS:
        notes.append(f"Intervals are given for the {MOST_INTERVALS} most relevant columns.")
    return Relevance(target, tuple(rows), level, _others(found, target), tuple(notes))


def _others(found: Associations, target: str) -> tuple[LeftOut, ...]:
    return tuple(c for c in found.left_out if c.name != target)


def _row(pair: Pair, target: str, strength: float) -> Relevant:
    return Relevant(
        pair.b if pair.a == target else pair.a,
        pair.measure,
        pair.value,
        np.nan,
        np.nan,
        "",
        float(strength),
        pair.p_value,
        pair.p_adjusted,
        pair.n,
        pair.reason,
    )


def _groups(row: Relevant, data: Columns, target: str) -> int:
    """Levels of the one of the two that has levels, among the shared rows."""
    number, levels = row.column, target
    if target in data.number_names:
        number, levels = target, row.column
    values = data.numbers[data.number_names.index(number)]
    codes = data.codes[data.level_names.index(levels)]
    return int((np.bincount(codes[~np.isnan(values) & (codes >= 0)]) > 0).sum())


def _corrected(row: Relevant, groups: int) -> Relevant:
    """The correlation ratio without what the number of levels gives (Kelley 1935)."""
    if row.measure != "eta" or row.reason:
        return row
    share = 1 - (1 - row.value**2) * (row.n - 1) / (row.n - groups)
    value = max(0.0, share) ** 0.5
    return replace(row, value=value, strength=value)


def _interval(
    row: Relevant,
    observed: float,
    groups: Mapping[str, int],
    data: Columns,
    target: str,
    level: float,
) -> tuple[float, float, str]:
    """The ends of a column's interval and how it was made."""
    if row.measure in ("pearson", "spearman", "point_biserial"):
        factor = 1.06 if row.measure == "spearman" else 1.0
        return (*fisher_interval(row.value, row.n, level, factor), "Fisher's z")
    if row.measure == "eta":
        return (*ratio_interval(observed**2, row.n, groups[row.column], level), "noncentral F")
    if row.measure in ("cramers_v", "cramers_v_corrected"):
        a, b = (data.level_names.index(c) for c in (row.column, target))
        table = contingency(data.codes[a], data.codes[b], len(data.levels[a]), len(data.levels[b]))
        return (*table_interval(table, level), "delta method")
    return (np.nan, np.nan, "")


def _with_interval(row: Relevant, interval: tuple[float, float, str]) -> Relevant:
    low, high, how = interval
    if row.reason or np.isnan(low):
        return row
    return replace(row, low=low, high=high, interval=how)


def measure_label(row: Relevant) -> str:
    """The measure as people read it, with the correction named."""
    if row.measure is None:
        return "nothing"
    if row.measure == "eta":
        return "Correlation ratio, corrected for the number of levels"
    return MEASURES[row.measure].label
