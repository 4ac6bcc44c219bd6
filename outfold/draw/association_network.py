"""The strong links between columns as a network."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from outfold.draw.theme import NEGATIVE, NEUTRAL, PALETTE, POSITIVE, SYMBOLS, label, layout
from outfold.explore.measures import MEASURES
from outfold.explore.multiplicity import shown_p
from outfold.explore.network import Link, Network, Node

ALL_NAMED = 8
"""Up to so many columns all are named; of more, the most linked whose names have room."""
ROOM = 330.0
"""Pixels of width for which names are kept apart: a narrow screen has no more."""
ABOVE_AND_BELOW = 250.0
"""Pixels of the height that legend, title and toolbar take."""
FIRST = 2
"""Columns that are named even over a mark: the target and the most linked one."""
LETTER, LINE = 6.3, 16.0
"""Pixels that a letter of a name is wide, and a name high."""
NEAR = 32
"""Pixels from which a mark or a line's middle can be touched."""
WIDTHS = ((0.9, 3.0), (0.7, 1.8), (0.0, 1.0))
"""Least strength and width in pixels of a link's line."""
KINDS = (
    ("rise together", POSITIVE, "solid"),
    ("one falls as the other rises", NEGATIVE, "dash"),
    ("without a direction", NEUTRAL, "dot"),
)


def draw(found: Network) -> go.Figure:
    """Columns as marks, strong associations as lines.

    A click on a line's middle names its pair, one on a mark the column and its strongest partner.
    Marks are larger the more relevant a column is to the target; colour and symbol tell the groups
    of columns that say nearly the same.

    Args:
        found: The links and places.
    """
    if not found.links:
        return layout(go.Figure(), _title(found), height=160)
    figure = go.Figure()
    for kind, (words, colour, dash) in enumerate(KINDS):
        for least, width in WIDTHS:
            some = [k for k in found.links if _kind(k) == kind and _width(k) == width]
            if some:
                _lines(figure, found, some, words, colour, dash, width, least)
    x, y = ([getattr(node, axis) for node in found.nodes] for axis in "xy")
    for update, values in ((figure.update_xaxes, x), (figure.update_yaxes, y)):
        update(
            visible=False,
            range=[min(values) - 0.6, max(values) + 0.6],
        )
    tall = np.ptp(y) / max(1.0, np.ptp(x))
    height = int(np.clip(320 + 5 * len(found.nodes) + 260 * tall, 340, 900))
    named = _named(found, height)
    _middles(figure, found)
    _marks(figure, found, named)
    below = _subtitle(found, len(named))
    layout(figure, _title(found), below, height=height, hovermode="closest", hoverdistance=NEAR)
    # There are no axes to name, so that the sides are free.
    return figure.update_layout(margin_l=6, margin_r=6)


def _named(found: Network, height: int) -> dict[str, str]:
    """Where names stand: the target's, then those of the most linked columns that have room.

    A name stands above its mark or, where another name or mark is there, below it.
    """
    nodes = found.nodes
    if len(nodes) <= ALL_NAMED:
        return {node.column: "top center" for node in nodes}
    place = np.array([(node.x, node.y) for node in nodes])
    place *= np.array([ROOM, height - ABOVE_AND_BELOW]) / (np.ptp(place, axis=0) + 1.2)
    order = sorted(
        range(len(nodes)),
        key=lambda i: (-nodes[i].is_target, -nodes[i].links, -np.nan_to_num(nodes[i].relevance)),
    )
    taken: list[tuple[float, float, float]] = []
    named: dict[str, str] = {}
    left, right = place[:, 0].min(), place[:, 0].max()
    edge = (ROOM - (right - left)) / 2
    for i in order:
        half = LETTER * len(label(nodes[i].column, 18)) / 2
        for side, away in (("top center", 1.0), ("bottom center", -1.0)):
            x, y = place[i] + [0.0, away * (_size(nodes[i]) / 2 + LINE / 2)]
            clear = (np.abs(place[:, 0] - x) > half) | (np.abs(place[:, 1] - y) > LINE / 2 + 3)
            apart = all(abs(x - u) > half + w or abs(y - v) > LINE for u, v, w in taken)
            inside = left - edge <= x - half and x + half <= right + edge
            # The title speaks of the most linked one: its name stands in any case.
            if apart and ((inside and np.delete(clear, i).all()) or len(named) < FIRST):
                taken.append((x, y, half))
                named[nodes[i].column] = side
                break
    return named


def _kind(link: Link) -> int:
    measure = link.pair.measure
    if measure is None or not MEASURES[measure].signed:
        return 2
    return 0 if link.pair.value >= 0 else 1


def _width(link: Link) -> float:
    return next(width for least, width in WIDTHS if link.strength >= least)


def _lines(
    figure: go.Figure,
    found: Network,
    links: list[Link],
    words: str,
    colour: str,
    dash: str,
    width: float,
    least: float,
) -> None:
    x: list[float | None] = []
    y: list[float | None] = []
    for link in links:
        a, b = found.nodes[link.a], found.nodes[link.b]
        x += [a.x, b.x, None]
        y += [a.y, b.y, None]
    first = not any(trace.legendgroup == words for trace in figure.data)
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": colour, "width": width, "dash": dash},
        opacity=0.45 if least < 0.7 else 0.7,
        name=words,
        legendgroup=words,
        showlegend=first,
        hoverinfo="skip",
    )


