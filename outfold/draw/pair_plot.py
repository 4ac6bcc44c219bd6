"""Two columns beside each other, in the form that fits their types."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from outfold.data.wording import number
from outfold.draw.theme import HEIGHT, POSITIVE, SEQUENTIAL, SYMBOLS, colours_of, label, layout
from outfold.explore.measures import MEASURES, Floats
from outfold.explore.multiplicity import shown_p
from outfold.explore.pair_view import Boxes, Counts, Grid, PairView, Points, Shares

PATTERNS = ("", "/", "\\", "x", "-", "|", "+", ".")


def draw(view: PairView) -> go.Figure:
    """Points, a grid of counts, boxes or stacked shares; split by a third column where asked.

    Args:
        view: The two columns.
    """
    content = view.content
    if isinstance(content, Points):
        return _points(view, content)
    if isinstance(content, Counts):
        return _counts(view, content)
    if isinstance(content, Grid):
        return _grid(view, content)
    if isinstance(content, Boxes):
        return _boxes(view, content)
    return _shares(view, content)


def _axis(values: Floats, kind: str) -> Any:
    """Values for an axis; times as dates."""
    if kind != "datetime":
        return values
    return np.asarray(np.round(values * 1e3), dtype="datetime64[ms]")


def _points(view: PairView, content: Points) -> go.Figure:
    figure = go.Figure()
    x, y = _axis(content.x, view.type_a), _axis(content.y, view.type_b)
    colours = colours_of(content.groups)
    kinds: list[tuple[str, int]] = [(g, i) for i, g in enumerate(content.groups)] or [("", -1)]
    if content.groups and (content.group < 0).any():
        kinds.append(("(missing)", -1))
    for turn, (group, code) in enumerate(kinds):
        some = content.group == code
        figure.add_trace(
            go.Scattergl(
                x=x[some],
                y=y[some],
                mode="markers",
                name=label(group, 28),
                showlegend=bool(content.groups),
                marker={
                    "color": colours.get(group, POSITIVE if not group else "#7F7F7F"),
                    "symbol": SYMBOLS[turn % len(SYMBOLS)],
                    "size": 6,
                    "opacity": 0.55,
                },
                hovertemplate=f"{label(view.a)} %{{x}}<br>{label(view.b)} %{{y}}"
                f"<extra>{label(group, 28)}</extra>",
            )
        )
    return _finish(figure, view)


TICKS = 10
"""Up to so many distinct values, each has its tick."""
LARGEST = 22.0
"""Diameter in pixels of the mark that stands for the most rows."""


def _counts(view: PairView, content: Counts) -> go.Figure:
    figure, across = _panels(content.groups)
    x, y = _axis(content.x, view.type_a), _axis(content.y, view.type_b)
    for panel, counts in enumerate(content.counts):
        some = counts > 0
        share = np.sqrt(counts[some] / max(1, counts.max()))
        figure.add_trace(
            go.Scatter(
                x=x[some],
                y=y[some],
                mode="markers",
                showlegend=False,
                marker={
                    "size": np.maximum(3.0, LARGEST * share),
                    "color": POSITIVE,
                    "opacity": 0.7,
                    "line": {"width": 0},
                },
                customdata=counts[some],
                hovertemplate=f"{label(view.a)} %{{x}}<br>{label(view.b)} %{{y}}"
                "<br>%{customdata:,} rows<extra></extra>",
            ),
            row=panel // across + 1,
            col=panel % across + 1,
        )
    for update, values in ((figure.update_xaxes, x), (figure.update_yaxes, y)):
        if len(distinct := np.unique(values)) <= TICKS:
            update(tickvals=distinct)
    note = "a mark's area is its number of rows" + (
        ", each panel by itself" if content.groups else ""
    )
    return _named_panels(figure, view, note, content.groups, across)


def _panels(groups: tuple[str, ...]) -> tuple[go.Figure, int]:
    """A figure with a panel for each group, and how many stand side by side."""
    from plotly.subplots import make_subplots

    panels = max(1, len(groups))
    across = min(panels, 3)
    down = -(-panels // across)
    figure = make_subplots(
        rows=down, cols=across, shared_xaxes=True, shared_yaxes=True,
        subplot_titles=[label(g, 28) for g in groups] or None,
        horizontal_spacing=0.03, vertical_spacing=0.12 / down,
    )  # fmt: skip
    return figure, across


def _named_panels(
    figure: go.Figure, view: PairView, note: str, groups: tuple[str, ...], across: int
) -> go.Figure:
    """Title and axis names; values and names stand at the outer panels only."""
    down = -(-max(1, len(groups)) // across)
    figure = _finish(figure, view, note, height=HEIGHT + 220 * (down - 1), named=not groups)
    if groups:
        for panel in range(len(groups) - across, len(groups)):
            row, col = panel // across + 1, panel % across + 1
            figure.update_xaxes(showticklabels=True, row=row, col=col)
            # On a narrow screen three names would run into each other.
            if across < 3 or col == 2:
                figure.update_xaxes(title_text=_axis_name(view, view.a), row=row, col=col)
        figure.update_yaxes(title_text=_axis_name(view, view.b), col=1)
        figure.update_layout(margin_t=figure.layout.margin.t + 24)
    return figure


def _grid(view: PairView, content: Grid) -> go.Figure:
    figure, across = _panels(content.groups)
    x, y = (
        _axis((edges[:-1] + edges[1:]) / 2, kind)
        for edges, kind in ((content.x_edges, view.type_a), (content.y_edges, view.type_b))
    )
    for panel, counts in enumerate(content.counts):
        # Each panel against its own fullest cell, on a log scale, so that a rare group shows too.
        share = np.log1p(counts) / np.log1p(max(1, counts.max()))
        figure.add_trace(
            go.Heatmap(
                x=x,
                y=y,
                z=np.where(counts > 0, share, np.nan).T,
                zmin=0.0,
                zmax=1.0,
                customdata=counts.T,
                colorscale=SEQUENTIAL,
                showscale=False,
                hovertemplate=f"{label(view.a)} %{{x}}<br>{label(view.b)} %{{y}}"
                "<br>%{customdata:,} rows<extra></extra>",
            ),
            row=panel // across + 1,
            col=panel % across + 1,
        )
    note = "Brighter cells hold more rows (log scale" + (
        ", each panel by itself)" if content.groups else ")"
    )
    return _named_panels(figure, view, note, content.groups, across)


def _boxes(view: PairView, content: Boxes) -> go.Figure:
    figure = go.Figure()
    groups = list(dict.fromkeys(box.group for box in content.boxes))
    colours = colours_of(groups) if groups != [""] else {"": POSITIVE}
    for turn, group in enumerate(groups):
        boxes = [box for box in content.boxes if box.group == group]
        sides = {
            side: _axis(np.array([getattr(box, side) for box in boxes]), view.type_b)
            for side in ("q1", "median", "q3", "low", "high", "mean")
        }
        figure.add_trace(
            go.Box(
                x=[label(box.level, 28) for box in boxes],
                q1=sides["q1"],
                median=sides["median"],
                q3=sides["q3"],
                lowerfence=sides["low"],
                upperfence=sides["high"],
                mean=sides["mean"],
                # The median is no outlier, so it is not drawn; without any value in the first
                # list plotly draws no box at all.
                y=[
                    list(_axis(np.array([box.median, *box.outliers]), view.type_b)) for box in boxes
                ],
                boxpoints="outliers",
                name=label(group, 28) or label(content.number, 28),
                showlegend=bool(group),
                offsetgroup=str(turn),
                marker={
                    "color": colours[group],
                    "size": 4,
                    "symbol": SYMBOLS[turn % len(SYMBOLS)],
                    "opacity": 0.6,
                },
                line={"color": colours[group], "width": 1.5},
                customdata=[f"{box.n:,} rows" for box in boxes],
            )
        )
    figure.update_layout(boxmode="group" if len(groups) > 1 else "overlay")
    rest = sum(box.n_outliers - len(box.outliers) for box in content.boxes)
    note = "Whiskers reach 1.5 times the box's height; dashed: mean"
    if rest > 0:
        note += f"; {rest:,} of the points beyond them are not drawn"
    figure.update_traces(boxmean=True)
    return _finish(figure, view, note, xaxis_type="category")


def _shares(view: PairView, content: Shares) -> go.Figure:
    figure = go.Figure()
    shares = content.shares()
    groups = content.groups or ("",)
    colours = colours_of(content.levels_b)
    names = _distinct([label(level, 24) for level in content.levels_a])
    rows = [
        (g, i)
        for i in reversed(range(len(names)))
        for g in reversed(range(len(groups)))
        if content.counts[g, i].sum()
    ]
    axis: Any = [names[i] for _, i in rows]
    if content.groups:
        axis = [axis, [label(groups[g], 24) for g, _ in rows]]
    for turn, level in enumerate(content.levels_b):
        figure.add_bar(
            x=[100 * shares[g, i, turn] for g, i in rows],
            y=axis,
            orientation="h",
            name=label(level, 28),
            marker={
                "color": colours[level],
                "pattern": {"shape": PATTERNS[turn % len(PATTERNS)]},
            },
            customdata=[
                [
                    f"{label(content.levels_a[i], 60)}"
                    + (f", {label(groups[g], 60)}" if groups[g] else ""),
                    int(content.counts[g, i, turn]),
                    int(content.counts[g, i].sum()),
                ]
                for g, i in rows
            ],
            hovertemplate=f"%{{customdata[0]}}<br>{label(level, 60)}: %{{x:.1f}}%"
            "<br>%{customdata[1]:,} of %{customdata[2]:,} rows<extra></extra>",
        )
    return _finish(
        figure,
        view,
        f"Colour and pattern: {label(view.b)}",
        x="Share of the row's cases, %",
        y=label(view.a),
        height=max(260, 210 + 24 * len(rows)),
        barmode="stack",
        xaxis_range=[0, 100],
        legend_y=-0.3,
    )


def _distinct(names: list[str]) -> list[str]:
    """Shortened names made different again by an invisible mark."""
    return [name + "\u200b" * names[:i].count(name) for i, name in enumerate(names)]


def _axis_name(view: PairView, name: str) -> str:
    """A column's name; with others held fixed it stands for what is left of it."""
    if not view.given:
        return label(name)
    return f"{label(name, 28)}, {'rank ' if view.ranked else ''}residual"


