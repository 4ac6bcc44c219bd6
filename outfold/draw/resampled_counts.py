"""What several resamplers make of the class sizes of one training fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from outfold.draw.theme import colours_of, label, layout
from outfold.study.preview import ClassCounts

PATTERNS = ("", "/", "x", ".", "\\", "+", "-", "|")
MOST = 30
"""Classes drawn; the table beside the chart has them all."""


def draw(counts: Sequence[ClassCounts], names: Mapping[str, str] | None = None) -> go.Figure:
    """One bar per resampler: the rows of each class as they count when a model is fitted.

    Args:
        counts: The resamplers, at least one; rows and weights per class.
        names: What people call each resampler; its label otherwise.
    """
    classes = counts[0].classes
    colours = colours_of(classes)
    figure = go.Figure()
    rows = [label((names or {}).get(c.resampler, c.resampler)) for c in counts]
    order = counts[0].before.argsort()[::-1][:MOST]
    for place, i in enumerate(order):
        figure.add_bar(
            y=rows,
            x=[float(c.counted[i]) for c in counts],
            orientation="h",
            name=label(classes[i]),
            marker={
                "color": colours[classes[i]],
                "pattern": {"shape": PATTERNS[place % len(PATTERNS)], "solidity": 0.25},
            },
            customdata=[
                [int(c.before[i]), int(c.after[i]), 1.0 if c.weight is None else c.weight[i]]
                for c in counts
            ],
            hovertemplate=f"<b>%{{y}}</b>, class {label(classes[i])}"
            "<br>%{customdata[0]:,} rows before"
            "<br>%{customdata[1]:,} rows after, each counting %{customdata[2]:.3g}"
            "<extra></extra>",
        )
    before = counts[0].before
    rarest = int(before.argmin())
    figure.update_yaxes(autorange="reversed")
    below = "Training rows of the first fold; weighted rows count as so many"
    if len(classes) > MOST:
        below += f"; the {MOST} largest of {len(classes)} classes"
    return layout(
        figure,
        f"{label(classes[rarest])} is the rarest class: {before[rarest] / before.sum():.1%} of the "
        "training rows",
        below,
        x="Rows as they count in fitting",
        height=max(260, 190 + 34 * len(counts)),
        barmode="stack",
        legend_y=-0.28,
    )
