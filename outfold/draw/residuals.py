"""What is left over after prediction, along the predicted value."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from outfold.draw.candidate_names import called
from outfold.draw.predicted_against_actual import shown
from outfold.draw.row_number import numbered
from outfold.draw.theme import MUTED, NEGATIVE, colour_of, layout
from outfold.judge.fitted_values import FittedValues
from outfold.metrics.metric import Ints


def draw(
    found: FittedValues, target: str = "value", names: Mapping[str, str] | None = None,
    places: Ints | None = None,
) -> go.Figure:  # fmt: skip
    """A dot per row, and for ten groups the mean error and the middle 80 % of the errors.

    Args:
        found: The predictions.
        target: What is predicted, escaped, for the axes.
        names: Names of candidates for people.
        places: Position of each row of the study's table in the table after fixes, by which rows
            are numbered; the same by default.
    """
    figure = go.Figure()
    figure.add_scattergl(
        x=found.predicted,
        y=found.residual,
        mode="markers",
        name="row",
        marker={"color": colour_of(found.model), "size": 6, "opacity": 0.4},
        customdata=np.column_stack([numbered(found.rows, places), found.actual]),
        hovertemplate="row %{customdata[0]:,}<br>predicted %{x:.4g}, actual %{customdata[1]:.4g}"
        "<br>off by %{y:+.4g}<extra></extra>",
    )
    parts = found.stretches
    figure.add_scatter(
        x=[s.predicted for s in parts],
        y=[s.residual for s in parts],
        error_y={
            "array": [s.high - s.residual for s in parts],
            "arrayminus": [s.residual - s.low for s in parts],
            "color": NEGATIVE,
        },
        mode="lines+markers",
        name="mean of a group and its middle 80 %",
        line={"color": NEGATIVE, "dash": "dash"},
        marker={"symbol": "diamond", "size": 9},
        customdata=[[s.n, s.low, s.high] for s in parts],
        hovertemplate="%{customdata[0]:,} rows near %{x:.4g}<br>off by %{y:+.4g} on average, "
        "80 % within %{customdata[1]:+.4g} and %{customdata[2]:+.4g}<extra></extra>",
    )
    figure.add_hline(y=0, line={"color": MUTED})
    return layout(
        figure, _title(found, called(found.candidate, names)), shown(found),
        x=f"Predicted {target}", y=f"Actual minus predicted {target}", height=440,
    )  # fmt: skip


def _title(found: FittedValues, name: str) -> str:
    widths = [s.high - s.low for s in found.stretches]
    if len(widths) > 2 and min(widths[0], widths[-1]) > 0:
        times = widths[-1] / widths[0]
        if times > 2:
            return f"{name}: errors are {times:.1f} times wider at high predictions than at low"
        if times < 0.5:
            return f"{name}: errors are {1 / times:.1f} times wider at low predictions than at high"
    return f"{name}: errors are about as wide at low as at high predictions"
