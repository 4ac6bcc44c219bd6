"""What a change did to each metric, in units of its own noise."""

from __future__ import annotations

import plotly.graph_objects as go

from outfold.draw.theme import MUTED, NEGATIVE, NEUTRAL, POSITIVE, label, layout
from outfold.explore.multiplicity import shown_p
from outfold.judge.side_by_side import Change, SideBySide

KINDS = {
    "better": ("second better", "diamond", POSITIVE),
    "worse": ("second worse", "square", NEGATIVE),
    "noise": ("within noise", "circle-open", NEUTRAL),
}


def draw(found: SideBySide, first: str, second: str) -> go.Figure:
    """A mark per metric: how much better the second is, the half-width of its interval as unit.

    Metrics have units of their own; divided by how uncertain each difference is they can stand in
    one picture. Beyond 1 the uncorrected interval leaves out 0; full marks stay so after Holm.

    Args:
        found: The two candidates compared.
        first: What people call the first.
        second: What people call the second.
    """
    shown = [c for c in found.changes if c.verdict != "unknown" and c.high > c.low]
    figure = go.Figure()
    for verdict, (name, symbol, colour) in KINDS.items():
        some = [(y, c) for y, c in enumerate(shown) if c.verdict == verdict]
        if not some:
            continue
        figure.add_scatter(
            x=[_units(c) for _, c in some],
            y=[y for y, _ in some],
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 12, "color": colour,
                    "line": {"width": 2, "color": colour}},
            error_x={"type": "constant", "value": 1, "color": colour, "thickness": 1},
            customdata=[[c.label, c.first, c.second, c.difference, c.low, c.high,
                         shown_p(c.p_adjusted)] for _, c in some],
            hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]:.4g} and "
            "%{customdata[2]:.4g}: difference %{customdata[3]:.4g} (%{customdata[4]:.4g} to "
            "%{customdata[5]:.4g})<br>p %{customdata[6]} after Holm<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=0, line={"color": MUTED})
    figure.update_yaxes(
        tickvals=list(range(len(shown))), ticktext=[c.label for c in shown],
        autorange="reversed", zeroline=False,
    )  # fmt: skip
    return layout(
        figure,
        found.sentence(),
        f"First: {label(first, 60)}; second: {label(second, 60)}. Bars: {found.confidence:.0%} "
        f"intervals, {found.method}; Holm over the metrics.",
        x="← second worse | second better →<br>in half-widths of the interval",
        y="Metric",
        height=240 + 28 * len(shown),
    )


def _units(c: Change) -> float:
    better = c.difference if c.direction == "higher" else -c.difference
    return better / ((c.high - c.low) / 2)
