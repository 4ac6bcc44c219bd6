"""Score against number of columns, out of fold, with the smallest size that is good enough."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from outfold.draw.theme import DASHES, NEUTRAL, PALETTE, SYMBOLS, label, layout
from outfold.judge.score_by_size import ScoreBySize, SizeCurve

BANDS = 2
"""Up to so many methods have their bands drawn; of more, the one with the best score."""
RING = 19


def draw(found: ScoreBySize, names: Mapping[str, str] | None = None) -> go.Figure:
    """A line per ranking over the number of columns kept; a ring marks the smallest good size.

    Args:
        found: The curves.
        names: Names of methods for people, by their keys.
    """
    figure = go.Figure()
    sign = 1.0 if found.higher else -1.0
    leading = max(found.curves, key=lambda c: sign * c.points[c.best].score, default=None)
    for place, curve in enumerate(found.curves):
        colour = PALETTE[place % len(PALETTE)]
        if len(found.curves) <= BANDS or curve is leading:
            _band(figure, curve, colour)
    for place, curve in enumerate(found.curves):
        colour, name = (
            PALETTE[place % len(PALETTE)],
            label((names or {}).get(curve.method, curve.method)),
        )
        points = curve.points
        figure.add_scatter(
            x=[p.n_kept for p in points],
            y=[p.score for p in points],
            mode="lines+markers",
            name=name,
            legendgroup=curve.method,
            line={"color": colour, "dash": DASHES[place % len(DASHES)], "width": 2},
            marker={"symbol": SYMBOLS[place % len(SYMBOLS)], "size": 8},
            customdata=[
                f"{p.low:.4g} to {p.high:.4g}"
                + ("" if np.isnan(p.p_vs_best) else f"<br>p against its best {p.p_vs_best:.2g}")
                for p in points
            ],
            hovertemplate=f"<b>{name}</b><br>%{{x:.3g}} columns: %{{y:.4g}}"
            f"<br>{found.confidence:.0%} interval %{{customdata}}<extra></extra>",
        )
        enough = points[curve.smallest]
        figure.add_scatter(
            x=[enough.n_kept],
            y=[enough.score],
            mode="markers",
            name="smallest within one standard error",
            showlegend=place == 0,
            legendgroup="enough",
            legendrank=2000,
            marker={
                "symbol": "circle-open", "size": RING, "color": colour, "line": {"width": 2.5}
            },
            hovertemplate=f"<b>{name}</b>: {enough.n_kept:.3g} columns are within one standard "
            "error of its best<extra></extra>",
        )  # fmt: skip
    if not np.isnan(found.everything):
        figure.add_hline(y=found.everything, line={"color": NEUTRAL, "dash": "dot", "width": 1})
    ticks = sorted({p.asked for c in found.curves for p in c.points})
    figure.update_xaxes(type="log", tickvals=ticks, ticktext=[f"{t:,}" for t in ticks])
    return layout(
        figure,
        _title(found, leading, names),
        f"Bands: {found.confidence:.0%} interval of the mean over the splits. Rankings are made "
        "anew in each training fold. Dotted: every column.",
        x="Columns kept (logarithmic)",
        y=label(found.label),
        height=470,
    )


def _title(found: ScoreBySize, leading: SizeCurve | None, names: Mapping[str, str] | None) -> str:
    if leading is None:
        return "No size could be scored"
    name = label((names or {}).get(leading.method, leading.method))
    enough = leading.points[leading.smallest].n_kept
    if enough >= found.n_columns:
        return f"{name} needs every one of {found.n_columns:,} columns"
    word = "column is" if round(enough, 1) == 1 else "columns are"
    return f"{enough:,.3g} of {found.n_columns:,} {word} enough with {name}"


def _band(figure: go.Figure, curve: SizeCurve, colour: str) -> None:
    known = [p for p in curve.points if not (np.isnan(p.low) or np.isnan(p.high))]
    if len(known) < 2:
        return
    x = [p.n_kept for p in known]
    figure.add_scatter(
        x=[*x, *x[::-1]],
        y=[*(p.low for p in known), *(p.high for p in known[::-1])],
        mode="lines",
        fill="toself",
        fillcolor=colour,
        line={"width": 0},
        opacity=0.15,
        hoverinfo="skip",
        showlegend=False,
        legendgroup=curve.method,
    )
