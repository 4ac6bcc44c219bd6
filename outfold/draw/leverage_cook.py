"""Which rows pull the fit: leverage, residual and Cook's distance."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from outfold.draw.theme import MUTED, NEGATIVE, POSITIVE, layout
from outfold.judge.diagnostic_points import DiagnosticPoints

LARGE = 0.5
"""A Cook's distance from which a row is worth a look (Cook & Weisberg 1982 look from 0.5 to 1)."""
NAMED = 5


def leverage_cook(points: DiagnosticPoints) -> go.Figure:
    """Pearson residuals over leverage; rows of large Cook's distance are diamonds with names."""
    exact = np.isnan(points.cook)
    loud = np.nan_to_num(points.cook, nan=0.0) >= LARGE
    figure = go.Figure()
    for chosen, name, colour, symbol, size in (
        (~loud & ~exact, f"Cook's distance below {LARGE}", POSITIVE, "circle", 5),
        (loud, f"Cook's distance {LARGE} or more", NEGATIVE, "diamond", 8),
    ):
        if chosen.any():
            figure.add_trace(
                go.Scattergl(
                    x=points.leverage[chosen],
                    y=points.pearson[chosen],
                    mode="markers",
                    name=name,
                    marker={"color": colour, "symbol": symbol, "size": size},
                    customdata=np.column_stack(
                        [points.index[chosen] + 1, points.cook[chosen], points.response[chosen],
                         points.fitted[chosen]]
                    ),
                    hovertemplate="row %{customdata[0]:,}<br>leverage %{x:.4f}<br>Cook's distance "
                    "%{customdata[1]:.3g}<br>response %{customdata[2]:.4g}, "
                    "fitted %{customdata[3]:.4g}<extra></extra>",
                )
            )  # fmt: skip
    figure.add_vline(
        x=2 * points.mean_leverage, line={"color": MUTED, "dash": "dash"},
        annotation_text="twice the mean leverage", annotation_position="top",
    )  # fmt: skip
    named = [i for i in np.argsort(-np.nan_to_num(points.cook, nan=0.0))[:NAMED] if loud[i]]
    for i in named:
        figure.add_annotation(
            x=points.leverage[i], y=points.pearson[i], text=f"row {points.index[i] + 1:,}",
            showarrow=True, arrowhead=0, ax=24, ay=-18,
        )  # fmt: skip
    count = int(loud.sum())
    title = (
        "No row pulls the fit by much"
        if count == 0
        else f"{count:,} row{'s' * (count != 1)} pull the fit"
        if count > 1
        else "1 row pulls the fit"
    )
    below = "Cook's distance: how far all coefficients move when the row is left out"
    if exact.any():
        below += f"; {int(exact.sum()):,} of leverage 1, which fit exactly, left out"
    return layout(figure, title, below, x="Leverage (0 to 1)", y="Pearson residual")
