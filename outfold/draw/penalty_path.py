"""How columns enter a penalised model as its penalty falls."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from outfold.data.schema import shown
from outfold.draw.theme import DASHES, MUTED, NEUTRAL, colours_of, label, layout
from outfold.select.penalised_path import Path

NAMED = 8
"""Columns with a line of their own colour; the others are drawn in grey."""
MOST = 60
"""Columns drawn."""


def draw(result: Path, penalty: float | None = None) -> go.Figure:
    """Coefficient size against penalty, the first columns to enter named.

    Args:
        result: The path.
        penalty: The penalty in use, marked where given.
    """
    entries = result.entries()
    order = [int(i) for i in np.lexsort((-result.weights[-1], -entries)) if entries[i] > 0]
    share = result.penalties / result.penalties[0]
    colours = colours_of([result.sources[i] for i in order[:NAMED]])
    figure = go.Figure()
    for place, i in enumerate(order[:MOST]):
        name = label(shown(result.sources[i]))
        first = place < NAMED
        figure.add_scatter(
            x=share,
            y=result.weights[:, i],
            name=name,
            mode="lines",
            showlegend=first,
            line={
                "color": colours[result.sources[i]] if first else MUTED,
                "dash": DASHES[place % len(DASHES)] if first else "solid",
                "width": 2 if first else 1,
            },
            hovertemplate=f"<b>{name}</b><br>penalty %{{x:.3g}} of the largest"
            "<br>coefficient %{y:.3g}<extra></extra>",
        )
    if penalty is not None:
        at = penalty / float(result.penalties[0])
        figure.add_vline(x=at, line={"dash": "dash", "color": NEUTRAL})
        # On a logarithmic axis an annotation is placed by the exponent, a line by the value.
        figure.add_annotation(
            x=float(np.log10(at)), y=1, yref="paper", text="chosen", showarrow=False, xanchor="left"
        )
    title = "No column enters the model"
    if order:
        title = f"{label(shown(result.sources[order[0]]))} is the first column to enter the model"
    below = f"{len(order):,} of {len(result.sources):,} columns enter by the end of the path"
    if len(order) > MOST:
        below += f"; the first {MOST} are drawn"
    figure.update_xaxes(type="log", autorange="reversed")
    return layout(
        figure,
        title,
        below,
        x="Penalty, share of the largest (falling)",
        y="Largest absolute coefficient, standardised",
    )
