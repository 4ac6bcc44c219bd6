"""How many of the flagged rows are right, for how many positives found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from outfold.draw.candidate_names import called
from outfold.draw.curve_lines import add_lines, measured
from outfold.draw.theme import MUTED, layout
from outfold.judge.curves import Curve


def draw(curves: Sequence[Curve], names: Mapping[str, str] | None = None) -> go.Figure:
    """Precision-recall curves.

    Args:
        curves: Of kind ``precision_recall``, at least one.
        names: Names of candidates for people.
    """
    share = curves[0].share
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[share, share], mode="lines", line={"color": MUTED, "dash": "dot"},
        name="guessing", hoverinfo="skip",
    )  # fmt: skip
    hover = "finds %{x:.1%} of the positives<br>%{y:.1%} of the flagged rows are positive"
    add_lines(figure, curves, hover + "<br>threshold %{customdata}", names)
    best = max(curves, key=lambda c: c.mean_area())
    half = next(y for x, y in zip(best.pooled.x, best.pooled.y, strict=True) if x >= 0.5)
    title = (
        f"To find half of the positives, {called(best.candidate, names)} is right in "
        f"{half:.0%} of its alarms"
    )
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    figure.update_yaxes(range=[0, 1.01], tickformat=".0%")
    return layout(
        figure, title, measured(curves, "average precision"),
        x="Recall (share of positives found)",
        y="Precision (share of flagged rows that are positive)", height=480,
    )  # fmt: skip
