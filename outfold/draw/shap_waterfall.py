"""One row: from what the model says on average to what it says of this row."""

from __future__ import annotations

import html

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from outfold.draw.theme import MUTED, NEGATIVE, NEUTRAL, POSITIVE, label, layout
from outfold.draw.value_colours import said
from outfold.judge.explanation import View

MOST = 12


def draw(view: View, place: int, table: pd.DataFrame) -> go.Figure:
    """A waterfall of one row's SHAP values, the largest first.

    Args:
        view: The explanation.
        place: The row's place among those explained.
        table: The study's feature columns.
    """
    values = view.shap[place]
    order = np.argsort(-np.abs(values), kind="stable")
    shown, rest = order[:MOST], order[MOST:]
    row = table.iloc[[view.rows[place]]]
    own = [said(row[view.features[i]])[0] for i in shown]
    names = [f"{label(view.features[i], 20)} = {v[:20]}" for i, v in zip(shown, own, strict=True)]
    full = [f"{label(view.features[i])} = {v}" for i, v in zip(shown, own, strict=True)]
    steps = [float(values[i]) for i in shown]
    if len(rest):
        names.append(f"{len(rest)} other columns")
        full.append(f"{len(rest)} other columns")
        steps.append(float(values[rest].sum()))
    names = ["on average", *names, "this row"]
    full = ["What the model says on average", *full, "What it says of this row"]
    base, output = float(view.base[place]), float(view.output[place])
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            y=list(range(len(names))),
            x=[base, *steps, output],
            measure=["absolute", *["relative"] * len(steps), "total"],
            text=[f"{base:.3g}", *(f"{s:+.3g}" for s in steps), f"{output:.3g}"],
            textposition="outside",
            cliponaxis=False,
            customdata=full,
            hovertemplate="<b>%{customdata}</b><br>%{text}<extra></extra>",
            increasing={"marker": {"color": POSITIVE}},
            decreasing={"marker": {"color": NEGATIVE}},
            totals={"marker": {"color": NEUTRAL}},
            connector={"line": {"color": MUTED}},
        )
    )
    figure.update_yaxes(
        tickvals=list(range(len(names))), ticktext=names, autorange="reversed", showgrid=False
    )
    ends = np.cumsum([base, *steps])
    low, high = float(ends.min()), float(ends.max())
    room = (high - low or 1.0) * 0.18
    figure.update_xaxes(range=[low - room, high + room])
    title = "Nothing moves this row’s prediction"
    if len(steps) and abs(steps[0]) > 0:
        way = "raises" if steps[0] > 0 else "lowers"
        title = f"{full[1]} {way} this row’s prediction most"
    return layout(
        figure, title,
        f"Row {view.rows[place]}, by the model of split {view.split[place] + 1}, which did not "
        f"train on it; prediction {view.predicted[place]:.4g}.",
        x=html.escape(view.scale[:1].upper() + view.scale[1:]), showlegend=False,
        height=150 + 30 * len(names),
    )  # fmt: skip
