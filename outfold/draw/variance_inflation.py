"""How far each column is a mixture of the others."""

from __future__ import annotations

import math

import plotly.graph_objects as go

from outfold.draw.theme import MUTED, NEGATIVE, NEUTRAL, label, layout
from outfold.explore.collinearity import Collinearity

MOST = 30
MUCH = 10.0
SOME = 5.0
"""Usual marks for a variance inflation factor: from 5 on worth a look, from 10 on a trouble."""


def draw(found: Collinearity) -> go.Figure:
    """One mark a column on a logarithmic scale, the most inflated on top.

    Args:
        found: The variance inflation of every column.
    """
    ranked = [(name, one.scaled**2, one) for name, one in found.columns.items()]
    rows = ranked[:MOST][::-1]
    most = max((v for _, v, _ in rows if math.isfinite(v)), default=1.0)
    edge = max(20.0, most * 2)
    high = [(name, v) for name, v, _ in ranked if v >= MUCH]
    figure = go.Figure()
    for words, colour, symbol, wanted in (
        ("determined by the others", NEGATIVE, "star", lambda v: math.isinf(v)),
        ("10 or more", NEGATIVE, "diamond", lambda v: MUCH <= v < math.inf),
        ("below 10", NEUTRAL, "circle", lambda v: v < MUCH),
    ):
        places = [i for i, (_, v, _) in enumerate(rows) if wanted(v)]
        if not places:
            continue
        figure.add_scatter(
            x=[min(rows[i][1], edge) for i in places],
            y=places,
            mode="markers",
            name=words,
            marker={"color": colour, "symbol": symbol, "size": 10},
            customdata=[_hover(*rows[i][::2]) for i in places],
            hovertemplate="%{customdata}<extra></extra>",
        )
    for mark in (SOME, MUCH):
        figure.add_vline(x=mark, line={"color": MUTED, "dash": "dot"})
    figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=[label(name, 28) for name, _, _ in rows]
    )
    title = (
        f"{len(high)} of {len(ranked)} columns {'is' if len(high) == 1 else 'are'} largely a "
        f"mixture of the others; {label(high[0][0])} most"
        if high
        else f"None of {len(ranked)} columns is largely a mixture of the others"
    )
    left = f"the {MOST} most inflated are shown; " if len(ranked) > MOST else ""
    return layout(
        figure,
        title,
        f"{_rows(found)}; {left}{_left_out(found)}dotted: the usual marks of 5 and 10",
        x="Variance inflation factor (for levels: squared and scaled to one coefficient)",
        height=210 + 22 * len(rows),
        xaxis_type="log",
        xaxis_range=[-0.04, math.log10(edge * 1.15)],
        xaxis_tickvals=[1, 2, 5, 10, 100, 1000, 10_000, 100_000, 1_000_000],
        yaxis_range=[-0.7, len(rows) - 0.3],
        showlegend=len(figure.data) > 1,
    )


def _rows(found: Collinearity) -> str:
    """The rows it was measured on, and whether these were drawn."""
    if found.n < found.n_complete:
        return f"{found.n:,} drawn by chance of {found.n_complete:,} rows without any gap"
    return f"{found.n:,} rows without any gap"


def _left_out(found: Collinearity) -> str:
    """Some of the columns that take no part, with their reasons."""
    if not found.left_out:
        return ""
    first = ", ".join(f"{label(c.name, 24)} ({c.why})" for c in found.left_out[:3])
    more = len(found.left_out) - 3
    return f"left out: {first}" + (f" and {more} more; " if more > 0 else "; ")


def _hover(name: str, one: object) -> str:
    from outfold.explore.collinearity import Inflation

    assert isinstance(one, Inflation)
    if math.isinf(one.gvif):
        return f"<b>{label(name, 80)}</b><br>the other columns determine it"
    lines = [f"<b>{label(name, 80)}</b>", f"inflation {one.scaled**2:.3g}"]
    if one.df > 1:
        lines.append(f"{one.df} coefficients, GVIF {one.gvif:.3g}")
    else:
        lines.append(f"the others explain {1 - 1 / one.gvif:.1%} of its variance")
    return "<br>".join(lines)
