"""How one column's values are distributed, for all rows or class by class."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from outfold.data.schema import Column
from outfold.data.wording import number, percent
from outfold.draw.theme import POSITIVE, colours_of, label, layout

BINS = 30
LEVELS = 15
CLASSES = 6
FEW = 6
"""Up to so many distinct numbers are values of their own rather than a range."""
PATTERNS = ("", "/", "\\", "x", ".", "+")
OTHERS = "all others"


def draw(values: pd.Series, column: Column, by: pd.Series | None = None) -> go.Figure:
    """Bars of how often values occur.

    With classes, each class's bars are shares of its own rows, so that a rare class can be compared
    with a frequent one.

    Args:
        values: The column's cells.
        column: Its name and type.
        by: The class of each row, same index; rows without one are left out. Beyond six classes
            the rarer ones are drawn together.
    """
    kept = values.notna() if by is None else values.notna() & by.notna()
    if column.type == "numeric":
        kept &= np.isfinite(values.to_numpy(dtype=np.float64, na_value=np.nan))
    if not kept.any():
        figure = go.Figure()
        return layout(figure, f"{label(column.name)} has no value to show", height=160)
    cells = values[kept]
    if column.type in ("numeric", "datetime"):
        marks, names, places = _in_bins(cells, column.type == "datetime")
    else:
        marks, names, places = _in_levels(cells)
    groups = {"": np.ones(len(cells), dtype=bool)} if by is None else _groups(by[kept])
    colours = {"": POSITIVE} if by is None else colours_of(groups)
    figure = go.Figure()
    for turn, (group, rows) in enumerate(groups.items()):
        counts = np.bincount(marks[rows], minlength=len(names))
        heights = counts if by is None else 100 * counts / max(1, int(rows.sum()))
        figure.add_bar(
            x=places,
            y=heights,
            name=label(group, 28),
            marker={
                "color": colours[group],
                "pattern": {"shape": PATTERNS[turn % len(PATTERNS)]},
            },
            customdata=[[name, int(n)] for name, n in zip(names, counts, strict=True)],
            hovertemplate="%{customdata[0]}<br>%{customdata[1]:,} rows"
            + ("" if by is None else f" (%{{y:.1f}}% of {label(group, 28)})")
            + "<extra></extra>",
        )
    missing = int(values.isna().sum())
    gaps = f"; {missing:,} rows have no value" if missing else ""
    return layout(
        figure,
        _title(cells, column),
        f"{int(kept.sum()):,} rows{gaps}",
        x=label(column.name),
        y="Rows" if by is None else "Share of the class, %",
        xaxis_tickvals=places if len(names) <= FEW and column.type == "numeric" else None,
        barmode="group",
        bargap=0.08 if column.type in ("numeric", "datetime") else 0.3,
        showlegend=by is not None,
    )


def _title(cells: pd.Series, column: Column) -> str:
    name = label(column.name)
    if column.type == "numeric" and cells.nunique() <= FEW:
        counts = cells.value_counts()
        share = percent(float(counts.iloc[0]) / len(cells))
        return f"{number(float(counts.index[0]))} is the most frequent {name} ({share} of rows)"
    if column.type == "numeric":
        low, middle, high = np.quantile(cells.to_numpy(dtype=np.float64), [0.05, 0.5, 0.95])
        return (
            f"Half of {name} lies below {number(middle)}, 90% between {number(low)} and "
            f"{number(high)}"
        )
    if column.type == "datetime":
        return f"{name} runs from {cells.min():%Y-%m-%d} to {cells.max():%Y-%m-%d}"
    counts = cells.astype("str").value_counts()
    share = percent(counts.iloc[0] / len(cells))
    return f"{label(counts.index[0], 28)} is the most frequent {name} ({share} of rows)"


def _in_bins(cells: pd.Series, dates: bool) -> tuple[npt.NDArray[np.intp], list[str], list[object]]:
    """Each cell's bin, the bins' names and where they stand on the axis."""
    if dates:
        numbers = cells.to_numpy().astype("datetime64[us]").astype(np.int64) / 1e3
    else:
        numbers = cells.to_numpy(dtype=np.float64)
    low, high = float(numbers.min()), float(numbers.max())
    whole = not dates and high - low < BINS and bool(np.all(numbers == np.floor(numbers)))
    if whole:
        edges = np.arange(low - 0.5, high + 1)
    else:
        edges = np.linspace(low, high, BINS + 1) if high > low else np.array([low, low + 1])
    marks = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, len(edges) - 2)
    centres = (edges[:-1] + edges[1:]) / 2
    if dates:
        ends = [pd.Timestamp(edge, unit="ms") for edge in edges]
        names = [f"{a:%Y-%m-%d %H:%M} to {b:%Y-%m-%d %H:%M}" for a, b in pairwise(ends)]
        return marks, names, [pd.Timestamp(c, unit="ms").isoformat() for c in centres]
    if whole:
        return marks, [number(c) for c in centres], [float(c) for c in centres]
    names = [f"{number(a)} to {number(b)}" for a, b in pairwise(edges)]
    return marks, names, [float(c) for c in centres]


def _in_levels(cells: pd.Series) -> tuple[npt.NDArray[np.intp], list[str], list[object]]:
    """Each cell's level, beyond the first fifteen together, with names for hover and axis."""
    words = cells.astype("str")
    counts = words.value_counts()
    place = {level: i for i, level in enumerate(counts.index[:LEVELS])}
    marks = words.map(lambda word: place.get(word, LEVELS)).to_numpy(dtype=np.intp)
    levels = [str(level) for level in place]
    names = [label(level, 80) for level in levels]
    axis = [label(level, 20) for level in levels]
    if len(counts) > LEVELS:
        names.append(f"{len(counts) - LEVELS:,} other levels")
        axis.append(f"{len(counts) - LEVELS:,} others")
    # Shortened names may be equal; an invisible mark keeps their bars apart.
    distinct: list[object] = [name + "\u200b" * axis[:i].count(name) for i, name in enumerate(axis)]
    return marks, names, distinct


def _groups(by: pd.Series) -> dict[str, npt.NDArray[np.bool_]]:
    """The rows of each class, the most frequent first; the rarest together beyond six classes."""
    words = by.astype("str")
    order = [str(level) for level in words.value_counts().index]
    named = order if len(order) <= CLASSES else order[: CLASSES - 1]
    groups = {level: (words == level).to_numpy(dtype=bool) for level in named}
    if len(named) < len(order):
        groups[OTHERS] = ~np.any(list(groups.values()), axis=0)
    return groups
