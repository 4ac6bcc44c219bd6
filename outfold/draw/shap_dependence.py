"""A column's values against its SHAP values."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from outfold.draw.row_number import numbered
from outfold.draw.theme import MUTED, NEUTRAL, PALETTE, SYMBOLS, label, layout
from outfold.draw.value_colours import LOW_HIGH, by_rank, is_ordered, said
from outfold.judge.shap_dependence import Dependence
from outfold.metrics.metric import Ints

LEVELS = 6
"""Levels of a colouring category that are told apart; the others are grey."""


def draw(found: Dependence, places: Ints | None = None) -> go.Figure:
    """One point per row; coloured by the column that it most interacts with.

    Args:
        found: The values.
        places: Position of each row of the study's table in the table after fixes, by which rows
            are numbered; the same by default.
    """
    numbers = numbered(found.rows, places)
    figure = go.Figure()
    own = is_ordered(found.values) and not pd.api.types.is_bool_dtype(found.values.dtype)
    x = found.values if own else _jittered(found.values)
    text = said(found.values)
    colours = found.colours
    other = said(colours) if found.colour else [""] * len(text)
    hover = (
        f"<b>{label(found.feature)}</b> = %{{customdata[0]}}<br>moves the prediction by %{{y:+.3g}}"
    )
    if found.colour:
        hover += f"<br>{label(found.colour)} = %{{customdata[1]}}"
    hover += "<br>row %{customdata[2]}<extra></extra>"
    layers: list[tuple[np.ndarray, dict[str, object], str]] = []
    everything = np.arange(len(text))
    is_truth = found.colour and pd.api.types.is_bool_dtype(colours.dtype)
    if not found.colour:
        layers.append((everything, {"color": PALETTE[0]}, ""))
    elif is_ordered(colours) and not is_truth:
        rank = by_rank(colours)
        gaps = np.isnan(rank)
        layers.append((everything[gaps], {"color": NEUTRAL}, "missing"))
        layers.append((everything[~gaps], {"color": rank[~gaps], "coloraxis": "coloraxis"}, ""))
    else:
        names = pd.Series(other)
        common = names.value_counts().index[:LEVELS].tolist()
        layers.append((everything[~names.isin(common)], {"color": NEUTRAL}, "other"))
        layers += [
            (everything[names == level],
             {"color": PALETTE[i], "symbol": SYMBOLS[i % len(SYMBOLS)]}, str(level))
            for i, level in enumerate(common)
        ]  # fmt: skip
    for rows, marker, name in layers:
        if len(rows):
            figure.add_scattergl(
                x=np.asarray(x)[rows],
                y=found.shap[rows],
                mode="markers",
                name=name,
                showlegend=bool(name),
                marker={"size": 5, "opacity": 0.75, **marker},
                customdata=[[text[i], other[i], int(numbers[i])] for i in rows],
                hovertemplate=hover,
            )
    figure.add_hline(y=0, line={"color": MUTED, "width": 1})
    if not own:
        levels = _levels(found.values)
        figure.update_xaxes(
            tickvals=list(range(len(levels))), ticktext=[label(v, 20) for v in levels]
        )
    title = f"What {label(found.feature)} does to the prediction, row by row"
    if found.colour and found.chosen:
        strength = dict(found.strengths).get(found.colour, 0.0)
        if strength >= 0.05:
            title = f"The effect of {label(found.feature)} depends on {label(found.colour)}"
        else:
            title = f"The effect of {label(found.feature)} hardly depends on other columns"
    below = f"{len(text):,} rows out of fold"
    if found.colour:
        below += f"; colour: {label(found.colour)}"
        if found.chosen:
            below += ", the column that it interacts with most"
    return layout(
        figure, title, below + ".", x=label(found.feature),
        y=f"SHAP value, in {label(found.scale, 48)}",
        coloraxis={
            "colorscale": LOW_HIGH, "cmin": 0, "cmax": 1,
            "colorbar": {"tickvals": [0, 1], "ticktext": ["low", "high"], "thickness": 8,
                         "outlinewidth": 0, "len": 0.6},
        },
    )  # fmt: skip


def _levels(values: pd.Series) -> list[str]:
    return list(dict.fromkeys(sorted(said(values))))


def _jittered(values: pd.Series) -> np.ndarray:
    """Levels side by side, points of one level next to each other in a fixed order."""
    place = {level: i for i, level in enumerate(_levels(values))}
    at = np.array([place[v] for v in said(values)], dtype=np.float64)
    return at + ((np.arange(len(at)) * 0.618034) % 1 - 0.5) * 0.5
