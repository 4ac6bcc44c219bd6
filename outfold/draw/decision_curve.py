"""Net benefit along the probability from which on one acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from outfold.draw.candidate_names import called, dashes
from outfold.draw.theme import NEUTRAL, colour_of, layout
from outfold.judge.decision_curve import DecisionCurve


def draw(
    curves: Sequence[DecisionCurve],
    models: Sequence[str],
    names: Mapping[str, str] | None = None,
) -> go.Figure:
    """A line per candidate, beside acting on all rows and on none.

    Args:
        curves: At least one.
        models: Key of each candidate's model, in the same order.
        names: Names of candidates for people.
    """
    first = curves[0]
    figure = go.Figure()
    figure.add_scatter(
        x=np.concatenate([first.at, first.at[::-1]]),
        y=np.concatenate([first.high, first.low[::-1]]),
        fill="toself", fillcolor="rgba(127,127,127,0.18)", line={"width": 0}, hoverinfo="skip",
        name=f"{first.confidence:.0%} of {called(first.candidate, names, 24)}",
    )  # fmt: skip
    for label, y, dash in (
        ("act on all", first.act_on_all, "dot"), ("act on none", np.zeros(len(first.at)), "dash"),
    ):  # fmt: skip
        figure.add_scatter(
            x=first.at, y=y, mode="lines", name=label,
            line={"color": NEUTRAL, "dash": dash, "width": 1.5}, hoverinfo="skip",
        )  # fmt: skip
    for found, model, dash in zip(curves, models, dashes(models), strict=True):
        name = called(found.candidate, names)
        figure.add_scatter(
            x=found.at,
            y=found.benefit,
            mode="lines",
            name=name,
            line={"color": colour_of(model), "dash": dash, "width": 2},
            customdata=np.column_stack([found.low, found.high, found.act_on_all]),
            hovertemplate=f"<b>{name}</b><br>acting from %{{x:.0%}} on: net benefit %{{y:.3f}} "
            "(%{customdata[0]:.3f} to %{customdata[1]:.3f})<br>acting on all: "
            "%{customdata[2]:.3f}<extra></extra>",
        )  # fmt: skip
    most = max(curves, key=_width)
    top = max(float(found.benefit.max()) for found in curves)
    figure.update_yaxes(range=[-0.25 * max(top, 0.01), 1.12 * max(top, 0.01)], zeroline=False)
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    below = (
        f"{first.n:,} rows held out, {first.prevalence:.1%} of them positive. Acting from p on "
        "says that a miss is (1 − p)/p times as bad as a false alarm."
    )
    return layout(
        figure, _title(most, called(most.candidate, names)), below,
        x="Act from this predicted probability on", y="Net benefit, hits per row", height=460,
    )  # fmt: skip


def _width(found: DecisionCurve) -> float:
    """How long a stretch of probabilities it is of use on."""
    useful = found.useful()
    return useful[1] - useful[0] if useful else -1.0


def _title(first: DecisionCurve, name: str) -> str:
    useful = first.useful()
    if useful is None:
        return "No candidate is anywhere surely better than acting on all rows or on none"
    low, high = useful
    return (
        f"{name} helps more than acting on all rows or on none from {low:.0%} to {high:.0%}"
        if high > low
        else f"{name} helps more than acting on all rows or on none at {low:.0%} alone"
    )
