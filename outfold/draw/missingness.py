"""How much of each column is missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import plotly.graph_objects as go

from outfold.data.wording import percent
from outfold.draw.theme import NEGATIVE, POSITIVE, label, layout, starred

MOST = 40
MUCH = 0.2


def draw(missing: Mapping[str, int], rows: int, apart: Collection[str] = ()) -> go.Figure:
    """Bars of the missing share per column, the largest on top.

    Args:
        missing: Missing cells by column.
        rows: Rows of the table.
        apart: Columns that are no features; they carry a star.
    """
    there = {name: n for name, n in missing.items() if n > 0}
    if not there or not rows:
        figure = go.Figure()
        return layout(figure, f"No value is missing in {len(missing):,} columns", height=160)
    ranked = sorted(there.items(), key=lambda item: -item[1])
    shown = ranked[:MOST][::-1]
    shares = [n / rows for _, n in shown]
    figure = go.Figure(
        go.Bar(
            x=[100 * share for share in shares],
            y=list(range(len(shown))),
            orientation="h",
            marker={
                "color": [NEGATIVE if share >= MUCH else POSITIVE for share in shares],
                "pattern": {"shape": ["/" if share >= MUCH else "" for share in shares]},
            },
            text=[_percent(share) for share in shares],
            textposition="auto",
            customdata=[[label(name, 80), n] for name, n in shown],
            hovertemplate=f"%{{customdata[0]}}<br>%{{customdata[1]:,}} of {rows:,} rows missing"
            "<extra></extra>",
        )
    )
    figure.update_yaxes(
        tickvals=list(range(len(shown))), ticktext=[starred(name, apart) for name, _ in shown]
    )
    cells = sum(there.values()) / (rows * len(missing))
    one = len(there) == 1
    left_out = f"The {MOST} with most are shown. " if len(ranked) > MOST else ""
    return layout(
        figure,
        f"{len(there):,} of {len(missing):,} columns {'has' if one else 'have'} missing values, "
        f"{label(ranked[0][0])} most ({_percent(ranked[0][1] / rows)})",
        f"{left_out}{percent(cells)} of all cells are missing; hatched from {percent(MUCH)} on"
        + ("; a star: not a feature" if any(name in apart for name, _ in shown) else ""),
        x="Rows without a value, %",
        height=170 + 22 * len(shown),
        xaxis_range=[0, 100],
        showlegend=False,
    )


def _percent(share: float) -> str:
    """A share that is not rounded up to the limit from which bars are hatched."""
    if share < MUCH and percent(share) == percent(MUCH):
        return f"{min(round(100 * share, 1), 100 * MUCH - 0.1):.1f}%"
    return percent(share)
