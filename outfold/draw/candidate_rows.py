"""Charts with one row per candidate: names above the marks, and a scale that suits the candidates.

On an axis long names take half of a narrow screen, or stand over each other in several lines; above
its mark each has the whole width.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

ROW = 42
"""Pixels of a row: a line of text, and the marks below it."""
LIFT = 15
"""Pixels that a name stands above the middle of its marks."""
LONGEST = 58
"""Characters of a name that a narrow screen has room for."""
ABOVE, BELOW = 0.17, 0.3
"""Shares of a row, from its middle, that a line takes without touching the names."""
FAR = 2.0
"""Times the spread of all others that a baseline may lie off them and still be drawn to scale."""


def name_rows(figure: go.Figure, names: Sequence[str], lift: int = LIFT) -> None:
    """Write a name above each row, the first row on top.

    Args:
        figure: The chart; row ``i`` is drawn at ``y = i``.
        names: As plotly text.
        lift: Pixels above the middle of a row's marks.
    """
    for place, name in enumerate(names):
        figure.add_annotation(
            x=0, xref="paper", xanchor="left", y=place, yanchor="middle", yshift=lift,
            text=name, showarrow=False, align="left", font={"size": 12},
        )  # fmt: skip
    figure.update_yaxes(
        range=[len(names) - 0.4, -0.85], showticklabels=False, tickvals=list(range(len(names))),
        zeroline=False,
    )  # fmt: skip


def level_line(figure: go.Figure, at: float, rows: int, colour: str) -> None:
    """A vertical line beside every row's marks, interrupted where the names stand.

    Args:
        figure: The chart; row ``i`` is drawn at ``y = i``.
        at: Where, on the horizontal axis.
        rows: How many rows.
        colour: Of the line.
    """
    ends = [y for row in range(rows) for y in (row - ABOVE, row + BELOW, None)]
    figure.add_scatter(
        x=[at] * len(ends), y=ends, mode="lines", line={"color": colour, "width": 2},
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip


def to_scale(
    values: Sequence[float], lows: Sequence[float], highs: Sequence[float], baseline: Sequence[bool]
) -> tuple[list[bool], tuple[float, float] | None]:
    """Who lies too far off to be drawn to scale, and the range of all others.

    Only a baseline can lie too far off: it would press what is to be compared into a corner.

    Args:
        values: Scores, ``(n,)``.
        lows: Lower ends of their intervals, NaN where there is none.
        highs: Upper ends.
        baseline: Which candidates look at no feature.

    Returns:
        One flag per candidate, and the lowest and highest end of the intervals of the others; None
        where there are no others.
    """
    table = np.array([values, lows, highs], dtype=np.float64)
    others = ~np.array(baseline, dtype=bool)
    ends = table[:, others]
    if not np.isfinite(ends).any():
        return [False] * len(values), None
    low, high = float(np.nanmin(ends)), float(np.nanmax(ends))
    reach = FAR * (high - low)
    far = ~others & ~((table[0] >= low - reach) & (table[0] <= high + reach))
    return far.tolist(), (low, high)
