"""Columns by selectors on the same rows: which are kept, and at what rank."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from outfold.data.schema import shown
from outfold.draw.theme import label, layout
from outfold.select.selection import Selection

MOST = 40
"""Columns drawn; the table beside the chart has them all."""


def draw(selections: Mapping[str, Selection]) -> go.Figure:
    """A matrix with a filled dot where a selector keeps a column, and its rank in each cell.

    Args:
        selections: What each selector found on the same rows, by the selector's label.
    """
    ranks = {name: found.ranks() for name, found in selections.items()}
    columns = list(dict.fromkeys(c for r in ranks.values() for c in r))
    votes = {c: sum(c in s.selected for s in selections.values()) for c in columns}
    mean = {c: float(np.mean([r[c] for r in ranks.values() if c in r])) for c in columns}
    columns.sort(key=lambda c: (-votes[c], mean[c]))
    drawn = columns[:MOST]
    # Rank 1 is the strongest colour and the last rank the weakest, whatever the table's width.
    depth = [
        [1 - (r.get(c, len(columns)) - 1) / max(len(columns) - 1, 1) for r in ranks.values()]
        for c in drawn
    ]
    text = [
        [
            f"● {ranks[s][c]}" if c in found.selected else str(ranks[s].get(c, ""))
            for s, found in selections.items()
        ]
        for c in drawn
    ]
    hover = [[_hover(found, c) for found in selections.values()] for c in drawn]
    figure = go.Figure(
        go.Heatmap(
            z=depth,
            x=[label(s) for s in selections],
            y=[label(shown(c)) for c in drawn],
            zmin=0,
            zmax=1,
            colorscale="Cividis",
            text=text,
            texttemplate="%{text}",
            customdata=hover,
            xgap=2,
            ygap=2,
            showscale=False,
            hovertemplate="<b>%{y}</b><br>%{x}<br>%{customdata}<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed")
    below = "● is kept, the number is the rank; columns kept most often come first"
    if len(drawn) < len(columns):
        below += f"; the first {len(drawn)} of {len(columns):,} columns"
    return layout(
        figure,
        _finding(votes, len(selections)),
        below,
        x="Selector",
        y="Column",
        height=max(280, 140 + 24 * len(drawn)),
    )


def _finding(votes: Mapping[str, int], n: int) -> str:
    everywhere = [c for c, v in votes.items() if v == n]
    nowhere = sum(v == 0 for v in votes.values())
    if not everywhere:
        return "No column is kept by every selector"
    if len(everywhere) == len(votes):
        return "Every selector keeps every column"
    if len(everywhere) == 1:
        return f"Only {label(shown(everywhere[0]))} is kept by every selector"
    rest = f", {nowhere} by none" if nowhere else ""
    return f"{len(everywhere)} columns are kept by every selector{rest}"


def _hover(found: Selection, column: str) -> str:
    kept = "kept" if column in found.selected else "dropped"
    because = found.dropped_because.get(column)
    if because:
        kept += f": repeats {label(shown(because))}"
    score = found.scores.get(column, np.nan)
    return kept if np.isnan(score) else f"{kept}<br>{label(found.score_name)}: {score:.4g}"
