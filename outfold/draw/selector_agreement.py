"""Columns by selectors: how often each selector keeps each column."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from outfold.draw.theme import label, layout
from outfold.judge.stability import Agreement

MOST = 40
"""Columns drawn; the table beside the chart has them all."""


def draw(result: Agreement) -> go.Figure:
    """A matrix whose cells give the share of the splits in which a column is kept."""
    n = min(len(result.columns), MOST)
    kept = result.kept[:n]
    names = [label(c) for c in result.columns[:n]]
    selectors = [label(s.selector) for s in result.selectors]
    rank = np.round(result.rank[:n], 1)
    everywhere = int((result.kept == 1).all(axis=1).sum())
    figure = go.Figure(
        go.Heatmap(
            z=kept,
            x=selectors,
            y=names,
            zmin=0,
            zmax=1,
            colorscale="Cividis",
            text=[["●" if v == 1 else "" if v == 0 else f"{v:.0%}" for v in row] for row in kept],
            texttemplate="%{text}",
            customdata=np.where(np.isnan(rank), "–", rank.astype(str)),
            xgap=2,
            ygap=2,
            colorbar={"title": {"text": "Kept"}, "tickformat": ".0%", "thickness": 12},
            hovertemplate="<b>%{y}</b><br>%{x}<br>kept in %{z:.0%} of the splits"
            "<br>mean rank %{customdata}<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed")
    if everywhere == 0:
        title = "No column is kept by every selector on every split"
    elif everywhere == len(result.columns):
        title = "Every column is kept by every selector on every split"
    else:
        word = "column is" if everywhere == 1 else "columns are"
        title = f"{everywhere} {word} kept by every selector on every split"
    below = "● kept on every split; a percentage where the splits disagree"
    if n < len(result.columns):
        below += f"; the {n} most kept of {len(result.columns)} columns"
    return layout(figure, title, below, x="Selector", y="Column", height=max(280, 140 + 24 * n))
