"""Columns by selectors: how often each selector keeps each column, and at what rank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import plotly.graph_objects as go

from outfold.data.schema import shown
from outfold.draw.theme import label, layout
from outfold.judge.stability import Agreement

MOST = 40
"""Columns drawn at once; the table beside the chart has them all."""


def draw(
    result: Agreement,
    rows: Sequence[int] | None = None,
    cells: Literal["kept", "rank"] = "kept",
) -> go.Figure:
    """A matrix of columns by selectors, led by the votes of all of them.

    Args:
        result: What the selectors found.
        rows: Positions of the columns to draw; the first ``MOST`` by default.
        cells: Whether a cell tells the share of the splits in which a column is kept, or its mean
            rank.
    """
    drawn = list(range(min(len(result.columns), MOST))) if rows is None else list(rows)[:MOST]
    some, total = result.part(drawn), len(result.columns)
    names = _apart([label(shown(c)) for c in some.columns])
    selectors = ["Consensus", *_apart([label(s.selector, 28) for s in result.selectors])]
    if cells == "kept":
        body, text = some.kept, [[_share(v) for v in row] for row in some.kept]
    else:
        body = 1 - (some.rank - 1) / max(total - 1, 1)
        text = [["" if np.isnan(v) else f"{v:.3g}" for v in row] for row in some.rank]
    lead = some.consensus if cells == "kept" else some.points
    first = [_share(v) if cells == "kept" else "" if np.isnan(v) else f"{v:.2f}" for v in lead]
    figure = go.Figure(
        go.Heatmap(
            z=np.column_stack([lead, body]),
            x=selectors,
            y=names,
            zmin=0,
            zmax=1,
            colorscale="Cividis",
            text=[[a, *b] for a, b in zip(first, text, strict=True)],
            texttemplate="%{text}",
            customdata=_hover(some),
            xgap=2,
            ygap=2,
            showscale=False,
            hovertemplate="<b>%{y}</b><br>%{x}<br>%{customdata}<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(side="top", tickangle=-35 if len(selectors) > 5 else 0)
    figure.add_vline(x=0.5, line={"width": 3, "color": "rgba(127,127,127,0.8)"})
    told = (
        "● kept on every split, a percentage where the splits disagree, empty: never kept"
        if cells == "kept"
        else "the mean rank over the splits, 1 is best; under Consensus the Borda points, 0 to 1"
    )
    if len(drawn) < total:
        told += f"; {len(drawn)} of {total:,} columns"
    return layout(
        figure, _finding(result), told, x="", y="Column",
        height=max(280, 190 + 24 * len(drawn)),
    )  # fmt: skip


def _share(value: float) -> str:
    return "●" if value >= 1 - 1e-9 else "" if value <= 0 else f"{value:.0%}"


def _finding(result: Agreement) -> str:
    total = len(result.columns)
    everywhere = int((result.kept == 1).all(axis=1).sum())
    if everywhere == 0:
        title = "No column is kept by every selector on every split"
    elif everywhere == total:
        return "Every column is kept by every selector on every split"
    else:
        word = "column is" if everywhere == 1 else "columns are"
        title = f"{everywhere} {word} kept by every selector on every split"
    never = int((result.kept == 0).all(axis=1).sum())
    return f"{title}, {never:,} of {total:,} never" if never else title


def _hover(some: Agreement) -> list[list[str]]:
    """What is said of each cell, the consensus first."""
    found = []
    for i in range(len(some.columns)):
        points = some.points[i]
        line = [
            f"{some.consensus[i]:.0%} of all votes (splits × selectors)"
            + ("" if np.isnan(points) else f"<br>Borda points {points:.2f} of 1")
            + f"<br>disagreement {some.disagreement[i]:.2f} of 1"
        ]
        for j, summary in enumerate(some.selectors):
            rank, score = some.rank[i, j], some.score[i, j]
            line.append(
                f"kept in {some.kept[i, j]:.0%} of {summary.n_splits} splits"
                + ("" if np.isnan(rank) else f"<br>mean rank {rank:.3g}")
                + ("" if np.isnan(score) else f"<br>{label(summary.score_name, 90)}: {score:.4g}")
            )
        found.append(line)
    return found


def _apart(names: list[str]) -> list[str]:
    """Names of an axis, those that are cut to the same text told apart by a number."""
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return told
