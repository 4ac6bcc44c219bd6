"""Where a resampler's new rows lie among the old ones, and which it left out."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from outfold.data.wording import percent
from outfold.draw.theme import colours_of, label, layout
from outfold.study.projection import KEPT, LEFT_OUT, NEW, Points

MOST = 6
"""Classes drawn; the others would be dots of colours that nobody can tell apart."""

WORDS = {KEPT: "kept", LEFT_OUT: "left out", NEW: "new"}
SYMBOLS = {KEPT: "circle", LEFT_OUT: "x", NEW: "diamond-open"}


def draw(points: Points, name: str) -> go.Figure:
    """Rows in the plane of their first two principal components.

    Args:
        points: Where they lie.
        name: What people call the resampler.
    """
    figure = go.Figure()
    colours = colours_of(points.classes)
    codes, counts = np.unique(points.code, return_counts=True)
    shown = sorted(codes[counts.argsort()[::-1]][:MOST].tolist())
    # New rows are drawn last, above the crowd that they lie in.
    for kind in (KEPT, LEFT_OUT, NEW):
        for code in shown:
            rows = (points.kind == kind) & (points.code == code)
            if not rows.any():
                continue
            cls, colour = points.classes[code], colours[points.classes[code]]
            times = points.times[rows]
            said = [f"taken {t} times" if t > 1 else WORDS[kind] for t in times.tolist()]
            figure.add_scatter(
                x=points.x[rows],
                y=points.y[rows],
                mode="markers",
                name=f"{label(cls, 24)}, {WORDS[kind]}",
                legendgroup=WORDS[kind],
                marker={
                    "symbol": SYMBOLS[kind],
                    "color": colour,
                    "size": 6 if kind == KEPT else 8,
                    "opacity": 0.4 if kind == KEPT else 1.0,
                    "line": {"width": 1.5 if kind == NEW else 1, "color": colour},
                },
                customdata=said,
                hovertemplate=f"class {label(cls)}, %{{customdata}}<extra></extra>",
            )
    first, second = points.share
    total = sum(points.totals)
    below = (
        f"First training fold after preparation, seen from the two directions in which its rows "
        f"vary most: {first + second:.0%} of the variance (principal components), so what looks "
        "close here need not be"
    )
    if total > len(points.x):
        below += f". {len(points.x):,} of {total:,} rows are drawn"
    if len(codes) > MOST:
        below += f"; the {MOST} largest of {len(codes)} classes"
    return layout(
        figure,
        _title(points, label(name)),
        below + ".",
        x=f"First component ({first:.0%} of the variance)",
        y=f"Second component ({second:.0%})",
        height=520,
    )


def _title(points: Points, name: str) -> str:
    _, out, new = points.totals
    parts = []
    if new:
        parts.append(f"makes {_rows(new, 'new ')}")
        if points.astray == points.astray:
            parts[-1] += (
                f", {percent(points.astray)} of them nearest to a row of another class "
                f"(of the real rows of that class {percent(points.nearby)})"
            )
    if points.repeats:
        parts.append(f"repeats {_rows(points.repeats)}")
    if out:
        parts.append(f"leaves out {_rows(out)}")
    if not parts:
        return f"{name} changes no row"
    return f"{name} {' and '.join(parts)}"


def _rows(count: int, what: str = "") -> str:
    return f"{count:,} {what}row{'' if count == 1 else 's'}"
