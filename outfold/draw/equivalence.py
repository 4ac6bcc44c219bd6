"""For each pair of candidates: first better, no difference that matters, or second better."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from outfold.draw.candidate_names import called
from outfold.draw.theme import NEGATIVE, NEUTRAL, POSITIVE, layout
from outfold.judge.bayesian_t import DECIDED, Equivalence

MOST = 20
PARTS = (
    ("first", "first better", POSITIVE, "/"),
    ("same", "no difference that matters", NEUTRAL, ""),
    ("second", "second better", NEGATIVE, "\\"),
)


def draw(found: Equivalence, names: Mapping[str, str] | None = None) -> go.Figure:
    """A bar of length 1 per pair, in three parts.

    Args:
        found: The pairs.
        names: Names of candidates for people.
    """
    shown = [p for p in found.pairs if p.same == p.same][:MOST]
    ticks = [f"{called(p.a, names, 26)}<br>or {called(p.b, names, 26)}" for p in shown]
    figure = go.Figure()
    for key, label, colour, pattern in PARTS:
        figure.add_bar(
            y=list(range(len(shown))),
            x=[getattr(p, key) for p in shown],
            orientation="h",
            name=label,
            marker={"color": colour, "pattern": {"shape": pattern, "size": 5, "solidity": 0.2}},
            customdata=[[tick.replace("<br>", " "), p.difference, p.verdict]
                        for tick, p in zip(ticks, shown, strict=True)],
            hovertemplate="<b>%{customdata[0]}</b><br>" + f"{label}: %{{x:.1%}}<br>"
            "mean difference %{customdata[1]:.4g}; %{customdata[2]}<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=0.5, line={"color": NEUTRAL, "dash": "dot", "width": 1})
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    figure.update_yaxes(
        tickvals=list(range(len(shown))), ticktext=ticks, autorange="reversed", zeroline=False
    )
    below = (
        f"Differences in {found.label} up to {found.rope:g} do not matter; an answer is given from "
        f"{DECIDED:.0%} on"
    )
    if len(found.pairs) > MOST:
        below += f"; the first {MOST} of {len(found.pairs)} pairs"
    return layout(
        figure, found.sentence(), below + ".", x="Posterior probability", y="Pair",
        height=230 + 44 * len(shown), barmode="stack",
    )  # fmt: skip
