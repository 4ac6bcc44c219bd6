"""Residuals along the linear predictor, with their trend."""

from __future__ import annotations

from math import comb
from typing import Literal

import numpy as np
import plotly.graph_objects as go

from outfold.draw.theme import MUTED, NEGATIVE, NEUTRAL, POSITIVE, layout
from outfold.judge.diagnostic_points import DiagnosticPoints

Residual = Literal["pearson", "deviance", "quantile"]
RESIDUALS: dict[Residual, str] = {
    "pearson": "Pearson",
    "deviance": "Deviance",
    "quantile": "Randomised quantile",
}


FEW = 500
"""Rows up to which marks hardly cover each other."""
BY_CHANCE = 0.0455
"""Share of bars of ± 2 standard errors that leave zero under a right model."""
SURPRISING = 0.05
"""Below this chance of so many bins the model is doubted."""


def residual_fitted(
    points: DiagnosticPoints, link: str = "", kind: Residual = "pearson"
) -> go.Figure:
    """Residuals of a right model scatter about zero at every fitted value.

    Args:
        points: The rows to draw.
        link: The link's key, for the axis.
        kind: Which residuals; the trend is of Pearson residuals alone, whose expectation is 0.
    """
    figure = go.Figure(
        go.Scattergl(
            x=points.linear_predictor,
            y=getattr(points, kind),
            mode="markers",
            name="Row",
            marker={"color": POSITIVE, "size": 5, "opacity": 0.45 if points.n > FEW else 0.8},
            customdata=np.column_stack([points.index + 1, points.response, points.fitted]),
            hovertemplate="row %{customdata[0]:,}<br>response %{customdata[1]:.4g}, "
            "fitted %{customdata[2]:.4g}<br>residual %{y:.3f}<extra></extra>",
        )
    )
    figure.add_hline(y=0, line={"color": MUTED})
    name = RESIDUALS[kind]
    title = f"{name} residuals along the linear predictor"
    if len(points.trend) and kind == "pearson":
        figure.add_scatter(
            x=points.trend_at,
            y=points.trend,
            error_y={"array": 2 * points.trend_error, "color": NEGATIVE},
            mode="lines+markers",
            name="Mean of a bin, ± 2 standard errors",
            line={"color": NEGATIVE, "dash": "dash"},
            marker={"symbol": "diamond"},
            hovertemplate="mean residual %{y:.3f}<extra></extra>",
        )
        off = np.abs(points.trend) > 2 * points.trend_error
        title = _title(int(off.sum()), len(off))
    below = _sample(points)
    figure.update_traces(selector={"name": "Row"}, marker_line={"width": 0, "color": NEUTRAL})
    axis = f"Linear predictor ({link} scale)" if link else "Linear predictor"
    return layout(figure, title, below, x=axis, y=f"{name} residual")


def _title(off: int, bins: int) -> str:
    """What the drawn bars say: how many leave zero, and how many would by chance alone."""
    if not off:
        return f"Residuals scatter about zero: in none of {bins} bins they leave it"
    chance = sum(comb(bins, k) * BY_CHANCE**k * (1 - BY_CHANCE) ** (bins - k)
                 for k in range(off, bins + 1))  # fmt: skip
    said = f"Residuals leave zero in {off} of {bins} bins"
    expected = f"by chance alone about {max(1, round(BY_CHANCE * bins))} would"
    if chance > SURPRISING:
        return f"{said}; {expected}"
    return f"{said}, where {expected}: a term, a curve or another link is missing"


def _sample(points: DiagnosticPoints) -> str:
    if len(points.index) == points.n:
        return f"{points.n:,} rows"
    return (
        f"{len(points.index):,} of {points.n:,} rows drawn, every conspicuous one among them; "
        "the trend is of all"
    )
