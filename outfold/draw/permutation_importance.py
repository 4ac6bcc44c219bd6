"""How much worse the score gets when a column is shuffled."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from outfold.draw.theme import MUTED, NEUTRAL, POSITIVE, label, layout
from outfold.judge.permutation_importance import PermutationImportance, Shuffled

MOST = 20

FIRST = " of the first repeat only, which explains each row once"


def draw(
    found: PermutationImportance, *, grouped: bool = False, first_repeat: bool = False
) -> go.Figure:
    """Drops of the score with intervals, the largest on top.

    Args:
        found: The importances.
        grouped: Whether closely related columns stand together instead of one by one.
        first_repeat: Whether the run has more repeats of the splits than are explained.
    """
    rows: Sequence[Shuffled] = found.columns
    if grouped:
        within = {f for g in found.groups for f in g.features}
        alone = [c for c in found.columns if c.features[0] not in within]
        rows = sorted([*found.groups, *alone], key=lambda r: -r.drop)
    shown = list(rows[:MOST])[::-1]
    places = list(range(len(shown)))
    sure = [r.low == r.low and r.low > 0 for r in shown]
    figure = go.Figure(
        go.Scatter(
            x=[r.drop for r in shown],
            y=places,
            mode="markers",
            marker={
                "color": [POSITIVE if s else NEUTRAL for s in sure],
                "symbol": ["circle" if s else "circle-open" for s in sure],
                "size": 10,
            },
            error_x={
                "type": "data", "symmetric": False, "thickness": 1, "width": 3,
                "array": [r.high - r.drop if r.high == r.high else 0 for r in shown],
                "arrayminus": [r.drop - r.low if r.low == r.low else 0 for r in shown],
            },
            customdata=[[label(r.name, 120), _interval(r)] for r in shown],
            hovertemplate="<b>%{customdata[0]}</b> shuffled: worse by %{x:.3g}%{customdata[1]}"
            "<extra></extra>",
        )
    )  # fmt: skip
    figure.add_vline(x=0, line={"color": MUTED, "width": 1})
    figure.update_yaxes(tickvals=places, ticktext=[label(r.name, 30) for r in shown])
    helpful = [r for r in rows if r.low == r.low and r.low > 0]
    if helpful:
        title = (
            f"With {label(rows[0].name, 60)} shuffled, {label(found.label)} is worse by "
            f"{rows[0].drop:.3g}"
        )
    elif found.n_splits < 2:
        title = f"{label(rows[0].name, 60)} matters most; one split gives no interval"
    else:
        title = "No column’s shuffling clearly makes the score worse"
    below = (
        "Nothing is fitted again. "
        f"{label(found.label)} out of fold is {found.score:.3g}, the mean of {found.n_splits} "
        f"splits{FIRST * first_repeat}; {found.repeats} shuffles on each, up to {found.rows:,} rows"
    )
    if found.n_splits > 1:
        below += "; bars: 95 % intervals corrected for shared training rows (Nadeau & Bengio 2003)"
        below += "; filled: clearly above 0"
    return layout(
        figure, title, below + ".", x=f"How much worse {label(found.label)} gets", showlegend=False,
        height=160 + 26 * max(4, len(shown)),
    )  # fmt: skip


def _interval(row: Shuffled) -> str:
    if row.low != row.low:
        return ""
    return f"<br>95 % interval {row.low:.3g} to {row.high:.3g}"