def _finish(
    figure: go.Figure,
    view: PairView,
    note: str = "",
    *,
    named: bool = True,
    height: int = HEIGHT,
    x: str | None = None,
    y: str | None = None,
    **more: Any,
) -> go.Figure:
    found = view.association
    a, b = label(view.a, 28), label(view.b, 28)
    fixed, named_measure = "", MEASURES[found.measure].label if found.measure else ""
    if view.given:
        fixed = f" with {', '.join(label(g, 28) for g in view.given)} held fixed"
        named_measure = f"Partial {'rank ' if view.ranked else ''}correlation"
    if found.measure is None or found.reason:
        title = f"{a} and {b}: no association can be measured ({found.reason or 'no measure'})"
    else:
        words = "go together" if found.p_value < 0.05 else "show no clear association"
        title = (
            f"{a} and {b} {words}{fixed} ({named_measure} {found.value:.2f}, "
            f"p {shown_p(found.p_value)})"
        )
    split = f"split by {label(view.by)}" if view.by else ""
    parts = [
        f"{number(view.n)} rows",
        "each axis shows what the columns held fixed leave of its column" if view.given else "",
        split,
        note,
        *(label(t, 200).rstrip(".") for t in view.notes),
    ]
    x = (_axis_name(view, view.a) if named else "") if x is None else x
    y = (_axis_name(view, view.b) if named else "") if y is None else y
    text = "; ".join(part for part in parts if part)
    return layout(figure, title, text, x=x, y=y, height=height, **more)