def _middles(figure: go.Figure, found: Network) -> None:
    """Unseen marks in the middle of each line, which say and choose the pair."""
    middle = [
        (
            (found.nodes[k.a].x + found.nodes[k.b].x) / 2,
            (found.nodes[k.a].y + found.nodes[k.b].y) / 2,
        )
        for k in found.links
    ]
    figure.add_scatter(
        x=[x for x, _ in middle],
        y=[y for _, y in middle],
        mode="markers",
        marker={"size": 16, "opacity": 0.0, "color": NEUTRAL},
        showlegend=False,
        customdata=[[k.pair.a, k.pair.b] for k in found.links],
        text=[_said(k) for k in found.links],
        hovertemplate="%{text}<extra></extra>",
    )


def _said(link: Link) -> str:
    pair = link.pair
    assert pair.measure is not None
    return (
        f"{label(pair.a, 60)} × {label(pair.b, 60)}<br>{MEASURES[pair.measure].label} "
        f"{pair.value:.3f}<br>adjusted p {shown_p(pair.p_adjusted)}, {pair.n:,} rows"
    )


def _marks(figure: go.Figure, found: Network, named: Mapping[str, str]) -> None:
    partner: dict[int, str] = {}
    for link in found.links:  # the strongest come first
        for own, other in ((link.a, link.b), (link.b, link.a)):
            partner.setdefault(own, found.nodes[other].column)
    beside = {node.column: partner[i] for i, node in enumerate(found.nodes)}
    kinds: dict[tuple[str, str, str], list[Node]] = {}
    for node in found.nodes:
        kinds.setdefault(_look(node), []).append(node)
    for (colour, symbol, words), nodes in sorted(kinds.items(), key=lambda item: item[0][2]):
        figure.add_scatter(
            x=[n.x for n in nodes],
            y=[n.y for n in nodes],
            mode="markers+text",
            marker={
                "color": colour,
                "symbol": symbol,
                "size": [_size(n) for n in nodes],
                "line": {"width": 1, "color": "rgba(127,127,127,0.9)"},
            },
            text=[label(n.column, 18) if n.column in named else "" for n in nodes],
            textposition=[named.get(n.column, "top center") for n in nodes],
            textfont={"size": 11 if len(found.nodes) <= 40 else 10},
            name=words,
            showlegend=False,
            cliponaxis=False,
            customdata=[[n.column, beside[n.column]] for n in nodes],
            hovertext=[_about(n, beside[n.column]) for n in nodes],
            hovertemplate="%{hovertext}<extra></extra>",
        )


def _look(node: Node) -> tuple[str, str, str]:
    """Colour, symbol and name of a column's kind of mark."""
    if node.is_target:
        return "#C2334D", "star", "the target"
    if node.group < 0:
        return NEUTRAL, "circle", "in no group"
    turn = node.group
    symbols = [s for s in SYMBOLS if s not in ("star", "x")]
    symbol = symbols[(turn + turn // len(PALETTE)) % len(symbols)]
    return PALETTE[turn % len(PALETTE)], symbol, f"group {turn + 1}"


def _size(node: Node) -> float:
    if node.is_target:
        return 18.0
    return 10.0 if np.isnan(node.relevance) else 8.0 + 14.0 * float(np.sqrt(node.relevance))


def _about(node: Node, partner: str) -> str:
    lines = [f"<b>{label(node.column, 80)}</b>", _look(node)[2]]
    lines.append(f"{node.links:,} link" + ("" if node.links == 1 else "s"))
    lines.append(f"strongest with {label(partner, 60)}")
    if not np.isnan(node.relevance) and not node.is_target:
        lines.append(f"association with the target {node.relevance:.3f}")
    return "<br>".join(lines)


def _title(found: Network) -> str:
    if not found.links:
        if found.strongest is None:
            return "No pair of columns has a measurable association"
        best = found.strongest
        assert best.measure is not None
        return (
            f"No two columns are linked by {found.threshold:g} or more; strongest are "
            f"{label(best.a, 28)} and {label(best.b, 28)} "
            f"({MEASURES[best.measure].label} {best.value:.2f})"
        )
    most, *others = sorted(found.nodes, key=lambda n: -n.links)
    nets = "one net" if found.parts == 1 else f"{found.parts} separate nets"
    if len(found.nodes) == 2:
        a, b = (label(n.column, 28) for n in found.nodes)
        return f"Of {found.n_columns:,} columns only {a} and {b} are linked"
    told = f"{label(most.column, 28)} has the most links ({most.links})"
    if most.links == others[0].links:
        best = found.links[0].pair
        assert best.measure is not None
        told = (
            f"the strongest link is {label(best.a, 28)} with {label(best.b, 28)} "
            f"({MEASURES[best.measure].label} {best.value:.2f})"
        )
    return f"{len(found.nodes):,} of {found.n_columns:,} columns form {nets}; {told}"


def _subtitle(found: Network, named: int) -> str:
    parts = [f"Lines: associations of {found.threshold:g} or more; thicker is stronger"]
    if found.n_links > len(found.links):
        parts.append(f"the {len(found.links):,} strongest of {found.n_links:,}")
    if any(not np.isnan(n.relevance) for n in found.nodes):
        parts.append("larger marks say more of the target (star)")
    if any(n.group >= 0 for n in found.nodes):
        parts.append("a colour and symbol for each group that says nearly the same")
    if named < len(found.nodes):
        parts.append(f"the {named} most linked that have room are named, point at the others")
    return "; ".join(parts)
