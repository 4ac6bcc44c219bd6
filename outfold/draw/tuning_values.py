"""The values that each split chose, within the range that was searched."""

from __future__ import annotations

import math
from collections.abc import Mapping

import plotly.graph_objects as go

from outfold.draw.candidate_names import called
from outfold.draw.theme import MUTED, NEUTRAL, POSITIVE, label, layout
from outfold.registry import Value
from outfold.study.tune.results import CandidateTuning, chosen_values
from outfold.study.tune.space import Axis

WIDE = 0.5
"""A spread over more than this share of the range counts as disagreement."""


def draw(of: CandidateTuning, names: Mapping[str, str] | None = None) -> go.Figure:
    """A row per parameter, its range from left to right, a diamond per split.

    Args:
        of: What tuning found for one candidate.
        names: Names of candidates for people.
    """
    figure = go.Figure()
    ticks = [_tick(axis) for axis in of.space]
    for tick in ticks:
        figure.add_scatter(
            x=[0, 1], y=[tick, tick], mode="lines", hoverinfo="skip", showlegend=False,
            line={"color": MUTED, "width": 6},
        )  # fmt: skip
    spreads: dict[str, float] = {}
    x, y, said = [], [], []
    for axis, tick in zip(of.space, ticks, strict=True):
        placed = []
        for split, value in zip(of.splits, chosen_values(of, axis), strict=True):
            at = axis.position(value)
            if math.isnan(at):
                at = 0.0  # as set, outside the range: drawn at its edge and named on hover
            placed.append(at)
            x.append(at)
            y.append(tick)
            said.append([split.split + 1, _words(value)])
        differing = len(set(placed)) > 1
        if axis.kind == "choice":
            spreads[axis.label] = float(differing)
        else:
            spreads[axis.label] = max(placed) - min(placed) if differing else 0.0
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers",
        showlegend=False,
        marker={"color": POSITIVE, "symbol": "diamond-open", "size": 13, "line": {"width": 2}},
        customdata=said,
        hovertemplate="split %{customdata[0]}: <b>%{customdata[1]}</b><extra></extra>",
    )
    figure.update_yaxes(autorange="reversed", tickfont={"color": NEUTRAL})
    figure.update_xaxes(tickvals=[0, 1], ticktext=["least", "greatest"], range=[-0.03, 1.03])
    below = (
        "Each diamond is one split’s choice. Values that differ much between splits matter little, "
        "or the trials are too few to find the good ones."
    )
    return layout(
        figure, _title(spreads, called(of.candidate.name, names), len(of.splits)), below,
        x="Place in the range searched", y="Parameter and its range",
        height=max(260, 170 + 46 * len(of.space)),
    )  # fmt: skip


def _title(spreads: Mapping[str, float], name: str, n_splits: int) -> str:
    if n_splits < 2:
        return f"{name}: the values chosen"
    wide = [label(k) for k, spread in spreads.items() if spread > WIDE]
    if not wide:
        return f"{name}: the splits chose similar values"
    if len(wide) == len(spreads):
        return f"{name}: the splits chose very different values"
    return f"{name}: the splits disagree on {', '.join(wide)}"


def _tick(axis: Axis) -> str:
    return f"{label(axis.label)}<br>{label(axis.words())}"


def _words(value: Value) -> str:
    if value is None:
        return "as the library sets it"
    return label(f"{value:.4g}" if isinstance(value, float) else str(value))
