"""A small tree that says nearly what the model says."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from outfold.draw.theme import MUTED, SEQUENTIAL, label, layout

WRAP = 17


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
    at = _places(nodes)
    values = [n["value"] for n in nodes]
    figure = go.Figure()
    for i, node in enumerate(nodes):
        for side in ("left", "right"):
            if node["left"] >= 0:
                child = node[side]
                figure.add_scatter(
                    x=[at[i][0], at[child][0]], y=[at[i][1], at[child][1]], mode="lines",
                    line={"color": MUTED, "width": 1 + 6 * nodes[child]["share"]},
                    hoverinfo="skip", showlegend=False,
                )  # fmt: skip
    figure.add_scatter(
        x=[p[0] for p in at],
        y=[p[1] for p in at],
        mode="markers+text",
        marker={
            "size": [14 if n["left"] >= 0 else 20 for n in nodes],
            "symbol": ["circle" if n["left"] >= 0 else "square" for n in nodes],
            "color": values, "colorscale": SEQUENTIAL,
            "line": {"color": MUTED, "width": 1},
        },
        text=[_text(n) for n in nodes],
        textposition=["top center" if n["left"] >= 0 else "bottom center" for n in nodes],
        textfont={"size": 10},
        customdata=[
            [label(n["rule"], 90) or "a leaf", n["share"], n["value"]] for n in nodes
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
    depth = min(p[1] for p in at)
    below = (
        f"Fitted to the predictions of split {split + 1}’s model on its training rows; fidelity "
        f"(R²) on validation rows, mean of {len(known)} splits"
    )
    if len(known) > 1:
        below += f", {min(known):.2f} to {max(known):.2f}"
    figure.update_xaxes(visible=False, range=[-0.7, max(p[0] for p in at) + 0.7])
    figure.update_yaxes(visible=False, range=[depth - 0.5, 0.6])
    return layout(figure, title, below + ". Yes goes left.", height=560, showlegend=False)


def _text(node: Mapping[str, Any]) -> str:
    if node["left"] < 0:
        return f"{node['value']:.3g}"
    return "<br>".join(label(line) for line in textwrap.wrap(node["rule"][:44], WRAP))


def _places(nodes: Sequence[Mapping[str, Any]]) -> list[tuple[float, float]]:
    """Leaves side by side, every question above the middle of its answers."""
    places: dict[int, tuple[float, float]] = {}
    leaves = 0

    def put(i: int, depth: int) -> float:
        nonlocal leaves
        node = nodes[i]
        if node["left"] < 0:
            x = float(leaves)
            leaves += 1
        else:
            x = (put(node["left"], depth + 1) + put(node["right"], depth + 1)) / 2
        places[i] = (x, -float(depth))
        return x

    put(0, 0)
    return [places[i] for i in range(len(nodes))]


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
        walk(node["right"], (*asked, _not(node["rule"])))

    walk(0, ())
    return found


def _not(rule: str) -> str:
    """The other answer to a question."""
    if " ≤ " in rule:
        name, _, value = rule.rpartition(" ≤ ")
        return f"{name} > {value}"
    name, _, level = rule.partition(" is not ")
    return f"{name} is {level}"
