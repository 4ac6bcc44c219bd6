"""How many positives are found for how many false alarms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from outfold.draw.candidate_names import called
from outfold.draw.curve_lines import add_lines, measured
from outfold.draw.theme import MUTED, layout
from outfold.judge.curves import Curve


def draw(curves: Sequence[Curve], names: Mapping[str, str] | None = None) -> go.Figure:
    """ROC curves.

    Args:
        curves: Of kind ``roc``, at least one.
        names: Names of candidates for people.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": MUTED, "dash": "dot"},
        name="guessing", hoverinfo="skip",
    )  # fmt: skip
    hover = "finds %{y:.1%} of the positives<br>flags %{x:.1%} of the negatives"
    add_lines(figure, curves, hover + "<br>threshold %{customdata}", names)
    best = max(curves, key=lambda c: c.mean_area())
    name = called(best.candidate, names)
    title = (
        f"{name} ranks a positive above a negative {best.mean_area():.1%} of the time"
        if best.mean_area() > 0.5
        else "No candidate ranks better than guessing"
    )
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    figure.update_yaxes(range=[0, 1.01], tickformat=".0%")
    return layout(
        figure, title, measured(curves, "area"),
        x="False positive rate (share of negatives flagged)",
        y="Recall (share of positives found)", height=480,
    )  # fmt: skip
