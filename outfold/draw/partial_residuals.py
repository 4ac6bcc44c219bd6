"""A term's part of the linear predictor, with what the rows have beyond it."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from outfold.draw.theme import NEGATIVE, NEUTRAL, POSITIVE, label, layout
from outfold.judge.expression import unquoted
from outfold.judge.partial_residuals import PartialResiduals


def partial_residuals(found: PartialResiduals, link: str = "") -> go.Figure:
    """Partial residuals along a column, their mean in bins, and what the term says.

    Args:
        found: One term's partial residuals.
        link: The link's key, for the axis.
    """
    x = found.x
    if found.levels:  # levels lie on top of each other unless spread a little
        x = x + np.random.default_rng(0).uniform(-0.2, 0.2, len(x))
    figure = go.Figure(
        go.Scattergl(
            x=x,
            y=found.residual,
            mode="markers",
            name="Row",
            marker={"color": POSITIVE, "size": 4, "opacity": 0.35},
            customdata=found.index + 1,
            hovertemplate="row %{customdata:,}<br>partial residual %{y:.3f}<extra></extra>",
        )
    )
    order = np.argsort(found.x, kind="stable")
    _, first = np.unique(found.x[order], return_index=True)
    line = order[first]
    figure.add_scatter(
        x=found.x[line],
        y=found.part[line],
        mode="markers" if found.levels else "lines",
        name="The term",
        line={"color": NEUTRAL, "width": 2.5},
        marker={"color": NEUTRAL, "symbol": "line-ew-open", "size": 22, "line": {"width": 3}},
        hovertemplate="the term says %{y:.3f}<extra></extra>",
    )
    figure.add_scatter(
        x=found.trend_x,
        y=found.trend,
        error_y={"array": 2 * found.trend_error, "color": NEGATIVE},
        mode="markers" if found.levels else "lines+markers",
        name="Mean of the rows, ± 2 standard errors",
        line={"color": NEGATIVE, "dash": "dash"},
        marker={"symbol": "diamond", "color": NEGATIVE, "size": 8},
        hovertemplate="mean %{y:.3f}<extra></extra>",
    )
    # Extreme working residuals, as of 0/1 responses, would press everything else into a line.
    low, high = np.nanquantile(found.residual, [0.005, 0.995])
    ends = [
        low,
        high,
        *(found.trend - 2 * found.trend_error),
        *(found.trend + 2 * found.trend_error),
    ]
    room = 0.05 * (max(ends) - min(ends) or 1.0)
    if found.levels:
        figure.update_xaxes(
            tickvals=list(range(len(found.levels))), ticktext=[label(v, 16) for v in found.levels]
        )
    below = "Working residuals added to the term's part"
    if len(found.x) < found.n:
        below += f"; {len(found.x):,} of {found.n:,} rows drawn, the means are of all"
    return layout(
        figure, f"{label(unquoted(found.term))}: {_finding(found)}", below,
        x=label(found.column), y=f"Part of the linear predictor ({link} scale)",
        yaxis_range=[min(ends) - room, max(ends) + room],
    )  # fmt: skip


def _finding(found: PartialResiduals) -> str:
    if found.levels or len(found.trend_x) < 4:
        return "the rows beside what the term says"
    order = np.argsort(found.x, kind="stable")
    said = np.interp(found.trend_x, found.x[order], found.part[order])
    off = np.abs(found.trend - said) > 2 * found.trend_error
    if off.mean() <= 0.15:
        return "the term follows the rows"
    return f"the rows leave the term in {int(off.sum())} of {len(off)} bins; try a curve"
