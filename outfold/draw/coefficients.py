"""Coefficients with their intervals."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from outfold.draw.theme import MUTED, NEUTRAL, POSITIVE, label, layout
from outfold.judge.expression import unquoted
from outfold.judge.glm_fit import Coefficient

MOST = 40
MANY = 20
"""Coefficients from which at least one is expected to be clear of zero by chance."""
UNBOUNDED = ("log", "logit", "probit", "cloglog", "loglog", "cauchit")
"""Links whose coefficients run to infinity where outcomes are separated."""
UNKNOWN = 30.0
"""A standard error on those scales that leaves nothing known."""


def coefficients(lines: Sequence[Coefficient], link: str) -> go.Figure:
    """Estimates and 95 % intervals on the link's scale, intercept and aliased columns left out.

    Args:
        lines: A fit's summary.
        link: The link's key, for the axis.
    """
    every = [c for c in lines if not c.aliased and c.term != "(Intercept)"]
    # One interval of a million would leave all others as points.
    bounded = [c for c in every if not (link in UNBOUNDED and c.std_error > UNKNOWN)]
    drawn = [c for c in bounded if c.std_error == c.std_error]
    shown = sorted(drawn, key=lambda c: -abs(c.statistic))[:MOST]
    clear = [not c.low <= 0 <= c.high for c in shown]
    places = list(range(len(shown)))
    figure = go.Figure(
        go.Scatter(
            x=[c.estimate for c in shown],
            y=places,
            mode="markers",
            error_x={
                "array": [c.high - c.estimate for c in shown],
                "arrayminus": [c.estimate - c.low for c in shown],
                "color": NEUTRAL,
            },
            marker={
                "color": [POSITIVE if c else NEUTRAL for c in clear],
                "symbol": ["circle" if c else "circle-open" for c in clear],
                "size": 9,
            },
            customdata=[[label(unquoted(c.term), 80), c.low, c.high, c.p_value] for c in shown],
            hovertemplate="<b>%{customdata[0]}</b><br>%{x:.4g} (%{customdata[1]:.4g} to "
            "%{customdata[2]:.4g})<br>p = %{customdata[3]:.3g}<extra></extra>",
        )
    )
    figure.add_vline(x=0, line={"color": MUTED})
    figure.update_yaxes(
        tickvals=places, ticktext=[label(unquoted(c.term), 32) for c in shown], autorange="reversed"
    )
    title = f"{sum(not c.low <= 0 <= c.high for c in drawn)} of {len(drawn)} coefficients are "
    title += "clear of zero"
    below = "Filled: the 95 % interval leaves out zero; strongest first"
    if len(drawn) >= MANY:
        below += f"; by chance alone about {len(drawn) / 20:.0f} would be clear of it"
    if len(shown) < len(drawn):
        below += f"; {len(shown)} of {len(drawn)} drawn"
    if unknown := len(every) - len(bounded):
        below += f"; {unknown} left out, of which nothing is known"
    if lone := len(bounded) - len(drawn):
        below += f"; {lone} left out, not estimable by these errors"
    return layout(
        figure, title, below, x=f"Coefficient ({link} scale)", height=180 + 22 * len(shown),
        showlegend=False,
    )  # fmt: skip
