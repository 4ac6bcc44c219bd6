"""How much each column alone says about the target, with intervals."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from outfold.draw.theme import NEGATIVE, POSITIVE, label, layout
from outfold.explore.associations import SIGNIFICANT
from outfold.explore.multiplicity import shown_p
from outfold.explore.relevance import Relevance, Relevant, measure_label

MOST = 30


def draw(found: Relevance) -> go.Figure:
    """One mark a column, the most relevant on top.

    A negative correlation is drawn at its size, with a triangle that points down. An open mark is
    not significant after the correction.

    Args:
        found: The relevance of every column.
    """
    known = [row for row in found.rows if not np.isnan(row.strength)]
    name = label(found.target)
    if not known:
        return layout(go.Figure(), f"No column can be measured against {name}", height=160)
    rows = known[:MOST][::-1]
    figure = go.Figure()
    for sign, colour, symbol, words in (
        (1, POSITIVE, "circle", "rises with the target, or no direction"),
        (-1, NEGATIVE, "triangle-down", "falls as the target rises"),
    ):
        places = [i for i, row in enumerate(rows) if (row.value < 0) == (sign < 0)]
        if not places:
            continue
        some = [rows[i] for i in places]
        figure.add_scatter(
            x=[row.strength for row in some],
            y=places,
            mode="markers",
            name=words,
            error_x=_errors(some),
            marker={
                "color": colour,
                "size": 10,
                "symbol": [
                    s if row.p_adjusted < SIGNIFICANT else f"{s}-open"
                    for row in some
                    for s in (symbol,)
                ],
            },
            customdata=[[_hover(row), row.column] for row in some],
            hovertemplate="%{customdata[0]}<extra></extra>",
        )
    figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=[label(row.column, 28) for row in rows]
    )
    return layout(
        figure,
        _title(found, known),
        _subtitle(found, len(rows), len(known)),
        x="Strength of association, 0 to 1",
        height=190 + 22 * len(rows),
        xaxis_range=[-0.02, 1.02],
        yaxis_range=[-0.7, len(rows) - 0.3],
        showlegend=any(row.value < 0 for row in rows),
    )


def _errors(rows: list[Relevant]) -> dict[str, object]:
    """How far the interval reaches to either side of the size."""
    up, down = [], []
    for row in rows:
        ends = sorted((-row.high, -row.low)) if row.value < 0 else [row.low, row.high]
        low, high = (0.0 if np.isnan(row.low) else e for e in ends)
        up.append(max(0.0, high - row.strength) if not np.isnan(row.low) else 0.0)
        down.append(max(0.0, row.strength - max(low, 0.0)) if not np.isnan(row.low) else 0.0)
    return {
        "type": "data", "symmetric": False, "array": up, "arrayminus": down,
        "thickness": 1.5, "width": 3,
    }  # fmt: skip


def _hover(row: Relevant) -> str:
    lines = [f"<b>{label(row.column, 80)}</b>", f"{measure_label(row)}: {row.value:.3f}"]
    if row.interval:
        lines.append(f"interval {row.low:.3f} to {row.high:.3f} ({row.interval})")
    lines.append(f"p {shown_p(row.p_value)}, adjusted {shown_p(row.p_adjusted)}")
    return "<br>".join([*lines, f"{row.n:,} rows"])


def _title(found: Relevance, known: list[Relevant]) -> str:
    told, name = len(found.significant()), label(found.target)
    if not told:
        return f"No column alone is significantly associated with {name}"
    columns = "column is" if len(known) == 1 else "columns are"
    return f"{told} of {len(known)} {columns} associated with {name}; {label(known[0].column)} most"


def _subtitle(found: Relevance, drawn: int, known: int) -> str:
    parts = [
        f"Bars: {found.level:.0%} intervals. Open marks: not significant at {SIGNIFICANT:g} "
        "after Benjamini–Hochberg"
    ]
    if drawn < known:
        parts.append(f"The {drawn} strongest are shown")
    parts.append("One column at a time; together they may say more or less")
    return ". ".join(parts)
