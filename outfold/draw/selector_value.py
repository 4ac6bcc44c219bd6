"""What leaving columns out changes: each selector's score less that of every column."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from outfold.draw.theme import NEGATIVE, NEUTRAL, POSITIVE, label, layout
from outfold.judge.selector_value import Worth, Worths
from outfold.study.study import NONE

LOOK = {
    "better": (POSITIVE, "triangle-up", "better than every column"),
    "same": (NEUTRAL, "circle", "no measurable difference"),
    "worse": (NEGATIVE, "triangle-down", "worse than every column"),
    "unknown": (NEUTRAL, "circle-open", "not tested"),
}


def draw(found: Worths, names: Mapping[str, str] | None = None) -> go.Figure:
    """Differences with their intervals, one selector a line; 0 is keeping every column.

    Args:
        found: The selectors.
        names: Names of selectors for people, by their labels.
    """
    called = {r.selector.label(): label(_name(r, names), 36) for r in found.rows}
    rows = [r for r in found.rows if r.selector != NONE and not np.isnan(r.difference)]
    sign = 1.0 if found.higher else -1.0
    rows.sort(key=lambda r: sign * r.difference)
    figure = go.Figure()
    for verdict, (colour, symbol, said) in LOOK.items():
        part = [r for r in rows if r.verdict == verdict]
        if not part:
            continue
        figure.add_scatter(
            x=[r.difference for r in part],
            y=[_line(r, called) for r in part],
            mode="markers",
            name=said,
            marker={"color": colour, "symbol": symbol, "size": 11},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [_reach(r.difference_high - r.difference) for r in part],
                "arrayminus": [_reach(r.difference - r.difference_low) for r in part],
                "thickness": 1.5,
                "width": 4,
            },
            customdata=[_hover(r, found) for r in part],
            hovertemplate="<b>%{y}</b><br>%{customdata}<extra></extra>",
        )
    figure.add_vline(x=0, line={"color": NEUTRAL, "width": 1})
    figure.update_yaxes(
        categoryorder="array", categoryarray=[_line(r, called) for r in rows], title_text=""
    )
    more = "more" if found.higher else "less"
    return layout(
        figure,
        finding(found, called),
        f"Bars: {found.confidence:.0%} interval of the difference on the same splits; "
        f"{found.method}. {more.capitalize()} is better.",
        x=f"{label(found.label)}, difference to every column",
        height=max(240, 170 + 44 * len(rows)),
    )


def finding(found: Worths, called: Mapping[str, str]) -> str:
    """What the selectors are worth, as a sentence."""
    said = found.finding
    if said is None:
        return "What the selectors are worth could not be tested"
    row, kind = said
    name = called.get(row.selector.label(), label(row.selector.label()))
    kept = f"{name} keeps {_kept(row)} of {row.n_columns:,} columns"
    if kind == "gains":
        return f"{kept} and gains {abs(row.difference):.2g} in {label(found.label)}"
    if kind == "free":
        return f"{kept} and loses nothing measurable"
    return f"Every selector loses; least {name}, {abs(row.difference):.2g} in {label(found.label)}"


def _kept(row: Worth) -> str:
    whole = abs(row.n_kept - round(row.n_kept)) < 0.05
    return f"{round(row.n_kept):,}" if whole else f"{row.n_kept:,.1f}"


def _name(row: Worth, names: Mapping[str, str] | None) -> str:
    key = row.selector.label()
    return (names or {}).get(key, key)


def _line(row: Worth, called: Mapping[str, str]) -> str:
    return f"{called[row.selector.label()]} · {_kept(row)}"


def _reach(value: float) -> float:
    return 0.0 if np.isnan(value) else value


def _hover(row: Worth, found: Worths) -> str:
    text = f"{label(found.label)} {row.score:.4g}, difference {row.difference:+.3g}"
    if not np.isnan(row.difference_low):
        text += f" ({row.difference_low:+.3g} to {row.difference_high:+.3g})"
    if not np.isnan(row.p_adjusted):
        text += f"<br>p {row.p_adjusted:.2g} after Holm"
    return (
        f"{text}<br>keeps {_kept(row)} of {row.n_columns:,} columns in {row.seconds:.2g} s a fold"
    )
