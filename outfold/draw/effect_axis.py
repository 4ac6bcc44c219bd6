"""The horizontal axis of a column's effect: numbers, moments or levels, and a rug of the rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from outfold.draw.theme import NEUTRAL, label
from outfold.judge.column_effect import ColumnEffect

MOST_MARKS = 400


def places(found: ColumnEffect) -> Any:
    """Where values stand on the axis."""
    if found.is_moment:
        return pd.DatetimeIndex(found.at.astype(np.int64)).to_pydatetime()
    return found.at


def add_axis(figure: go.Figure, found: ColumnEffect, bottom: float, height: float) -> None:
    """Name the levels of a category; mark where rows are along a number.

    Args:
        figure: The chart.
        found: The effect.
        bottom: The least value drawn.
        height: Range of the values drawn.
    """
    if not found.is_number:
        figure.update_xaxes(
            tickvals=found.at.tolist(),
            ticktext=[
                f"{label(name, 16)}<br>{int(n):,}"
                for name, n in zip(found.shown, found.rows, strict=True)
            ],
        )
        return
    marks = found.values
    if len(marks) > MOST_MARKS:
        marks = marks[np.linspace(0, len(marks) - 1, MOST_MARKS).astype(int)]
    at = pd.DatetimeIndex(marks.astype(np.int64)).to_pydatetime() if found.is_moment else marks
    figure.add_scatter(
        x=at,
        y=np.full(len(marks), bottom - 0.06 * (height or 1.0)),
        mode="markers",
        marker={"symbol": "line-ns-open", "color": NEUTRAL, "size": 8, "opacity": 0.5},
        hoverinfo="skip",
        showlegend=False,
    )
