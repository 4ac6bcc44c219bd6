"""What two columns look like beside each other: points, a grid of counts, boxes or shares.

With a third column to split by, each of its levels has its own points, boxes or shares.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from outfold.data.schema import Schema
from outfold.errors import NotApplicableError, UnknownNameError
from outfold.explore.associate import associate
from outfold.explore.associations import Pair
from outfold.explore.columns import Columns, read_columns
from outfold.explore.measures import Floats, Ints, Measure
from outfold.explore.nominal import Codes, contingency
from outfold.explore.pair_view import Box, Boxes, Counts, Grid, PairView, Points, Shares

MOST_POINTS = 5000
"""Above this many rows two numbers are counted in a grid instead of drawn as points."""
GRID = 40
"""Cells of that grid each way, at most."""
FEW_VALUES = 25
"""Two numbers with no more distinct values each are counted at each point where they meet; beside
a number with more, the points of one are set a little aside of its values."""
MOST_SHOWN = 20
"""Levels that a picture shows; the rarer ones are put together."""
MOST_SPLIT = 8
"""Levels that a picture is split by; the rarer ones are put together."""
OTHER = "(other levels)"
OUTLIERS = 100
"""Single values beyond the whiskers that are kept for each box."""


def pair(
    frame: pd.DataFrame,
    schema: Schema,
    a: str,
    b: str,
    *,
    by: str | None = None,
    measure: Measure | Literal["auto"] = "auto",
    as_levels: tuple[str, ...] = (),
    max_points: int = MOST_POINTS,
) -> PairView:
    """Put two columns beside each other, in the form that fits their types.

    Two numbers: points, counts at each point where they have few distinct values, or counts in a
    grid above ``max_points`` rows. A number and levels: boxes. Two columns of levels: shares.

    Args:
        frame: The typed table.
        schema: Its columns' types.
        a: One column.
        b: Another.
        by: A column of levels to split by, such as a target of classes; a number with at most
            eight values will do.
        measure: What their association is measured by.
        as_levels: Columns of numbers that stand for classes.
        max_points: See above.

    Raises:
        UnknownNameError: There is no such column.
        NotApplicableError: A column is text, an identifier, or the split is by a number.
    """
    named = [c for c in (a, b, by) if c is not None]
    for name in named:
        if name not in schema:
            raise UnknownNameError(
                f"The table has no column {name!r}.", "Its columns: " + ", ".join(schema.names())
            )
    if a == b:
        raise NotApplicableError(f"{a!r} stands on both sides.", "Choose two different columns.")
    classes = set(as_levels)
    if by is not None and schema[by].type == "numeric":
        if schema[by].unique > MOST_SPLIT:
            raise NotApplicableError(
                f"{by!r} has {schema[by].unique:,} different numbers, too many to split by.",
                f"Split by a column of levels or a number with at most {MOST_SPLIT} values.",
            )
        if by not in (a, b):
            classes.add(by)
    small = Schema(tuple(schema[c] for c in dict.fromkeys(named)))
    data = read_columns(frame, small, as_levels=classes)
    for name in named:
        why = next((c.why for c in data.left_out if c.name == name), None)
        if why is not None:
            raise NotApplicableError(
                f"{name!r} cannot be drawn: it {why}.", "Choose numbers, times or levels."
            )
    two = Schema((schema[a], schema[b]))
    found = _association(frame, two, measure, classes)
    group, groups = _split(data, by)
    numbers = [c for c in (a, b) if c in data.number_names]
    if len(numbers) == 1:
        a, b = (b, a) if numbers[0] == a else (a, b)
    types = tuple(schema[c].type if c not in classes else "categorical" for c in (a, b))
    view = PairView(a, b, types[0], types[1], by, found.n, found, Points(_NO, _NO, _NONE, ()), ())
    if len(numbers) == 2:
        return _numbers(view, data, group, groups, max_points)
    if len(numbers) == 1:
        return _boxes(view, data, group, groups)
    return _shares(view, data, group, groups)


def _association(
    frame: pd.DataFrame,
    two: Schema,
    measure: Measure | Literal["auto"],
    classes: Collection[str],
) -> Pair:
    """The pair by the measure asked for, by the usual one where that is for other types."""
    for wanted in dict.fromkeys([measure, "auto"]):
        found = list(associate(frame, two, wanted, as_levels=classes))
        if found:
            return found[0]
    raise NotApplicableError("The two columns cannot be measured.", "Choose two others.")


_NO: Floats = np.empty(0)
_NONE: Ints = np.empty(0, dtype=np.intp)


def _numbers(
    view: PairView, data: Columns, group: Codes, groups: tuple[str, ...], max_points: int
) -> PairView:
    x, y = (data.numbers[data.number_names.index(c)] for c in (view.a, view.b))
    both = ~(np.isnan(x) | np.isnan(y))
    x, y, group = x[both], y[both], group[both]
    counted = _at_points(x, y, group, groups)
    if counted is not None:
        return replace(view, content=counted, notes=_lost(view, group, groups))
    if len(x) <= max_points:
        return _points(view, x, y, group, groups)
    x_edges, y_edges = _edges(x), _edges(y)
    inside = (x >= x_edges[0]) & (x <= x_edges[-1]) & (y >= y_edges[0]) & (y <= y_edges[-1])
    counts = []
    for place in range(max(1, len(groups))):
        some = inside & (group == place) if groups else inside
        counts.append(np.histogram2d(x[some], y[some], bins=[x_edges, y_edges])[0])
    outside = int((~inside).sum())
    notes = [f"Rows are counted in a grid of {len(x_edges) - 1} by {len(y_edges) - 1} cells."]
    if outside:
        notes.append(f"{outside:,} rows with extreme values lie outside the picture.")
    notes += _lost(view, group, groups)
    grid = Grid(x_edges, y_edges, np.array(counts).astype(np.intp), groups, outside)
    return replace(view, content=grid, notes=tuple(notes))


def _lost(view: PairView, group: Codes, groups: tuple[str, ...]) -> tuple[str, ...]:
    """A sentence about rows that belong to no panel."""
    lost = int((group < 0).sum()) if groups else 0
    return (f"{lost:,} rows without {view.by} are not shown.",) if lost else ()


def _at_points(x: Floats, y: Floats, group: Codes, groups: tuple[str, ...]) -> Counts | None:
    """Rows counted at each point, where points are few and mostly hold several rows."""
    values_x, at_x = np.unique(x, return_inverse=True)
    if len(values_x) > FEW_VALUES:
        return None
    values_y, at_y = np.unique(y, return_inverse=True)
    if len(values_y) > FEW_VALUES:
        return None
    points, at = np.unique(at_x * len(values_y) + at_y, return_inverse=True)
    if len(points) > len(x) / 3:
        return None
    counts = [
        np.bincount(at[group == place] if groups else at, minlength=len(points))
        for place in range(max(1, len(groups)))
    ]
    return Counts(
        values_x[points // len(values_y)],
        values_y[points % len(values_y)],
        np.array(counts).astype(np.intp),
        groups,
    )


def _points(
    view: PairView, x: Floats, y: Floats, group: Codes, groups: tuple[str, ...]
) -> PairView:
    """Points; those of a number with few values are set aside by chance, by a fixed seed."""
    rng = np.random.default_rng(0)
    shaken, drawn = [], []
    for name, values in ((view.a, x), (view.b, y)):
        distinct = np.unique(values)
        if 1 < len(distinct) <= min(FEW_VALUES, len(values) / 3):
            shaken.append(name)
            values = values + rng.uniform(-0.25, 0.25, len(values)) * np.diff(distinct).min()
        drawn.append(values)
    content = Points(drawn[0], drawn[1], group.astype(np.intp), groups, tuple(shaken))
    notes = tuple(
        f"Points are set a little aside of the values of {name}, to be told apart."
        for name in shaken
    )
    return replace(view, content=content, notes=notes)


def _edges(values: Floats) -> Floats:
    """Edges over the whole range, or over the middle 99.8 % where the tails would crush it.

    Whole numbers get cells of equally many of them, so that none is empty by rounding.
    """
    low, high = values.min(), values.max()
    inner = np.quantile(values, [0.001, 0.999])
    if inner[1] > inner[0] and high - low > 3 * (inner[1] - inner[0]):
        low, high = inner
    if np.array_equal(values, np.round(values)) and high - low < 2**40:
        step = max(1, -(-int(high - low + 1) // GRID))
        return np.asarray(np.arange(np.ceil(low) - 0.5, high + step, step))
    return np.asarray(np.linspace(low, high if high > low else low + 1, GRID + 1))


def _boxes(view: PairView, data: Columns, group: Codes, groups: tuple[str, ...]) -> PairView:
    values = data.numbers[data.number_names.index(view.b)]
    codes, levels, note = _common(data, view.a, MOST_SHOWN)
    boxes = []
    for place, level in enumerate(levels):
        for inner, name in enumerate(groups or ("",)):
            some = (codes == place) & ~np.isnan(values)
            if groups:
                some &= group == inner
            if some.any():
                boxes.append(_box(level, name, values[some]))
    return replace(view, content=Boxes(view.b, view.a, tuple(boxes)), notes=note)


def _box(level: str, group: str, values: Floats) -> Box:
    values = np.sort(values)
    q1, median, q3 = np.quantile(values, [0.25, 0.5, 0.75])
    reach = 1.5 * (q3 - q1)
    first = int(np.searchsorted(values, q1 - reach, side="left"))
    last = int(np.searchsorted(values, q3 + reach, side="right")) - 1
    beyond = np.concatenate([values[:first], values[last + 1 :]])
    if len(beyond) > OUTLIERS:
        beyond = beyond[np.linspace(0, len(beyond) - 1, OUTLIERS).round().astype(int)]
    return Box(
        level,
        group,
        len(values),
        float(values[first]),
        float(q1),
        float(median),
        float(q3),
        float(values[last]),
        float(values.mean()),
        tuple(float(v) for v in beyond),
        first + len(values) - 1 - last,
    )


def _shares(view: PairView, data: Columns, group: Codes, groups: tuple[str, ...]) -> PairView:
    codes_a, levels_a, note_a = _common(data, view.a, MOST_SHOWN)
    codes_b, levels_b, note_b = _common(data, view.b, MOST_SHOWN)
    counts = []
    for place in range(max(1, len(groups))):
        some = group == place if groups else np.ones(len(codes_a), dtype=bool)
        counts.append(contingency(codes_a[some], codes_b[some], len(levels_a), len(levels_b)))
    shares = Shares(levels_a, levels_b, np.array(counts).astype(np.intp), groups)
    return replace(view, content=shares, notes=note_a + note_b)


def _split(data: Columns, by: str | None) -> tuple[Codes, tuple[str, ...]]:
    """Each row's level of the third column."""
    if by is None or by not in data.level_names:
        return np.full(data.n_rows, -1, dtype=np.int32), ()
    codes, levels, _ = _common(data, by, MOST_SPLIT)
    return codes, levels


def _common(data: Columns, name: str, most: int) -> tuple[Codes, tuple[str, ...], tuple[str, ...]]:
    """A column's codes and levels with the rarest put together where there are too many."""
    place = data.level_names.index(name)
    codes, levels = data.codes[place], data.levels[place]
    if len(levels) <= most:
        return codes, levels, ()
    counts = np.bincount(codes[codes >= 0], minlength=len(levels))
    kept = np.sort(np.argsort(-counts, kind="stable")[: most - 1])
    renumber = np.full(len(levels) + 1, most - 1, dtype=np.int32)
    renumber[kept] = np.arange(most - 1)
    renumber[-1] = -1
    note = f"The {len(levels) - most + 1:,} rarest of {len(levels):,} levels of {name} are one."
    return renumber[codes], (*(levels[i] for i in kept), OTHER), (note,)
