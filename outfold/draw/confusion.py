"""Which classes are taken for which."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from outfold.draw.candidate_names import called
from outfold.draw.theme import label, layout
from outfold.judge.confusion_matrix import ConfusionMatrix

LETTERED = 12
"""Up to so many classes, cells carry their numbers."""


def draw(matrix: ConfusionMatrix, names: Mapping[str, str] | None = None) -> go.Figure:
    """A confusion matrix: shares of each true class by colour, counts in the cells.

    Args:
        matrix: The counts.
        names: Names of candidates for people.
    """
    shares, counts = matrix.shares(), matrix.counts
    k = len(matrix.classes)
    # Places rather than names on the axes: two long names may be cut to the same text.
    ticks, texts = list(range(k)), [label(c, 24) for c in matrix.classes]
    exact = bool((counts == counts.round()).all())
    cells = [[_cell(counts[i, j], shares[i, j], exact) for j in range(k)] for i in range(k)]
    full = [label(c, 80) for c in matrix.classes]
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=ticks,
            y=ticks,
            zmin=0,
            zmax=1,
            colorscale="Cividis",
            text=cells,
            texttemplate="%{text}" if k <= LETTERED else "",
            customdata=[[[full[i], full[j]] for j in range(k)] for i in range(k)],
            xgap=2,
            ygap=2,
            colorbar={"title": {"text": "Share of<br>true class"}, "tickformat": ".0%",
                      "thickness": 12},
            hovertemplate="truly <b>%{customdata[0]}</b>, predicted <b>%{customdata[1]}</b><br>"
            "%{text}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(tickvals=ticks, ticktext=texts, side="bottom", constrain="domain")
    figure.update_yaxes(tickvals=ticks, ticktext=texts, autorange="reversed")
    below = f"{called(matrix.candidate, names)}, {counts.sum():,.0f} predictions out of fold"
    if 0 < matrix.rows < counts.sum():
        below += f" of {matrix.rows:,} rows, each as often as it was held out"
    if matrix.threshold is not None:
        below += f"; predicted “{label(matrix.positive, 30)}” at or above {matrix.threshold:.3g}"
    return layout(
        figure, _title(matrix), below + ".", x="Predicted class", y="True class",
        height=max(340, min(760, 220 + 44 * k)),
    )  # fmt: skip


def _cell(count: float, share: float, exact: bool) -> str:
    return f"{count:,.0f}<br>{share:.1%}" if exact else f"{count:,.1f}<br>{share:.1%}"


def _title(matrix: ConfusionMatrix) -> str:
    worst = matrix.worst()
    if worst is None:
        return "Every row is predicted right"
    true, said, share = worst
    return f"{share:.0%} of “{label(true, 30)}” are taken for “{label(said, 30)}”"
