"""How columns enter a penalised model as its penalty falls."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from outfold.data.schema import shown
from outfold.draw.theme import DASHES, MUTED, NEUTRAL, colours_of, label, layout
from outfold.select.columns import Floats
from outfold.select.penalised_path import Path

NAMED = 12
"""Columns with a line of their own colour and their name at its end; the others are grey."""
MOST = 60
"""Columns drawn."""
NAME = 18
"""Characters of a name at the end of a line."""
HEIGHT = 520
TICKS = (1.0, 0.3, 0.1, 0.03, 0.01)
PITCH = 0.05
"""Least distance of two names, as a share of the axis."""


def draw(result: Path, penalty: float | None = None, measured: str = "") -> go.Figure:
    """Coefficient size against penalty, the largest at the end of the path named there.

    Args:
        result: The path.
        penalty: The penalty in use, marked where given.
        measured: What it was fitted on, in words.
    """
    entries = result.entries()
    entered = [int(i) for i in np.lexsort((-result.weights[-1], -entries)) if entries[i] > 0]
    # A name stands at the end of a line, so those that end highest are the ones that can be told.
    largest = sorted(entered, key=lambda i: -result.weights[-1, i])[:NAMED]
    order = largest + [i for i in entered if i not in set(largest)]
    share = result.penalties / result.penalties[0]
    colours = colours_of([result.sources[i] for i in largest])
    figure = go.Figure()
    numbered = list(enumerate(order[:MOST]))
    # Named lines lie over the grey ones.
    for place, i in [*numbered[NAMED:], *numbered[:NAMED]]:
        name, first = label(shown(result.sources[i])), place < NAMED
        figure.add_scatter(
            x=share,
            # Along 0 nothing is seen but clutter: a line begins where the column enters.
            y=_from_entry(result.weights[:, i]),
            name=name,
            mode="lines",
            showlegend=False,
            line={
                "color": colours[result.sources[i]] if first else MUTED,
                "dash": DASHES[place % len(DASHES)] if first else "solid",
                "width": 2 if first else 1,
            },
            hovertemplate=f"<b>{name}</b><br>penalty %{{x:.3g}} of the largest"
            f"<br>coefficient %{{y:.3g}}<br>enters at {entries[i]:.3g}<extra></extra>",
        )
    top = float(result.weights.max(initial=0.0)) or 1.0
    ends = [float(result.weights[-1, i]) / top for i in largest]
    for i, end, at in zip(largest, ends, _spread(ends), strict=True):
        # Names to the right of the plot; a short stroke leads from a name to its line's end.
        figure.add_annotation(
            x=float(np.log10(share[-1])), y=end * top, ax=16, axref="pixel",
            ay=at * top, ayref="y", text=label(shown(result.sources[i]), NAME), showarrow=True,
            arrowhead=0, arrowwidth=1, arrowcolor=NEUTRAL, xanchor="left",
            font={"size": 11, "color": colours[result.sources[i]]},
        )  # fmt: skip
    inside = 0
    if penalty is not None:
        at = penalty / float(result.penalties[0])
        step = int(np.argmin(np.abs(result.penalties - penalty)))
        inside = int((result.weights[step] > 0).sum())
        figure.add_vline(x=at, line={"dash": "dash", "color": NEUTRAL})
        # On a logarithmic axis an annotation is placed by the exponent, a line by the value.
        figure.add_annotation(
            x=float(np.log10(at)), y=1, yref="paper", text="chosen", showarrow=False,
            xanchor="right", yanchor="bottom",
        )  # fmt: skip
    title = "No column enters the model"
    if entered:
        title = f"{label(shown(result.sources[entered[0]]))} is the first column to enter the model"
    if inside:
        title += f"; at the penalty chosen {inside:,} of {len(result.sources):,} are in"
    below = f"{len(entered):,} of {len(result.sources):,} columns enter by the end of the path"
    if len(entered) > NAMED:
        below += f"; the {NAMED} largest there are named"
    if len(entered) > MOST:
        below += f" and {MOST} drawn"
    # The axis ends at the last penalty, so that the names stand in the margin.
    figure.update_xaxes(
        type="log", range=[0.03, float(np.log10(share[-1]))],
        tickvals=TICKS, ticktext=[f"{t:g}" for t in TICKS],
    )  # fmt: skip
    figure.update_yaxes(range=[-0.02 * top, 1.06 * top])
    drawn = layout(
        figure,
        title,
        below + (f". {measured}" if measured else "."),
        x="Penalty, share of the largest (falling)",
        y="Size of the standardised coefficient",
        height=HEIGHT,
    )
    longest = max((min(len(shown(result.sources[i])), NAME) for i in largest), default=0)
    drawn.update_layout(margin_r=28 + 7 * longest)
    return drawn


def _from_entry(values: Floats) -> list[float | None]:
    """A column's sizes without the zeros before the last one that it enters from."""
    inside = np.flatnonzero(values > 0)
    first = max(int(inside[0]) - 1, 0) if len(inside) else 0
    return [None if step < first else float(v) for step, v in enumerate(values)]


def _spread(ends: list[float]) -> list[float]:
    """Heights of names, falling, none nearer to another than ``PITCH``, 0 being the lowest."""
    placed = list(ends)
    for i in range(1, len(placed)):
        placed[i] = min(placed[i], placed[i - 1] - PITCH)
    low = 0.0
    for i in reversed(range(len(placed))):
        placed[i] = max(placed[i], low)
        low = placed[i] + PITCH
    return placed
