"""Absolute residuals in order, with the envelope of simulated ones."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from outfold.draw.theme import MUTED, NEUTRAL, POSITIVE, layout
from outfold.judge.half_normal import SIMULATIONS, HalfNormal


def half_normal(found: HalfNormal) -> go.Figure:
    """A half-normal plot of absolute deviance residuals (Atkinson 1985)."""
    figure = go.Figure()
    at = found.expected
    if len(found.high):
        figure.add_scatter(
            x=np.concatenate([at, at[::-1]]),
            y=np.concatenate([found.high, found.low[::-1]]),
            fill="toself",
            fillcolor=MUTED,
            mode="lines",
            line={"width": 0},
            name=f"Range of {SIMULATIONS} simulated",
            hoverinfo="skip",
        )
        figure.add_scatter(
            x=at, y=found.middle, mode="lines", name="Mean of the simulated",
            line={"color": NEUTRAL, "dash": "dash"}, hoverinfo="skip",
        )  # fmt: skip
    figure.add_scattergl(
        x=at,
        y=found.observed,
        mode="markers",
        name="Row",
        marker={"color": POSITIVE, "size": 5},
        customdata=found.index + 1,
        hovertemplate="row %{customdata:,}<br>absolute residual %{y:.3f}<extra></extra>",
    )
    if not len(found.high):
        title, below = "Absolute deviance residuals in order", found.note
    else:
        title = (
            "Absolute residuals stay within what the model itself makes"
            if found.outside <= 0.05
            else f"{found.outside:.0%} of the absolute residuals go beyond what the model makes"
        )
        below = "The envelope comes from responses drawn from the fitted model and fitted again"
    if len(at) < found.n:
        below += f"; {len(at):,} of {found.n:,} rows drawn"
    return layout(figure, title, below, x="Half-normal quantile", y="Absolute deviance residual")
