"""The score along the values of one parameter, everything else held."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from outfold.draw.theme import MUTED, colour_of, label, layout
from outfold.judge.leaderboard import Leaderboard, Row
from outfold.registry import Param


def draw(
    board: Leaderboard, param: Param, values: Mapping[str, float], own: float | None
) -> go.Figure:
    """A line through the scores at each value, with their intervals.

    Full marks are tied with the best value.

    Args:
        board: The leaderboard of the run that varied the parameter.
        param: The parameter.
        values: Its value for each candidate of the run, by name.
        own: The value that the candidate has in the run it was taken from, or None.
    """
    rows = sorted(
        (r for r in board.rows if r.rank is not None and r.name in values),
        key=lambda r: values[r.name],
    )
    figures = [r.figures[board.metric] for r in rows]
    colour = colour_of(rows[0].result.candidate.model.key) if rows else MUTED
    figure = go.Figure()
    figure.add_scatter(
        x=[values[r.name] for r in rows],
        y=[f.mean for f in figures],
        error_y={
            "array": [_length(f.high - f.mean) for f in figures],
            "arrayminus": [_length(f.mean - f.low) for f in figures],
            "color": colour, "thickness": 1,
        },
        mode="lines+markers",
        showlegend=False,
        line={"color": colour, "width": 2},
        marker={"symbol": ["diamond" if r.tied else "circle-open" for r in rows], "size": 11,
                "color": colour, "line": {"width": 2, "color": colour}},
        customdata=[[f"{f.low:.4g} to {f.high:.4g}", "tied with the best value" if r.tied else
                     "worse than the best value"] for r, f in zip(rows, figures, strict=True)],
        hovertemplate=f"<b>{label(param.label)} %{{x:.4g}}</b><br>{board.label} %{{y:.4g}} "
        "(%{customdata[0]})<br>%{customdata[1]}<extra></extra>",
    )  # fmt: skip
    log = (param.search_scale or param.scale) == "log" and all(values[r.name] > 0 for r in rows)
    if log:
        figure.update_xaxes(type="log", tickformat="~g")
    if own is not None and (own > 0 or not log):
        figure.add_vline(x=own, line={"color": MUTED, "dash": "dash"})
        # Annotations on a logarithmic axis are placed by the exponent, lines by the value.
        figure.add_annotation(
            x=math.log10(own) if log else own, y=1, yref="paper", yanchor="bottom",
            text="as in the run", showarrow=False,
        )  # fmt: skip
    arrow = "more" if board.direction == "higher" else "less"
    return layout(
        figure, _title(rows, param, values),
        f"Intervals: {board.interval}; full marks: tied with the best. The best of several values "
        "was picked, so its own score is a little too good.",
        x=label(param.label), y=f"{board.label} ({arrow} is better)",
    )  # fmt: skip


def _title(rows: Sequence[Row], param: Param, values: Mapping[str, float]) -> str:
    tied = [values[r.name] for r in rows if r.tied]
    if not tied:
        return f"{label(param.label)} was measured at no value"
    if len(tied) == len(rows):
        return f"No value of {label(param.label.lower())} is told apart from the best"
    if len(tied) == 1:
        return f"{label(param.label)} is best at {tied[0]:.4g}"
    return (
        f"Values of {label(param.label.lower())} from {min(tied):.4g} to {max(tied):.4g} hold all "
        "that are tied with the best"
    )


def _length(value: float) -> float:
    return 0.0 if math.isnan(value) else value
