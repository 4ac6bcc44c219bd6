"""What a selector leaves out as a repeat, under the kept column that it repeats."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from outfold.data.schema import shown
from outfold.draw.theme import NEUTRAL, POSITIVE, label, layout

MOST = 40
"""Dropped columns drawn; the table beside the chart has them all."""


def draw(
    because: Mapping[str, str], strengths: Mapping[tuple[str, str], float], name: str
) -> go.Figure:
    """Bars of the association with the kept column, grouped by it, largest groups first.

    Args:
        because: For each dropped column the kept one.
        strengths: Association of dropped and kept, 0 to 1; missing where it could not be measured.
        name: The selector's label.
    """
    groups: dict[str, list[str]] = {}
    for dropped, kept in because.items():
        groups.setdefault(kept, []).append(dropped)
    order = [
        (kept, dropped)
        for kept in sorted(groups, key=lambda k: (-len(groups[k]), k))
        for dropped in sorted(groups[kept], key=lambda d: -strengths.get((d, kept), 0.0))
    ][:MOST]
    figure = go.Figure(
        go.Bar(
            x=[strengths.get((d, k)) for k, d in order],
            y=[[label(shown(k), 18) for k, _ in order], [label(shown(d), 18) for _, d in order]],
            orientation="h",
            marker={"color": POSITIVE},
            text=[_text(strengths.get((d, k))) for k, d in order],
            textposition="auto",
            customdata=[[label(shown(k)), label(shown(d))] for k, d in order],
            hovertemplate="<b>%{customdata[1]}</b> repeats <b>%{customdata[0]}</b>"
            "<br>association %{x:.3f}<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed", dividercolor=NEUTRAL)
    figure.update_xaxes(range=[0, 1])
    below = (
        "Grouped by the kept column that was named most often over the splits; association in "
        "the first training fold"
    )
    if len(order) < len(because):
        below += f"; {len(order)} of {len(because):,} dropped columns"
    return layout(
        figure, _title(groups, name), below + ".",
        x="Association, 0 to 1",
        y="", height=max(240, 150 + 24 * len(order)),
    )  # fmt: skip


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _title(groups: Mapping[str, list[str]], name: str) -> str:
    n = sum(map(len, groups.values()))
    if n == 0:
        return f"{label(name)} drops nothing as a repeat"
    kept = max(groups, key=lambda k: len(groups[k]))
    word = "column repeats a kept one" if n == 1 else "columns repeat kept ones"
    largest = len(groups[kept])
    if largest < 2:
        return f"{n} {word}, says {label(name)}"
    return f"{n} {word}, says {label(name)}; {largest} of them {label(shown(kept))}"
