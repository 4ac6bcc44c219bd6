"""Where a candidate is weaker: its score among the rows of each value of a column.

Rows were held out, models are those that were fitted anyway. Each slice is compared with all rows;
since a slice is part of all rows, the test uses how both move together, not two intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.adjust import adjust
from outfold.judge.among import among
from outfold.judge.bootstrap import standard_error
from outfold.judge.row_groups import RowGroups
from outfold.judge.row_influence import count_units, drawn, influence, shares, spread
from outfold.metrics.catalogue import metrics_for
from outfold.metrics.metric import Floats, Ints, Metric, Scored
from outfold.study.results import Predictions

FEW_ROWS = 30
"""Below so many rows, an interval that leans on the normal law is not to be trusted."""
FEW_OF_CLASS = 10
"""The same for the rows of the rarer class."""
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Slice:
    """The rows of one value, or range of values, of a column.

    Attributes:
        column: The column.
        label: The value or range.
        rows: Rows of the table in it.
        share: Of all rows.
        score: The metric among them; NaN where undefined.
        low: Lower end of its interval.
        high: Upper end.
        gap: Score minus that of all rows.
        p_value: Two-sided, of the gap.
        p_adjusted: After correction over the slices compared together.
        few: Whether there are too few rows, or too few of one class, for the interval to be relied
            on.
    """

    column: str
    label: str
    rows: int
    share: float
    score: float
    low: float
    high: float
    gap: float
    p_value: float
    p_adjusted: float
    few: bool


@dataclass(frozen=True, slots=True)
class Slices:
    """A candidate's score by the values of a column, or of several.

    Attributes:
        candidate: Its name.
        metric: Key of the metric.
        label: Its name for people.
        direction: Whether more is better.
        overall: The metric of all rows together.
        slices: In the order of the column's values; the weakest first where columns were searched.
        confidence: Of the intervals.
        method: How intervals were made, in words.
        correction: How p-values were corrected, in words.
    """

    candidate: str
    metric: str
    label: str
    direction: Literal["higher", "lower"]
    overall: float
    slices: tuple[Slice, ...]
    confidence: float
    method: str
    correction: str

    def worse(self) -> tuple[Slice, ...]:
        """Slices in which it is worse than on all rows by more than chance, the weakest first."""
        sign = 1 if self.direction == "higher" else -1
        sure = [s for s in self.slices if s.p_adjusted < LEVEL and sign * s.gap < 0 and not s.few]
        return tuple(sorted(sure, key=lambda s: sign * s.gap))

    def sentence(self) -> str:
        """What the slices show, in one sentence; values as they are in the table."""
        weak = self.worse()
        if not weak:
            return f"No slice with enough rows has a {self.label} worse than all rows beyond chance"
        first = weak[0]
        more = f", and so {'is' if len(weak) == 2 else 'are'} {len(weak) - 1} more" * (
            len(weak) > 1
        )
        return (
            f"{self.label} is worse where {first.column} is {first.label}: {first.score:.3g} "
            f"against {self.overall:.3g} on all rows{more}"
        )

    def frame(self) -> pd.DataFrame:
        """One row per slice: column, label, rows, share, score, low, high, gap, p_value, …."""
        names = list(Slice.__dataclass_fields__)
        return pd.DataFrame([[getattr(s, n) for n in names] for s in self.slices], columns=names)


def slices(
    predictions: Predictions,
    groups: RowGroups,
    metric: Metric,
    confidence: float = 0.95,
    threshold: float = 0.5,
) -> Slices:
    """Score each group of rows by itself.

    Args:
        predictions: A candidate's stored predictions.
        groups: Group of each row of the study's table.
        metric: What to compute. It is computed on all splits' predictions together.
        confidence: Of the intervals.
        threshold: Of the positive class (binary only).

    Raises:
        NotApplicableError: The metric is undefined for these predictions.
    """
    units = np.unique(predictions.rows, return_inverse=True)[1].astype(np.intp)
    scored = predictions.scored(threshold)
    overall = _overall(scored, metric)
    found = _cut(
        scored, units, groups.codes[predictions.rows], groups, metric, confidence, overall,
        influence(scored, metric),
    )  # fmt: skip
    fixed = adjust([s.p_value for s in found], "holm")
    told = tuple(replace(s, p_adjusted=float(p)) for s, p in zip(found, fixed, strict=True))
    how = "by how each row moves the figure" if metric.follows_rows else "bootstrap of the rows"
    return Slices(
        predictions.candidate.name, metric.key, metric.label, metric.direction, overall, told,
        confidence, f"{confidence:.0%}, {how}", f"Holm over {len(told)} slices",
    )  # fmt: skip


def weakest(
    predictions: Predictions,
    columns: Sequence[RowGroups],
    metric: Metric,
    confidence: float = 0.95,
) -> Slices:
    """Search columns for the slices that are worst off, corrected for having looked at them all.

    Args:
        predictions: A candidate's stored predictions.
        columns: Groups of the rows of the study's table, one by each column.
        metric: What to compute; it has to follow its rows by formula, see ``searchable``.
        confidence: Of the intervals.

    Raises:
        NotApplicableError: The metric is undefined for these predictions.
    """
    units = np.unique(predictions.rows, return_inverse=True)[1].astype(np.intp)
    scored = predictions.scored()
    found: list[Slice] = []
    overall, of_all = _overall(scored, metric), influence(scored, metric)
    for groups in columns:
        found += _cut(
            scored, units, groups.codes[predictions.rows], groups, metric, confidence, overall,
            of_all,
        )  # fmt: skip
    fixed = adjust([s.p_value for s in found], "by")
    told = [replace(s, p_adjusted=float(p)) for s, p in zip(found, fixed, strict=True)]
    sign = 1 if metric.direction == "higher" else -1
    told.sort(key=lambda s: (s.few, not s.p_adjusted < LEVEL, np.nan_to_num(sign * s.gap, nan=9e9)))
    return Slices(
        predictions.candidate.name, metric.key, metric.label, metric.direction, overall,
        tuple(told), confidence, f"{confidence:.0%}, by how each row moves the figure",
        f"Benjamini and Yekutieli over {len(told)} slices of {len(columns)} columns",
    )  # fmt: skip


def searchable(predictions: Predictions, metric: Metric) -> Metric:
    """The metric itself if columns can be searched by it, else the first of its task that can.

    A search needs a metric of which it is known by formula how it moves with each row.
    """
    scored = predictions.scored()
    for one in (metric, *metrics_for(predictions.task)):
        if one.follows_rows and not np.isnan(one.compute(scored)):
            return one
    raise NotApplicableError(
        "No metric of this candidate is a mean of its rows.", "Look at one column at a time."
    )


def _overall(scored: Scored, metric: Metric) -> float:
    """The figure of all rows."""
    overall = float(metric.compute(scored))
    if np.isnan(overall):
        raise NotApplicableError(
            f"{metric.label} is undefined for these predictions.", "Take another metric."
        )
    return overall


def _cut(
    scored: Scored,
    units: Ints,
    codes: Ints,
    groups: RowGroups,
    metric: Metric,
    confidence: float,
    overall: float,
    of_all: Floats | None,
) -> list[Slice]:
    """The slices of one column, p-values not yet corrected."""
    from scipy.special import ndtr, ndtri

    n_rows = int(units.max()) + 1
    places = [np.flatnonzero(codes == code) for code in range(len(groups.labels))]
    kept = [(label, rows) for label, rows in zip(groups.labels, places, strict=True) if len(rows)]
    parts = [among(scored, rows) for _, rows in kept]
    own, apart = _errors(scored, parts, [rows for _, rows in kept], units, metric, of_all)
    z = float(ndtri(0.5 + confidence / 2))
    found = []
    for (label, rows), part, error, gap_error in zip(kept, parts, own, apart, strict=True):
        score = float(metric.compute(part))
        inside = count_units(units[rows])
        few = inside < FEW_ROWS or _few_of_class(part, units[rows]) or not error > 0
        low, high = score - z * error, score + z * error
        low = low if metric.low is None else float(np.maximum(low, metric.low))
        high = high if metric.high is None else float(np.minimum(high, metric.high))
        gap = score - overall
        p = 2 * float(ndtr(-abs(gap) / gap_error)) if gap_error > 0 else float("nan")
        found.append(
            Slice(groups.column, label, inside, inside / n_rows, score, low, high, gap, p, p, few)
        )
    return found


def _errors(
    scored: Scored,
    parts: list[Scored],
    places: list[Ints],
    units: Ints,
    metric: Metric,
    of_all: Floats | None,
) -> tuple[list[float], list[float]]:
    """Standard errors of each slice's figure and of its gap to all rows."""
    if of_all is None:
        values = drawn([scored, *parts], [units, *(units[rows] for rows in places)], metric)
        own = [standard_error(values[:, i]) for i in range(1, values.shape[1])]
        apart = [standard_error(values[:, i] - values[:, 0]) for i in range(1, values.shape[1])]
        return own, apart
    moved = shares(scored) * of_all
    own, apart = [], []
    for part, rows in zip(parts, places, strict=True):
        psi = influence(part, metric)
        assert psi is not None
        inside: Floats = shares(part) * psi
        own.append(spread(inside, units[rows]))
        gap = -moved
        gap[rows] += inside
        apart.append(spread(gap, units))
    return own, apart


def _few_of_class(part: Scored, units: Ints) -> bool:
    """Whether a class that matters to a ranking has too few rows; numbers have no classes."""
    if part.task not in ("binary", "multiclass"):
        return False
    _, first = np.unique(units, return_index=True)
    counts = np.bincount(np.asarray(part.truth[first], dtype=np.intp))
    present = counts[counts > 0]
    return bool(len(present) < 2 or present.min() < FEW_OF_CLASS)
