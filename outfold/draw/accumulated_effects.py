"""Accumulated local effects: what one column does among rows as they are."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from outfold.draw.effect_axis import add_axis, places
from outfold.draw.theme import MUTED, NEUTRAL, POSITIVE, label, layout
from outfold.judge.column_effect import ColumnEffect


def draw(found: ColumnEffect) -> go.Figure:
    """The centred effect, over the splits and of each split's model."""
    at = places(found)
    figure = go.Figure()
    if len(found.ale_splits) > 1:
        figure.add_scatter(
            x=[v for _ in found.ale_splits for v in [*at, None]],
            y=[v for line in found.ale_splits for v in [*line.tolist(), None]],
            mode="lines", name="by each split’s model",
            line={"color": NEUTRAL, "width": 1, "dash": "dot"}, hoverinfo="skip",
        )  # fmt: skip
    figure.add_scatter(
        x=at, y=found.ale, mode="lines+markers", name="mean",
        line={"color": POSITIVE, "width": 3}, marker={"size": 5},
        customdata=[[label(s, 30), n] for s, n in zip(found.shown, found.rows, strict=True)],
        hovertemplate=f"<b>{label(found.feature)}</b> = %{{customdata[0]}}<br>effect %{{y:+.4g}}"
        "<extra></extra>",
    )  # fmt: skip
    figure.add_hline(y=0, line={"color": MUTED, "width": 1})
    low, high = float(np.nanmin(found.ale_splits)), float(np.nanmax(found.ale_splits))
    add_axis(figure, found, low, high - low)
    spread = float(np.ptp(found.ale))
    change = found.ale[-1] - found.ale[0]
    if not found.is_number:
        title = f"{label(found.feature)} makes a difference of up to {spread:.3g} among its rows"
    elif spread > 0 and abs(change) > 0.7 * spread:
        way = "rises" if change > 0 else "falls"
        title = f"The prediction {way} with {label(found.feature)}, by {spread:.3g} over its range"
    else:
        title = f"{label(found.feature)} moves predictions by {spread:.3g}, and not one way only"
    order = "" if found.is_number else " Levels stand beside those with similar rows."
    return layout(
        figure, title,
        "Accumulated local effects (Apley & Zhu 2020), 0 on average: only rows near a value tell "
        f"of it, so related columns do not mislead.{order}",
        x=label(found.feature), y=f"Effect on {label(found.outcome, 50)}", height=440,
    )  # fmt: skip
