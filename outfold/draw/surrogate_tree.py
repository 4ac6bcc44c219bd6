"""A small tree that says nearly what the model says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from outfold.draw.theme import MUTED, SEQUENTIAL, label, layout

LINE = 24
"""Pixels of a line of the tree."""


def draw(
    nodes: Sequence[Mapping[str, Any]], fidelity: Sequence[float], outcome: str, split: int
) -> go.Figure:
    """The tree with its questions, and how much of the model's variance it catches.

    Args:
        nodes: Of one split's tree, the root first; see ``outfold.study.explain.surrogate``.
        fidelity: R² on the validation rows, of each split's tree.
        outcome: What is predicted.
        split: The split of the tree drawn, from 0.
    """
    lines = _outline(nodes)
    figure = go.Figure()
    for place, depth, i, _ in lines:
        inside = [other for other, _, j, _ in lines if j in (nodes[i]["left"], nodes[i]["right"])]
        for other in inside:
            figure.add_scatter(
                x=[depth, depth, depth + 1], y=[place, other, other], mode="lines",
                line={"color": MUTED, "width": 1}, hoverinfo="skip", showlegend=False,
            )  # fmt: skip
    figure.add_scatter(
        x=[depth for _, depth, _, _ in lines],
        y=[place for place, _, _, _ in lines],
        mode="markers+text",
        marker={
            "size": [9 + 9 * nodes[i]["share"] ** 0.5 for _, _, i, _ in lines],
            "symbol": ["circle" if nodes[i]["left"] >= 0 else "square" for _, _, i, _ in lines],
            "color": [nodes[i]["value"] for _, _, i, _ in lines], "colorscale": SEQUENTIAL,
            "line": {"color": MUTED, "width": 1},
        },
        text=[f"  {_text(nodes[i], answer)}" for _, _, i, answer in lines],
        textposition="middle right",
        textfont={"size": 11},
        customdata=[
            [label(answer or "all rows", 90), nodes[i]["share"], nodes[i]["value"]]
            for _, _, i, answer in lines
        ],
        hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]:.1%} of the training rows<br>"
        f"mean {label(outcome)} %{{customdata[2]:.4g}}<extra></extra>",
        showlegend=False,
        cliponaxis=False,
    )  # fmt: skip
    known = [f for f in fidelity if f is not None]
    mean = sum(known) / len(known) if known else float("nan")
    if not known:
        title = "The model says the same of every row"
    elif mean >= 0.8:
        title = f"Four questions say nearly what the model says: {mean:.0%} of its variance"
    else:
        title = (
            f"A tree of four questions catches {max(0.0, mean):.0%} of what the model says; do "
            "not read more into it"
        )
    below = (
        f"Fitted to the predictions of split {split + 1}’s model on its training rows; fidelity "
        f"(R²) on validation rows, mean of {len(known)} splits"
    )
    if len(known) > 1:
        below += f", {min(known):.2f} to {max(known):.2f}"
    figure.update_xaxes(visible=False, range=[-0.3, 11])
    figure.update_yaxes(visible=False, range=[len(lines) - 0.4, -0.6])
    return layout(
        figure, title, below + ". Bold: the mean prediction; larger: more rows.",
        height=130 + LINE * len(lines), showlegend=False,
    )  # fmt: skip


def _text(node: Mapping[str, Any], answer: str) -> str:
    said = f"<b>{node['value']:.3g}</b>"
    return f"{label(answer, 34)}: {said}" if answer else f"all rows: {said}"


def _outline(nodes: Sequence[Mapping[str, Any]]) -> list[tuple[int, int, int, str]]:
    """A line for each node, below its question: place, depth, node, the answer leading there."""
    found: list[tuple[int, int, int, str]] = []

    def put(i: int, depth: int, answer: str) -> None:
        found.append((len(found), depth, i, answer))
        if nodes[i]["left"] >= 0:
            put(nodes[i]["left"], depth + 1, nodes[i]["rule"])
            put(nodes[i]["right"], depth + 1, nodes[i]["other"])

    put(0, 0, "")
    return found


def leaves(nodes: Sequence[Mapping[str, Any]]) -> list[dict[str, object]]:
    """The tree as rules: one row for each leaf, for narrow screens and for those who hear it.

    Args:
        nodes: As for ``draw``.
    """
    found: list[dict[str, object]] = []

    def walk(i: int, asked: tuple[str, ...]) -> None:
        node = nodes[i]
        if node["left"] < 0:
            found.append(
                {
                    "Rows for which": " and ".join(asked) or "anything",
                    "Share": round(node["share"], 3),
                    "Prediction": float(f"{node['value']:.4g}"),
                }
            )
            return
        walk(node["left"], (*asked, node["rule"]))
        walk(node["right"], (*asked, node["other"]))

    walk(0, ())
    return found
