"""Each candidate's score on each split: what a mean hides."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from outfold.draw.candidate_names import called, dashes, symbols
from outfold.draw.theme import colour_of, layout
from outfold.judge.leaderboard import Leaderboard

MOST = 12


def draw(
    board: Leaderboard, names: Mapping[str, str] | None = None, metric: str | None = None
) -> go.Figure:
    """A line per candidate over the splits.

    Args:
        board: The leaderboard; candidates in its order, running ones with the splits they have.
        names: Names of candidates for people.
        metric: Key of a metric; the ranking one by default.
    """
    key = metric or board.metric
    rows = [r for r in board.rows if key in r.figures and r.figures[key].n][:MOST]
    models = [r.result.candidate.model.key for r in rows]
    figure = go.Figure()
    for row, model, dash, symbol in zip(rows, models, dashes(models), symbols(models), strict=True):
        values, name = row.figures[key].values, called(row.name, names)
        figure.add_scatter(
            # A candidate that was stopped or still runs has some of the splits, and not the first.
            x=[s + 1 for s in row.result.seen] or list(range(1, len(values) + 1)),
            y=values,
            mode="lines+markers",
            name=name,
            line={"color": colour_of(model), "dash": dash, "width": 1.5},
            marker={"symbol": symbol, "size": 8},
            hovertemplate=f"<b>{name}</b><br>split %{{x}}: %{{y:.4g}}<extra></extra>",
        )
    counted = sum(r.figures[key].n > 0 for r in board.rows if key in r.figures)
    below = f"{board.n_splits} splits, the same rows for every candidate"
    if any(row in board.partial for row in rows):
        below = (
            f"Some candidates have a part of the {board.n_splits} splits only; a split has the "
            "same rows for every candidate"
        )
    if counted > MOST:
        below += f"; the best {MOST} of {counted}"
    label_of = board.label if key == board.metric else key
    figure.update_xaxes(dtick=max(1, board.n_splits // 10))
    return layout(
        figure, _title([r.figures[key].values for r in rows], board), below + ".", x="Split",
        y=label_of, height=460,
    )  # fmt: skip


def _title(values: list[tuple[float, ...]], board: Leaderboard) -> str:
    full = [v for v in values if len(v) == board.n_splits]
    if len(full) < 2 or board.n_splits < 2:
        return "Scores by split"
    table = np.array(full)
    sign = 1 if board.direction == "higher" else -1
    wins = int(np.nansum(sign * table[0] >= np.nanmax(sign * table[1:], axis=0)))
    return f"The best on average leads on {wins} of {board.n_splits} splits"
