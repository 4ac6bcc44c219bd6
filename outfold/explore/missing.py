"""Where values are missing, whether together, and whether that tells something of the target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.data.schema import Column, Schema
from outfold.errors import UnknownNameError
from outfold.explore.associate import associate
from outfold.explore.associations import SIGNIFICANT, Associations
from outfold.explore.measures import Measure, Report, part_of
from outfold.task import Task, is_classification


@dataclass(frozen=True, slots=True)
class Gap:
    """One column's missing values.

    Attributes:
        column: The column.
        missing: Rows without a value.
        share: Of all rows, 0 to 1.
        measure: How the relation to the target was measured, or None.
        value: Association of being missing with the target; NaN where there is none to measure.
        p_value: That being missing has nothing to do with the target.
        p_adjusted: After Benjamini & Hochberg's correction over the columns.
    """

    column: str
    missing: int
    share: float
    measure: Measure | None = None
    value: float = np.nan
    p_value: float = np.nan
    p_adjusted: float = np.nan

    @property
    def informative(self) -> bool:
        """Whether being missing tells something of the target, after correction."""
        return self.p_adjusted < SIGNIFICANT


@dataclass(frozen=True, slots=True)
class Pattern:
    """Columns that are missing in the same rows while all others are present.

    Attributes:
        columns: The missing ones; none for complete rows.
        rows: Rows with just this pattern.
    """

    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Missingness:
    """A table's missing values.

    Attributes:
        n_rows: Rows of the table.
        complete: Rows without any gap.
        gaps: Columns with a missing value, most missing first.
        patterns: The most frequent patterns, most rows first.
        n_patterns: How many patterns there are in all.
        together: Correlation (phi) of being missing between every two columns of ``gaps``;
            None with fewer than two.
        target: The column that the relation was measured to, or None.
    """

    n_rows: int
    complete: int
    gaps: tuple[Gap, ...]
    patterns: tuple[Pattern, ...]
    n_patterns: int
    together: Associations | None
    target: str | None

    def informative(self) -> tuple[str, ...]:
        """Columns whose being missing tells something of the target, strongest first."""
        told = sorted((g for g in self.gaps if g.informative), key=lambda g: -abs(g.value))
        return tuple(g.column for g in told)


def missingness(
    frame: pd.DataFrame,
    schema: Schema,
    target: str | None = None,
    *,
    task: Task | None = None,
    top: int = 20,
    report: Report | None = None,
) -> Missingness:
    """Find where values are missing and whether that is related to the target.

    A relation means that missing values must not be dropped or filled without a trace: being
    missing is itself a feature. No relation found does not prove that there is none.

    Args:
        frame: The typed table.
        schema: Its columns; all types count.
        target: The column that is predicted; rows without a target are left out of its tests.
        task: With a classification a target of numbers counts as classes.
        top: How many patterns to list.
        report: Is told how much is done, 0 to 1; what it raises stops the work.

    Raises:
        UnknownNameError: The table has no such target.
    """
    if target is not None and target not in schema:
        raise UnknownNameError(
            f"The table has no column {target!r}.", "Its columns: " + ", ".join(schema.names())
        )
    absent = {c: frame[c].isna().to_numpy() for c in schema.names()}
    counts = {c: int(v.sum()) for c, v in absent.items()}
    holey = sorted((c for c, k in counts.items() if k), key=lambda c: -counts[c])
    rows = len(frame)
    if not holey:
        whole = [Pattern((), rows)] if rows else []
        return Missingness(rows, rows, (), tuple(whole), len(whole), None, target)
    marks = np.column_stack([absent[c] for c in holey])
    part_of(report, 0.0, 0.2)(1.0)
    patterns, many = _patterns(marks, holey, top)
    complete = int((~marks.any(axis=1)).sum())
    flags = pd.DataFrame({c: pd.array(absent[c], dtype="boolean") for c in holey})
    kinds = Schema(tuple(Column(c, "boolean", unique=2) for c in holey))
    together = None
    if len(holey) > 1:
        together = associate(flags, kinds, "pearson", report=part_of(report, 0.3, 0.3))
    gaps = [Gap(c, counts[c], counts[c] / rows) for c in holey]
    if target is not None and schema[target].type not in ("text", "identifier"):
        told = part_of(report, 0.6, 0.4)
        gaps = _related(gaps, flags, frame[target], schema, target, task, told)
    return Missingness(rows, complete, tuple(gaps), patterns, many, together, target)


def _patterns(
    marks: np.ndarray[tuple[int, int], np.dtype[np.bool_]], names: list[str], top: int
) -> tuple[tuple[Pattern, ...], int]:
    packed = np.packbits(marks, axis=1)
    as_one = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, counts = np.unique(as_one, return_index=True, return_counts=True)
    order = np.lexsort((first, -counts))[:top]
    found = tuple(
        Pattern(tuple(names[i] for i in np.flatnonzero(marks[first[k]])), int(counts[k]))
        for k in order
    )
    return found, len(counts)


def _related(
    gaps: list[Gap],
    flags: pd.DataFrame,
    values: pd.Series,
    schema: Schema,
    target: str,
    task: Task | None,
    report: Report,
) -> list[Gap]:
    """Measure every column's being missing against the target, the target's own left out."""
    tested = [g.column for g in gaps if g.column != target]
    if not tested:
        return gaps
    table = flags[tested].copy()
    table[target] = values.array
    kinds = Schema((*(Column(c, "boolean", unique=2) for c in tested), schema[target]))
    classes = (target,) if task is not None and is_classification(task) else ()
    found = associate(table, kinds, target=target, as_levels=classes, report=report)
    known = {(p.b if p.a == target else p.a): p for p in found}
    return [
        Gap(g.column, g.missing, g.share, p.measure, p.value, p.p_value, p.p_adjusted)
        if (p := known.get(g.column)) is not None
        else g
        for g in gaps
    ]
