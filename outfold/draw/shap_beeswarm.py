"""Every row's SHAP values, column by column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from outfold.draw.row_number import numbered
from outfold.draw.theme import MUTED, NEUTRAL, label, layout
from outfold.draw.value_colours import LOW_HIGH, by_rank, is_ordered, said
from outfold.judge.explanation import View
from outfold.judge.shap_importance import ColumnImportance
from outfold.metrics.metric import Floats, Ints

MOST_COLUMNS = 12
MOST_POINTS = 4800
BINS = 60
WIDTH = 0.4
"""Half the height of a swarm, in rows of the chart."""


def draw(
    view: View, table: pd.DataFrame, columns: Sequence[ColumnImportance],
    places: Ints | None = None,
) -> go.Figure:  # fmt: skip
    """A swarm per column, coloured from its low to its high values.

    Args:
        view: The explanation.
        table: The study's feature columns.
        columns: The columns by importance.
        places: Position of each row of the study's table in the table after fixes, by which rows
            are numbered; the same by default.
    """
    shown = list(columns[:MOST_COLUMNS])
    chance = view.chance()
    each = max(50, MOST_POINTS // max(1, len(shown)))
    points = chance[np.unique(np.linspace(0, len(chance) - 1, min(each, len(chance))).astype(int))]
    numbers = numbered(view.rows[points], places)
    figure = go.Figure()
    grey = False
    for place, column in enumerate(reversed(shown)):
        shap = view.shap[points, view.features.index(column.feature)]
        values = table[column.feature].iloc[view.rows[points]]
        ordered = is_ordered(values)
        colour = by_rank(values) if ordered else np.full(len(points), np.nan)
        missing = np.isnan(colour)
        grey = grey or bool(missing.any())
        heights = place + _swarm(shap)
        text = said(values)
        for mask, marker in (
            (missing, {"color": NEUTRAL}),
            (~missing, {"color": colour[~missing], "coloraxis": "coloraxis"}),
        ):
            where = np.flatnonzero(mask)
            if len(where):
                figure.add_scattergl(
                    x=shap[where],
                    y=heights[where],
                    mode="markers",
                    marker={"size": 4, "opacity": 0.75, **marker},
                    customdata=[[text[i], int(numbers[i])] for i in where],
                    hovertemplate=f"<b>{label(column.feature)}</b> = %{{customdata[0]}}<br>"
                    "moves the prediction by %{x:+.3g}<br>row %{customdata[1]}<extra></extra>",
                )
    figure.add_vline(x=0, line={"color": MUTED, "width": 1})
    figure.update_yaxes(
        tickvals=list(range(len(shown))),
        ticktext=[label(c.feature, 28) for c in reversed(shown)],
        range=[-0.7, len(shown) - 0.3],
        showgrid=False,
        zeroline=False,
    )
    drawn = f"{len(points):,}"
    if len(points) < len(chance):
        drawn += f" of the {len(chance):,} explained"
    below = f"One point per row out of fold, {drawn} rows"
    below += "; colour: the column’s value by rank"
    if grey:
        below += "; grey: categories and gaps, named on hover"
    return layout(
        figure, _title(shown), below + ".", x=f"SHAP value, in {label(view.scale, 70)}",
        height=170 + 34 * max(4, len(shown)), showlegend=False,
        coloraxis={
            "colorscale": LOW_HIGH, "cmin": 0, "cmax": 1,
            "colorbar": {"tickvals": [0, 1], "ticktext": ["low", "high"], "thickness": 8,
                         "outlinewidth": 0, "len": 0.6},
        },
    )  # fmt: skip


def _title(shown: Sequence[ColumnImportance]) -> str:
    for column in shown:
        if abs(column.direction) >= 0.6 and column.mean > 0:
            way = "raise" if column.direction > 0 else "lower"
            return f"High values of {label(column.feature)} {way} the prediction"
    if shown and shown[0].mean > 0:
        return f"{label(shown[0].feature)} moves predictions most, and not in one direction only"
    return "No column moves the predictions"


def _swarm(values: Floats) -> Floats:
    """Heights that put points of nearly equal values beside each other."""
    if np.ptp(values) < 1e-12:
        return np.linspace(-WIDTH, WIDTH, len(values))
    place = np.floor((values - values.min()) / np.ptp(values) * BINS).astype(int)
    counts = np.bincount(place)
    heights = np.zeros(len(values))
    for b in np.flatnonzero(counts):
        rows = np.flatnonzero(place == b)
        offsets = np.ceil(np.arange(len(rows)) / 2) * np.where(np.arange(len(rows)) % 2, 1, -1)
        heights[rows] = offsets / max(1, counts.max()) * 2 * WIDTH
    return heights
