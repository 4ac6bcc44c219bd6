"""How many positives are found by looking at the highest scores first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from outfold.draw.candidate_names import called
from outfold.draw.curve_lines import add_lines, measured
from outfold.draw.theme import MUTED, layout
from outfold.judge.curves import Curve

AT = 0.1
"""The share of rows that the title speaks of."""


def draw(curves: Sequence[Curve], names: Mapping[str, str] | None = None) -> go.Figure:
    """Cumulative gain curves.

    Args:
        curves: Of kind ``gain``, at least one.
        names: Names of candidates for people.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": MUTED, "dash": "dot"},
        name="any order", hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=[0, curves[0].share, 1], y=[0, 1, 1], mode="lines",
        line={"color": MUTED, "dash": "dashdot"}, name="perfect order", hoverinfo="skip",
    )  # fmt: skip
    hover = "the top %{x:.1%} of the rows<br>hold %{y:.1%} of the positives"
    add_lines(figure, curves, hover + "<br>threshold %{customdata}", names)
    heights = [float(np.interp(AT, c.pooled.x, c.pooled.y)) for c in curves]
    best = int(np.argmax(heights))
    title = (
        f"The top {AT:.0%} by {called(curves[best].candidate, names)} hold "
        f"{heights[best]:.0%} of the positives"
    )
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    figure.update_yaxes(range=[0, 1.01], tickformat=".0%")
    return layout(
        figure, title, measured(curves),
        x="Share of rows looked at, highest scores first", y="Share of positives found",
        height=480,
    )  # fmt: skip
