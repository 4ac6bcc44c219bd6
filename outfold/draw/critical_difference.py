"""Average ranks over tables, with bars over candidates that are not told apart (Demšar 2006)."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from outfold.draw.candidate_names import called, wrapped
from outfold.draw.theme import MUTED, NEUTRAL, colour_of, layout, symbol_of
from outfold.judge.across_tables import AcrossTables

MOST = 25
LANE = 0.42
"""Height of a bar's lane, in rows."""


def draw(found: AcrossTables, names: Mapping[str, str] | None = None) -> go.Figure:
    """A critical difference diagram: a row per candidate, and bars that join those that are tied.

    Args:
        found: The candidates over their tables.
        names: Names of candidates for people.
    """
    shown = found.candidates[:MOST]
    ranks = dict(zip(found.candidates, found.test.average_ranks, strict=True))
    groups = [tuple(n for n in g if n in shown) for g in found.groups]
    groups = [g for g in groups if len(g) > 1]
    figure = go.Figure()
    top = -1.0 - LANE * (len(groups) + 1)
    for place, name in enumerate(shown):
        figure.add_scatter(
            x=[ranks[name], ranks[name]], y=[place, -0.8], mode="lines", hoverinfo="skip",
            line={"color": NEUTRAL, "width": 1, "dash": "dot"}, showlegend=False,
        )  # fmt: skip
    for lane, group in enumerate(groups):
        y = -1.0 - LANE * lane
        figure.add_scatter(
            x=[ranks[group[0]] - 0.03, ranks[group[-1]] + 0.03], y=[y, y], mode="lines",
            line={"color": MUTED, "width": 6}, showlegend=False,
            hovertemplate=f"{len(group)} candidates not told apart<extra></extra>",
        )  # fmt: skip
    width = found.test.critical_difference
    figure.add_scatter(
        x=[1, 1 + width], y=[top, top], mode="lines+markers", showlegend=False,
        line={"color": MUTED, "width": 1.5},
        marker={"symbol": "line-ns-open", "size": 10, "color": MUTED},
        hovertemplate=f"critical difference {width:.2f}<extra></extra>",
    )  # fmt: skip
    figure.add_annotation(
        x=1, y=top, text=f"critical difference {width:.2f}", showarrow=False, xanchor="left",
        yanchor="bottom", font={"size": 12},
    )  # fmt: skip
    best = found.rank_frame()["best_on"].tolist()
    figure.add_scatter(
        x=[ranks[n] for n in shown],
        y=list(range(len(shown))),
        mode="markers+text",
        text=[f" {ranks[n]:.2f}" for n in shown],
        textposition="middle right",
        cliponaxis=False,
        showlegend=False,
        marker={
            "size": 12,
            "color": [colour_of(m) for m in found.models[: len(shown)]],
            "symbol": [symbol_of(m) for m in found.models[: len(shown)]],
        },
        customdata=[[called(n, names, 100), best[i]] for i, n in enumerate(shown)],
        hovertemplate="<b>%{customdata[0]}</b><br>average rank %{x:.2f}, best on "
        f"%{{customdata[1]}} of {len(found.tables)} tables<extra></extra>",
    )
    ticks = [wrapped(called(n, names, 60)) for n in shown]
    figure.update_yaxes(
        tickvals=list(range(len(shown))), ticktext=ticks, tickfont={"size": 11},
        range=[len(shown) - 0.5, top - 1.0], zeroline=False, showgrid=False,
    )  # fmt: skip
    figure.update_xaxes(range=[0.8, max(len(found.candidates), 1 + width) + 0.4], dtick=1)
    short = {n: called(n, names, 60) for n in shown}
    below = (
        f"{found.label}, mean out of fold on each table. A bar joins candidates that Nemenyi's "
        f"test does not tell apart at {found.alpha:.0%}."
    )
    if len(found.candidates) > len(shown):
        below += f" The best {len(shown)} of {len(found.candidates)}."
    return layout(
        figure, found.sentence(short), below, x="Average rank over tables (1 is best)",
        height=270 + 26 * len(groups) + sum(22 + 14 * (1 + t.count("<br>")) for t in ticks),
    )  # fmt: skip
