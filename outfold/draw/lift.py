"""How many times more positives the highest scores hold than an average share of rows."""

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
    """Lift curves.

    Args:
        curves: Of kind ``lift``, at least one.
        names: Names of candidates for people.
    """
    figure = go.Figure()
    hover = "the top %{x:.1%} of the rows hold<br>%{y:.2f} times the average share of positives"
    add_lines(figure, curves, hover + "<br>threshold %{customdata}", names)
    figure.add_hline(y=1, line={"color": MUTED, "dash": "dot"}, annotation_text="any order")
    heights = [float(np.interp(AT, c.pooled.x, c.pooled.y)) for c in curves]
    best = int(np.argmax(heights))
    title = (
        f"The top {AT:.0%} by {called(curves[best].candidate, names)} hold "
        f"{heights[best]:.1f} times the average share of positives"
    )
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    figure.update_yaxes(rangemode="tozero")
    return layout(
        figure, title, measured(curves), x="Share of rows looked at, highest scores first",
        y="Lift (times the average share)", height=480, showlegend=True,
    )  # fmt: skip
