"""How many rows each class has, before and after resampling."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from outfold.data.wording import percent
from outfold.draw.theme import NEUTRAL, POSITIVE, label, layout

MOST = 30


def draw(
    before: Mapping[str, float], after: Mapping[str, float] | None = None, method: str = ""
) -> go.Figure:
    """Bars of rows per class.

    Args:
        before: Rows by class as they were.
        after: Rows by class after resampling, or the sum of their weights; a class that is not
            named has none.
        method: What was done, for the legend and the title.
    """
    classes = sorted(before, key=lambda level: -before[level])
    shown = classes[:MOST]
    axis = _distinct([label(level, 24) for level in shown])
    sides = [("Before", before, NEUTRAL, "")]
    if after is not None:
        sides.append((f"After {label(method)}".strip(), after, POSITIVE, "/"))
    figure = go.Figure()
    for name, counts, colour, pattern in sides:
        total = sum(counts.values())
        heights = [float(counts.get(level, 0)) for level in shown]
        figure.add_bar(
            x=axis,
            y=heights,
            name=name,
            marker={"color": colour, "pattern": {"shape": pattern}},
            text=[f"{height:,.0f}" for height in heights],
            textposition="auto",
            customdata=[
                [label(level, 80), percent(height / total) if total else "0.0%"]
                for level, height in zip(shown, heights, strict=True)
            ],
            hovertemplate=f"{name}<br>%{{customdata[0]}}: %{{y:,.0f}} rows "
            "(%{customdata[1]})<extra></extra>",
        )
    left_out = f"The {MOST} largest of {len(classes)} classes" if len(classes) > MOST else ""
    return layout(
        figure,
        _title(before, after, method),
        left_out,
        x="Class",
        y="Rows",
        barmode="group",
        showlegend=after is not None,
        xaxis_type="category",
    )


def ratio(counts: Mapping[str, float]) -> float:
    """Rows of the largest class for one of the smallest; infinite where a class has none."""
    least, most = min(counts.values()), max(counts.values())
    return most / least if least > 0 else float("inf")


def _title(before: Mapping[str, float], after: Mapping[str, float] | None, method: str) -> str:
    if not before:
        return "There is no class to count"
    was = _in_words(ratio(before))
    if after is None:
        return f"The largest class has {was} the rows of the smallest"
    remaining = ratio({level: after.get(level, 0.0) for level in before})
    changed = sum(after.values()) - sum(before.values())
    rows = f"{abs(changed):,.0f} rows {'more' if changed > 0 else 'fewer'}" if changed else ""
    what = label(method) or "resampling"
    now = (
        f"all classes count the same, before the largest had {was} the rows of the smallest"
        if remaining < 1.005
        else f"the largest class has {_in_words(remaining)} the rows of the smallest, before {was}"
    )
    return f"After {what} {now}" + (f" ({rows})" if abs(changed) >= 0.5 else "")


def _in_words(times: float) -> str:
    if times == float("inf"):
        return "infinitely many times"
    return f"{times:,.1f} times" if times < 10 else f"{times:,.0f} times"


def _distinct(names: list[str]) -> list[str]:
    """Shortened names made different again by an invisible mark."""
    return [name + "\u200b" * names[:i].count(name) for i, name in enumerate(names)]
