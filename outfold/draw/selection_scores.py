"""One selector's scores: how far apart the columns are, and where the cut falls."""

from __future__ import annotations

import math

import plotly.graph_objects as go

from outfold.data.schema import shown
from outfold.draw.theme import NEUTRAL, POSITIVE, label, layout
from outfold.select.selection import Selection

MOST = 40
"""Columns drawn; the table beside the chart has them all."""


def draw(result: Selection, name: str) -> go.Figure:
    """Bars of the scores, best first; kept ones are filled, dropped ones hatched.

    Args:
        result: What the selector found.
        name: The selector's label.
    """
    order = sorted(result.ranks().items(), key=lambda item: item[1])
    scored = [c for c, _ in order if math.isfinite(result.scores.get(c, math.nan))]
    drawn = scored[:MOST]
    figure = go.Figure()
    kept_columns = set(result.selected)
    for kept, colour, pattern in ((True, POSITIVE, ""), (False, NEUTRAL, "/")):
        part = [c for c in drawn if (c in kept_columns) == kept]
        if not part:
            continue
        because = [
            f"<br>repeats {label(shown(result.dropped_because[c]))}"
            if c in result.dropped_because
            else ""
            for c in part
        ]
        figure.add_bar(
            x=[result.scores[c] for c in part],
            y=[label(shown(c)) for c in part],
            orientation="h",
            name="kept" if kept else "dropped",
            marker={"color": colour, "pattern": {"shape": pattern}},
            customdata=because,
            hovertemplate="<b>%{y}</b><br>%{x:.4g}%{customdata}<extra></extra>",
        )
    figure.update_yaxes(
        autorange="reversed",
        categoryorder="array",
        categoryarray=[label(shown(c)) for c in drawn],
    )
    title = f"{label(name)} keeps {len(result.selected):,} of {len(order):,} columns"
    notes = [label(result.score_name, 120)] if drawn else ["This selector gives no scores"]
    if result.merit is not None and math.isfinite(result.merit):
        notes.append(f"{label(result.merit_name, 80)}: {result.merit:.3g}")
    if len(drawn) < len(scored):
        notes.append(f"the first {len(drawn)} of {len(scored):,} scored columns")
    return layout(
        figure,
        title,
        "; ".join(notes),
        x=label(result.score_name, 120),
        y="Column",
        height=max(280, 150 + 22 * len(drawn)),
    )
