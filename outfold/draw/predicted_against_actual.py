"""Predicted numbers beside the true ones."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from outfold.draw.candidate_names import called
from outfold.draw.row_number import numbered
from outfold.draw.theme import MUTED, NEGATIVE, colour_of, layout
from outfold.judge.fitted_values import FittedValues
from outfold.metrics.metric import Ints


def draw(
    found: FittedValues, target: str = "value", names: Mapping[str, str] | None = None,
    places: Ints | None = None,
) -> go.Figure:  # fmt: skip
    """A dot per row and the mean of ten groups, against the line of perfect predictions.

    Args:
        found: The predictions.
        target: What is predicted, escaped, for the axes.
        names: Names of candidates for people.
        places: Position of each row of the study's table in the table after fixes, by which rows
            are numbered; the same by default.
    """
    figure = go.Figure()
    low = float(min(found.actual.min(), found.predicted.min()))
    high = float(max(found.actual.max(), found.predicted.max()))
    figure.add_scatter(
        x=[low, high], y=[low, high], mode="lines", line={"color": MUTED, "dash": "dot"},
        name="perfect", hoverinfo="skip",
    )  # fmt: skip
    figure.add_scattergl(
        x=found.predicted,
        y=found.actual,
        mode="markers",
        name="row",
        marker={"color": colour_of(found.model), "size": 6, "opacity": 0.45},
        customdata=np.column_stack([numbered(found.rows, places), found.residual]),
        hovertemplate="row %{customdata[0]:,}<br>predicted %{x:.4g}, actual %{y:.4g}<br>"
        "off by %{customdata[1]:+.4g}<extra></extra>",
    )
    figure.add_scatter(
        x=[s.predicted for s in found.stretches],
        y=[s.actual for s in found.stretches],
        mode="lines+markers",
        name="mean of a group",
        line={"color": NEGATIVE, "dash": "dash"},
        marker={"symbol": "diamond", "size": 9},
        customdata=[s.n for s in found.stretches],
        hovertemplate="%{customdata:,} rows predicted %{x:.4g} on average<br>"
        "are %{y:.4g} on average<extra></extra>",
    )
    return layout(
        figure, _title(found, called(found.candidate, names)), shown(found),
        x=f"Predicted {target}", y=f"Actual {target}", height=480,
    )  # fmt: skip


def shown(found: FittedValues) -> str:
    """How many of the predictions a chart has, for its subtitle."""
    if len(found.rows) == found.n:
        return f"{found.n:,} predictions out of fold."
    return (
        f"{len(found.rows):,} of {found.n:,} predictions out of fold, the largest errors among "
        "them; group means are of all."
    )


def _title(found: FittedValues, name: str) -> str:
    first, last = found.stretches[0], found.stretches[-1]
    ends = [s.residual / found.spread if found.spread > 0 else 0.0 for s in (first, last)]
    if len(found.stretches) > 1 and max(abs(e) for e in ends) > 0.25:
        place, off = ("high", ends[1]) if abs(ends[1]) >= abs(ends[0]) else ("low", ends[0])
        return f"{name} predicts {place} values too {'low' if off > 0 else 'high'}"
    return f"{name} is right on average from low to high values"
