"""Coefficients with their intervals."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from outfold.draw.theme import MUTED, NEUTRAL, POSITIVE, label, layout
from outfold.judge.expression import unquoted
from outfold.judge.glm_fit import Coefficient
from outfold.judge.printed_p import equals_p

MOST = 40
MANY = 20
"""Coefficients from which at least one is expected to be clear of zero by chance."""
UNBOUNDED = ("log", "logit", "probit", "cloglog", "loglog", "cauchit")
"""Links whose coefficients run to infinity where outcomes are separated."""
UNKNOWN = 30.0
"""A standard error on those scales that leaves nothing known."""


def coefficients(lines: Sequence[Coefficient], link: str, wider: float = 1.0) -> go.Figure:
    """Estimates and 95 % intervals on the link's scale, intercept and aliased columns left out.

    Args:
        lines: A fit's summary.
        link: The link's key, for the axis.
        wider: By what factor the intervals are too narrow, where the response scatters more than
            the family allows; coefficients are then counted by the wider ones, drawn thin.
    """

    def is_clear(c: Coefficient) -> bool:
        ends = (
            c.estimate - wider * (c.estimate - c.low),
            c.estimate + wider * (c.high - c.estimate),
        )
        return not ends[0] <= 0 <= ends[1]

    every = [c for c in lines if not c.aliased and c.term != "(Intercept)"]
    # One interval of a million would leave all others as points.
    bounded = [c for c in every if not (link in UNBOUNDED and c.std_error > UNKNOWN)]
    drawn = [c for c in bounded if c.std_error == c.std_error]
    shown = sorted(drawn, key=lambda c: -abs(c.statistic))[:MOST]
    clear = [is_clear(c) for c in shown]
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
                "thickness": 2 if wider == 1 else 4,
            },
            marker={
                "color": [POSITIVE if c else NEUTRAL for c in clear],
                "symbol": ["circle" if c else "circle-open" for c in clear],
                "size": 9,
            },
            customdata=[
                [label(unquoted(c.term), 80), c.low, c.high, equals_p(c.p_value)] for c in shown
            ],
            hovertemplate="<b>%{customdata[0]}</b><br>%{x:.4g} (%{customdata[1]:.4g} to "
            "%{customdata[2]:.4g})<br>p %{customdata[3]}<extra></extra>",
        )
    )
    if wider > 1:
        figure.add_scatter(
            x=[c.estimate for c in shown], y=places, mode="markers", hoverinfo="skip",
            marker={"size": 1, "color": NEUTRAL},
            error_x={
                "array": [wider * (c.high - c.estimate) for c in shown],
                "arrayminus": [wider * (c.estimate - c.low) for c in shown],
                "color": NEUTRAL, "thickness": 1, "width": 3,
            },
        )  # fmt: skip
    figure.add_vline(x=0, line={"color": MUTED})
    figure.update_yaxes(
        tickvals=places, ticktext=[label(unquoted(c.term), 32) for c in shown], autorange="reversed"
    )
    title = f"{sum(is_clear(c) for c in drawn)} of {len(drawn)} coefficients are clear of zero"
    below = "Filled: the 95 % interval leaves out zero; strongest first"
    if wider > 1:
        title += f" with intervals {wider:.1f} times as wide as the family’s"
        below = (
            "The response scatters more than the family allows: its own intervals (thick) are too "
            "narrow, those of a quasi-family (thin) are not. Filled: the thin one leaves out zero"
        )
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
