"""Which of the tuned parameters mattered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from outfold.draw.candidate_names import called
from outfold.draw.theme import NEUTRAL, POSITIVE, label, layout
from outfold.study.tune.importance import Importance


def draw(
    found: Sequence[Importance], candidate: str, names: Mapping[str, str] | None = None
) -> go.Figure:
    """A bar per parameter with the splits as dots, the most important on top.

    Args:
        found: The importances, largest first.
        candidate: The candidate's name.
        names: Names of candidates for people.
    """
    figure = go.Figure()
    known = [i for i in found if i.shares]
    ticks = [label(i.axis.label) for i in known]
    figure.add_bar(
        x=[i.mean for i in known],
        y=ticks,
        orientation="h",
        showlegend=False,
        marker={"color": POSITIVE},
        hovertemplate="<b>%{y}</b><br>mean %{x:.0%}<extra></extra>",
    )
    figure.add_scatter(
        x=[share for i in known for share in i.shares],
        y=[tick for i, tick in zip(known, ticks, strict=True) for _ in i.shares],
        mode="markers",
        showlegend=False,
        marker={"color": NEUTRAL, "symbol": "circle-open", "size": 9, "line": {"width": 2}},
        hovertemplate="<b>%{y}</b><br>one split: %{x:.0%}<extra></extra>",
    )
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(tickformat=".0%", range=[0, 1.02])
    name = called(candidate, names)
    if not known:
        title = f"{name}: too few trials to say which parameter matters"
    elif len(known) == 1:
        title = f"{name}: {label(known[0].axis.label)} is the only parameter that was tuned"
    else:
        title = (
            f"{name}: {label(known[0].axis.label)} explains {known[0].mean:.0%} of what the "
            "trials differ by"
        )
    below = (
        "Bars: mean over the splits; circles: single splits. Functional ANOVA on a random forest "
        "over the trials (Hutter et al. 2014); rough where trials are few."
    )
    return layout(
        figure, title, below, x="Share of the differences between trials", y="Parameter",
        height=max(260, 170 + 38 * len(known)),
    )  # fmt: skip
