"""Groups of columns that say nearly the same."""

from __future__ import annotations

import plotly.graph_objects as go

from outfold.draw.theme import NEUTRAL, POSITIVE, label, layout
from outfold.explore.redundancy import Group, Redundancy

MOST = 60
"""Columns that are listed."""


def draw(found: Redundancy) -> go.Figure:
    """Each group's members by how near they are to the one that stands for it (the star).

    Args:
        found: The groups.
    """
    if not found.groups:
        return layout(
            go.Figure(),
            f"No two of {len(found.columns)} columns are associated by {found.threshold:g} or more",
            height=160,
        )
    groups = _that_fit(found.groups)
    names: list[str] = []
    places: list[tuple[int, Group, int]] = []
    for group in groups:
        for member in range(len(group.members)):
            places.append((len(names), group, member))
            names.append(label(group.members[member], 28))
        names.append("")
    figure = go.Figure()
    for first in (True, False):
        some = [(y, g, m) for y, g, m in places if (m == 0) == first]
        figure.add_scatter(
            x=[g.strengths[m] for _, g, m in some],
            y=[y for y, _, _ in some],
            mode="markers",
            name="stands for its group" if first else "could be left out",
            marker={
                "symbol": "star" if first else "circle",
                "size": 13 if first else 9,
                "color": POSITIVE if first else NEUTRAL,
            },
            customdata=[[_hover(g, m), g.members[m]] for _, g, m in some],
            hovertemplate="%{customdata[0]}<extra></extra>",
        )
    figure.update_yaxes(
        tickvals=[y for y, _, _ in places],
        ticktext=[f"<b>{names[y]}</b>" if m == 0 else names[y] for y, _, m in places],
        autorange="reversed",
        zeroline=False,
    )
    extra = sum(len(g.members) - 1 for g in found.groups)
    several = len(found.groups) > 1
    left = f"{len(groups)} of {len(found.groups)} groups are shown. " if several else ""
    return layout(
        figure,
        f"{extra} of {len(found.columns)} columns say nearly what another one says",
        (left if len(groups) < len(found.groups) else "")
        + (
            f"Any two of a group are associated by {found.threshold:g} or more"
            if found.linkage == "complete"
            else f"Groups by {found.linkage} linkage at {found.threshold:g}"
        )
        + f"; the star is {found.groups[0].why}",
        x="Strength of association with the star, 0 to 1",
        height=200 + 22 * len(names),
        xaxis_range=[min(0.0 if found.threshold < 0.5 else 0.4, found.threshold), 1.03],
    )


def _that_fit(groups: tuple[Group, ...]) -> list[Group]:
    kept: list[Group] = []
    held = 0
    for group in groups:
        held += len(group.members)
        if kept and held > MOST:
            break
        kept.append(group)
    return kept


def _hover(group: Group, member: int) -> str:
    name = f"<b>{label(group.members[member], 80)}</b>"
    if member == 0:
        return (
            f"{name}<br>stands for {len(group.members)} columns: {group.why}"
            f"<br>weakest link in the group {group.weakest:.3f}"
        )
    return f"{name}<br>{group.strengths[member]:.3f} with {label(group.representative, 80)}"
