"""Quantile residuals against the normal distribution, with the band of a right model."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from outfold.draw.theme import MUTED, NEUTRAL, POSITIVE, layout
from outfold.judge.diagnostic_points import DiagnosticPoints

EXPECTED_OUTSIDE = 0.05


def residual_quantile(points: DiagnosticPoints) -> go.Figure:
    """A normal quantile plot of randomised quantile residuals (Dunn & Smyth 1996)."""
    if not np.isfinite(points.expected).all() or not len(points.expected):
        figure = go.Figure()
        reason = points.notes[0] if points.notes else ""
        return layout(figure, "This family has no quantile residuals", reason)
    order = np.argsort(points.expected)
    at = points.expected[order]
    figure = go.Figure(
        [
            go.Scatter(
                x=np.concatenate([at, at[::-1]]),
                y=np.concatenate([points.band_high[order], points.band_low[order][::-1]]),
                fill="toself",
                fillcolor=MUTED,
                line={"width": 0},
                name="95 % of normal samples",
                hoverinfo="skip",
            ),
            go.Scatter(
                x=at[[0, -1]], y=at[[0, -1]], mode="lines", name="Normal",
                line={"color": NEUTRAL, "dash": "dash"}, hoverinfo="skip",
            ),
            go.Scattergl(
                x=at,
                y=points.quantile[order],
                mode="markers",
                name="Row",
                marker={"color": POSITIVE, "size": 5},
                customdata=np.column_stack(
                    [points.index[order] + 1, points.response[order], points.fitted[order]]
                ),
                hovertemplate="row %{customdata[0]:,}<br>response %{customdata[1]:.4g}, "
                "fitted %{customdata[2]:.4g}<br>quantile residual %{y:.2f}"
                "<extra></extra>",
            ),
        ]
    )  # fmt: skip
    share = points.outside
    title = (
        "The residuals look like those of a right model"
        if share <= 2 * EXPECTED_OUTSIDE
        else f"{share:.0%} of the residuals lie outside the band: the family does not fit"
    )
    below = "Band pointwise, 95 %; residuals of discrete responses are randomised"
    if len(points.index) < points.n:
        below += f"; {len(points.index):,} of {points.n:,} rows drawn"
    return layout(figure, title, below, x="Normal quantile", y="Quantile residual")
