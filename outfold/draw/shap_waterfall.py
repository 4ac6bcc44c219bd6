"""One row: from what the model says on average to what it says of this row."""

from __future__ import annotations

import html

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from outfold.draw.row_number import numbered
from outfold.draw.theme import MUTED, NEGATIVE, NEUTRAL, POSITIVE, label, layout
from outfold.draw.value_colours import said
from outfold.judge.explanation import View
from outfold.metrics.metric import Ints

MOST = 12


def draw(view: View, place: int, table: pd.DataFrame, places: Ints | None = None) -> go.Figure:
    """A waterfall of one row's SHAP values, the largest first.

    Args:
        view: The explanation.
        place: The row's place among those explained.
        table: The study's feature columns.
        places: Position of each row of the study's table in the table after fixes, by which rows
            are numbered; the same by default.
    """
    values = view.shap[place]
    order = np.argsort(-np.abs(values), kind="stable")
    shown, rest = order[:MOST], order[MOST:]
    row = table.iloc[[view.rows[place]]]
    own = [said(row[view.features[i]])[0] for i in shown]
    names = [f"{label(view.features[i], 20)} = {said(row[view.features[i]], 16)[0]}" for i in shown]
    full = [f"{label(view.features[i])} = {v}" for i, v in zip(shown, own, strict=True)]
    steps = [float(values[i]) for i in shown]
    if len(rest):
        others = "1 other column" if len(rest) == 1 else f"{len(rest)} other columns"
        names.append(others)
        full.append(others)
        steps.append(float(values[rest].sum()))
    names = ["on average", *names, "this row"]
    full = ["What the model says on average", *full, "What it says of this row"]
    base, output = float(view.base[place]), float(view.output[place])
    ends = np.cumsum([base, *steps])
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=list(range(1, len(names) - 1)),
            base=ends[:-1],
            x=steps,
            customdata=[[name, f"{s:+.3g}"] for name, s in zip(full[1:-1], steps, strict=True)],
            hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>",
            marker={"color": [POSITIVE if s > 0 else NEGATIVE for s in steps]},
        )
    )
    figure.add_scatter(
        x=np.repeat(ends, 2),
        y=[y for i in range(len(ends)) for y in (i, i + 1)],
        mode="lines",
        line={"color": MUTED, "width": 1},
        hoverinfo="skip",
    )
    # All on the right, where no name of a column stands.
    figure.add_scatter(
        x=np.maximum(ends[:-1], ends[1:]),
        y=list(range(1, len(names) - 1)),
        mode="text",
        text=[f" {s:+.3g}" for s in steps],
        textposition="middle right",
        hoverinfo="skip",
        cliponaxis=False,
    )
    figure.add_scatter(
        x=[base, output],
        y=[0, len(names) - 1],
        mode="markers+text",
        marker={"color": NEUTRAL, "symbol": "diamond", "size": 11},
        text=[f" {base:.3g}", f" {output:.3g}"],
        textposition="middle right",
        customdata=[full[0], full[-1]],
        hovertemplate="<b>%{customdata}</b><br>%{text}<extra></extra>",
        cliponaxis=False,
    )
    figure.update_yaxes(
        zeroline=False,
        tickvals=list(range(len(names))),
        ticktext=names,
        range=[len(names) - 0.4, -0.6],
        showgrid=False,
    )
    low, high = float(ends.min()), float(ends.max())
    span = high - low or 1.0
    figure.update_xaxes(range=[low - 0.05 * span, high + 0.3 * span])
    title = "Nothing moves this row’s prediction"
    if len(steps) and abs(steps[0]) > 0:
        way = "raises" if steps[0] > 0 else "lowers"
        title = f"{full[1]} {way} this row’s prediction most"
    return layout(
        figure, title,
        f"Row {numbered(view.rows, places)[place]:,}, by the model of split "
        f"{view.split[place] + 1}, which did not train on it; prediction "
        f"{view.predicted[place]:.4g}.",
        x=html.escape(view.scale[:1].upper() + view.scale[1:]), showlegend=False,
        height=150 + 30 * len(names),
    )  # fmt: skip
