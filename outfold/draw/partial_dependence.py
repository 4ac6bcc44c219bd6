"""What is predicted on average, and of single rows, as one column changes."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from outfold.draw.effect_axis import add_axis, places
from outfold.draw.theme import MUTED, NEUTRAL, POSITIVE, label, layout
from outfold.judge.column_effect import ColumnEffect


def draw(found: ColumnEffect, *, centred: bool = False) -> go.Figure:
    """Partial dependence over single rows' lines.

    Args:
        found: The effect.
        centred: Whether every line starts at 0, so that lines that cross show interactions.
    """
    at = places(found)
    start = 1 if centred else 0
    lines = found.lines - start * found.lines[:, :1]
    partial = found.partial - start * found.partial[0]
    splits = found.partial_splits - start * found.partial_splits[:, :1]
    figure = go.Figure()
    kind = "lines" if found.is_number else "lines+markers"
    gap = [None]
    x = [v for _ in range(len(lines)) for v in [*at, *gap]]
    y = [v for line in lines for v in [*line.tolist(), *gap]]
    figure.add_scattergl(
        x=x, y=y, mode="lines", name="single rows", line={"color": MUTED, "width": 1},
        hoverinfo="skip",
    )  # fmt: skip
    if len(splits) > 1:
        figure.add_scatter(
            x=[v for _ in splits for v in [*at, *gap]],
            y=[v for line in splits for v in [*line.tolist(), *gap]],
            mode="lines", name="mean by each split’s model",
            line={"color": NEUTRAL, "width": 1, "dash": "dot"}, hoverinfo="skip",
        )  # fmt: skip
    figure.add_scatter(
        x=at, y=partial, mode=kind, name="mean", line={"color": POSITIVE, "width": 3},
        customdata=[label(s, 30) for s in found.shown],
        hovertemplate=f"<b>{label(found.feature)}</b> = %{{customdata}}<br>mean prediction "
        "%{y:.4g}<extra></extra>",
    )  # fmt: skip
    low = float(np.nanmin(lines))
    add_axis(figure, found, low, float(np.nanmax(lines)) - low)
    moved = float(np.ptp(partial))
    ends = f"from {label(found.shown[int(partial.argmin())], 20)}"
    ends += f" to {label(found.shown[int(partial.argmax())], 20)}"
    title = f"{label(found.feature)} moves the mean prediction by up to {moved:.3g}, {ends}"
    outcome = label(found.outcome, 60)
    y_name = f"{outcome}, change from the first value" if centred else outcome
    return layout(
        figure, title,
        "Partial dependence over rows out of fold: every row gets each value in turn, even where "
        "no such row exists.",
        x=label(found.feature), y=y_name[:1].upper() + y_name[1:], height=460,
    )  # fmt: skip
