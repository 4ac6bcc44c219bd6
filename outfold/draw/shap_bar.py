"""How much each column moves predictions."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from outfold.draw.theme import POSITIVE, label, layout
from outfold.judge.shap_importance import ColumnImportance

MOST = 20


def draw(columns: Sequence[ColumnImportance], scale: str) -> go.Figure:
    """Mean sizes of SHAP values with intervals, the largest on top.

    Args:
        columns: The largest first.
        scale: What SHAP values add up to.
    """
    shown = list(columns[:MOST])[::-1]
    names = [label(c.feature, 28) for c in shown]
    places = list(range(len(shown)))
    figure = go.Figure(
        go.Bar(
            x=[c.mean for c in shown],
            y=places,
            orientation="h",
            marker={"color": POSITIVE},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [c.high - c.mean if c.high == c.high else 0 for c in shown],
                "arrayminus": [c.mean - c.low if c.low == c.low else 0 for c in shown],
                "thickness": 1,
                "width": 3,
            },
            customdata=[[n, _interval(c)] for n, c in zip(names, shown, strict=True)],
            hovertemplate="<b>%{customdata[0]}</b> moves the prediction by %{x:.3g} on average"
            "%{customdata[1]}<extra></extra>",
        )
    )
    figure.update_yaxes(tickvals=places, ticktext=names)
    total = sum(c.mean for c in columns)
    if not total:
        title = "No column moves the predictions"
    else:
        first = columns[0]
        share = first.mean / total
        title = f"{label(first.feature)} moves predictions most: {share:.0%} of all that columns do"
    below = "Mean size of SHAP values out of fold; bars: 95 % intervals over the splits"
    if len(columns) > MOST:
        below += f"; the first {MOST} of {len(columns)} columns"
    return layout(
        figure, title, below + ".", x=f"Mean |SHAP|, in {label(scale, 70)}",
        height=140 + 26 * max(4, len(shown)), showlegend=False,
    )  # fmt: skip


def _interval(column: ColumnImportance) -> str:
    if column.low != column.low:
        return ""
    return f"<br>95 % interval {column.low:.3g} to {column.high:.3g}"
