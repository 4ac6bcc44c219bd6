"""One rate of the decisions, group by group."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from outfold.draw.candidate_names import called
from outfold.draw.theme import MUTED, NEGATIVE, NEUTRAL, POSITIVE, label, layout
from outfold.explore.multiplicity import shown_p
from outfold.judge.group_rates import LEVEL, RATES, GroupRate, GroupRates


def draw(found: GroupRates, rate: str, names: Mapping[str, str] | None = None) -> go.Figure:
    """A mark and an interval per group, with a line at the reference group.

    Args:
        found: The rates.
        rate: Key of ``judge.group_rates.RATES``.
        names: Names of candidates for people.
    """
    shown = [r for r in found.of(rate) if r.value == r.value]
    figure = go.Figure()
    kinds = {
        "compared with": ("square", POSITIVE),
        "differs from it": ("diamond", NEGATIVE),
        "not told apart from it": ("circle-open", NEUTRAL),
        "too few rows to say": ("x-thin-open", NEUTRAL),
    }
    for kind, (symbol, colour) in kinds.items():
        some = [(y, r) for y, r in enumerate(shown) if _kind(r, found) == kind]
        if not some:
            continue
        figure.add_scatter(
            x=[r.value for _, r in some],
            y=[y for y, _ in some],
            error_x={
                "array": [r.high - r.value for _, r in some],
                "arrayminus": [r.value - r.low for _, r in some],
                "color": colour, "thickness": 1,
            },
            mode="markers",
            name=kind,
            marker={"symbol": symbol, "size": 11, "color": colour,
                    "line": {"width": 2, "color": colour}},
            customdata=[[label(r.group), r.rows, r.low, r.high, _beside(r)] for _, r in some],
            hovertemplate="<b>%{customdata[0]}</b><br>%{x:.1%} (%{customdata[2]:.1%} to "
            "%{customdata[3]:.1%}) of %{customdata[1]:,} rows<br>%{customdata[4]}<extra></extra>",
        )  # fmt: skip
    for r in shown:
        if r.group == found.reference:
            figure.add_vline(x=r.value, line={"color": MUTED, "dash": "dash"})
    figure.update_yaxes(
        tickvals=list(range(len(shown))),
        ticktext=[f"{label(r.group, 30)} ({r.rows:,})" for r in shown],
        autorange="reversed",
        zeroline=False,
    )
    figure.update_xaxes(tickformat=".0%", rangemode="tozero")
    below = (
        f"{called(found.candidate, names)}, flagged as {label(found.positive)} from "
        f"{found.threshold:.3g} on. Bars: {found.confidence:.0%} intervals (Wilson); in brackets "
        "the rows that the rate is a share of; Holm over all groups and rates."
    )
    return layout(
        figure, label(found.sentence(rate), 300), below, x=RATES[rate],
        y=label(found.column),
        height=260 + 28 * len(shown),
    )  # fmt: skip


def _kind(r: GroupRate, found: GroupRates) -> str:
    if r.few:
        return "too few rows to say"
    if r.group == found.reference:
        return "compared with"
    return "differs from it" if r.p_adjusted < LEVEL else "not told apart from it"


def _beside(r: GroupRate) -> str:
    if r.difference != r.difference:
        return "the others are compared with this group"
    return (
        f"{r.difference:+.1%} ({r.difference_low:+.1%} to {r.difference_high:+.1%}), "
        f"p {shown_p(r.p_adjusted)} corrected"
    )
