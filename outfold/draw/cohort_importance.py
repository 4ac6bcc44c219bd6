"""What moves the predictions of one group of rows and of another."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from outfold.draw.theme import PALETTE, SYMBOLS, label, layout
from outfold.judge.shap_importance import Cohorts

MOST = 12


def draw(found: Cohorts, scale: str) -> go.Figure:
    """Mean sizes of SHAP values with intervals, one marker per group.

    Args:
        found: The groups.
        scale: What SHAP values add up to.
    """
    n = min(MOST, len(found.features))
    figure = go.Figure()
    spread = np.linspace(-0.28, 0.28, len(found.names))
    for g, (name, count) in enumerate(zip(found.names, found.counts, strict=True)):
        figure.add_scatter(
            x=found.mean[g, :n],
            y=[n - 1 - i - spread[g] for i in range(n)],
            mode="markers",
            name=f"{label(name, 30)} ({count:,} rows)",
            marker={"color": PALETTE[g % len(PALETTE)], "symbol": SYMBOLS[g % len(SYMBOLS)],
                    "size": 9},
            error_x={
                "type": "data", "symmetric": False, "thickness": 1, "width": 0,
                "array": found.high[g, :n] - found.mean[g, :n],
                "arrayminus": found.mean[g, :n] - found.low[g, :n],
            },
            customdata=[
                [label(f), s, low, high]
                for f, s, low, high in zip(
                    found.features[:n], found.shift[g, :n], found.low[g, :n], found.high[g, :n],
                    strict=True,
                )
            ],
            hovertemplate=f"<b>%{{customdata[0]}}</b>, {label(name)}<br>moves predictions by "
            "%{x:.3g} on average<br>95 % interval %{customdata[2]:.3g} to %{customdata[3]:.3g}"
            "<br>on balance %{customdata[1]:+.3g}<extra></extra>",
        )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(n)), ticktext=[label(f, 28) for f in reversed(found.features[:n])]
    )
    return layout(
        figure, _title(found, n),
        f"Rows by {label(found.by)}; bars: 95 % bootstrap intervals over the rows. Intervals that "
        "do not overlap are a difference between the groups.",
        x=f"Mean |SHAP|, in {label(scale, 70)}", height=190 + 38 * max(4, n),
    )  # fmt: skip


def _title(found: Cohorts, n: int) -> str:
    apart = []
    for i in range(n):
        order = np.argsort(found.mean[:, i])
        least, most = order[0], order[-1]
        if found.low[most, i] > found.high[least, i]:
            apart.append((found.mean[most, i] - found.mean[least, i], i, least, most))
    if not apart:
        return "No column clearly matters more in one group than in another"
    _, i, least, most = max(apart)
    return (
        f"{label(found.features[i])} matters more where {label(found.by)} is "
        f"{label(found.names[most], 24)} than where it is {label(found.names[least], 24)}"
    )
