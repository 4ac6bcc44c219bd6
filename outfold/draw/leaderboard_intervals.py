"""The candidates' scores with their intervals, and who is tied with the best."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from outfold.draw.candidate_names import called
from outfold.draw.candidate_rows import LONGEST, ROW, level_line, name_rows, to_scale
from outfold.draw.theme import MUTED, colour_of, layout
from outfold.judge.leaderboard import Leaderboard, Row

MOST = 40


def draw(board: Leaderboard, names: Mapping[str, str] | None = None) -> go.Figure:
    """A dot and an interval per ranked candidate, the best on top; then those cut short.

    The group tied with the best has full dots and a bold name; the others are hollow. Candidates
    that have a part of the splits only are crosses with dotted intervals, and say so. A baseline
    far off all others is said in words, so that the others can be told apart. With nothing to draw
    there is nothing but the title.

    Args:
        board: The leaderboard.
        names: Names of candidates for people.
    """
    ranked = [row for row in board.rows if row.rank is not None]
    rows = ranked[:MOST]
    if len(ranked) > MOST and not any(row.baseline for row in rows):
        rows = [*rows[:-1], *(row for row in ranked if row.baseline)][:MOST]
    rows = [*rows, *board.partial[: MOST - len(rows)]]
    if not rows:
        return layout(go.Figure(), _title(board, names))
    figures = [row.figures[board.metric] for row in rows]
    places = list(range(len(rows)))
    colours = [colour_of(row.result.candidate.model.key) for row in rows]
    figure = go.Figure()
    for place, row, shown, colour in zip(places, rows, figures, colours, strict=True):
        if not np.isnan(shown.low):
            figure.add_scatter(
                x=[shown.low, shown.high], y=[place, place], mode="lines", hoverinfo="skip",
                line={"color": colour, "width": 3 if row.tied else 1.5,
                      "dash": "dot" if row.rank is None else "solid"}, showlegend=False,
            )  # fmt: skip
    far, ends = to_scale(
        [f.mean for f in figures], [f.low for f in figures], [f.high for f in figures],
        [row.baseline for row in rows],
    )  # fmt: skip
    for row, shown, away in zip(rows, figures, far, strict=True):
        if row.baseline and not away:
            level_line(figure, shown.mean, len(rows), MUTED)
    figure.add_scatter(
        x=[None if away else f.mean for f, away in zip(figures, far, strict=True)],
        y=places,
        mode="markers",
        marker={
            "color": colours,
            "size": 12,
            "symbol": [_symbol(row) for row in rows],
            "line": {"width": 2, "color": colours},
        },
        customdata=[
            [called(row.name, names, 120), f"{f.low:.4g} to {f.high:.4g}"
             if not np.isnan(f.low) else "no interval", _splits(f.n), _verdict(row)]
            for row, f in zip(rows, figures, strict=True)
        ],
        hovertemplate="<b>%{customdata[0]}</b><br>%{x:.4g} (%{customdata[1]})<br>"
        "%{customdata[2]}<br>%{customdata[3]}<extra></extra>",
        showlegend=False,
    )  # fmt: skip
    name_rows(figure, [_name(row, f.mean, away, names, board.n_splits)
                       for row, f, away in zip(rows, figures, far, strict=True)])  # fmt: skip
    if any(far) and ends:
        room = 0.05 * (ends[1] - ends[0])
        figure.update_xaxes(range=[ends[0] - room, ends[1] + room])
    below = (
        f"Figure: {board.estimate}. Interval: {board.interval}. Test against the best: {board.test}"
    )
    if len(ranked) > MOST:
        below += f". The best {MOST} of {len(ranked)}"
    if short := board.cut_short():
        below = f"{short}. {below}"
    arrow = "more is better" if board.direction == "higher" else "less is better"
    return layout(
        figure, _title(board, names), below + ".", x=f"{board.label} ({arrow})", y="Candidate",
        height=170 + ROW * len(rows),
    )  # fmt: skip


def _symbol(row: Row) -> str:
    if row.rank is None:
        return "cross-thin-open"
    return "diamond" if row.tied else "circle-open"


def _splits(n: int) -> str:
    return "1 split" if n == 1 else f"{n} splits"


def _name(row: Row, mean: float, away: bool, names: Mapping[str, str] | None, n_splits: int) -> str:
    text = called(row.name, names, LONGEST)
    if row.rank is None:
        text += f" (partial: {row.result.splits_done} of {_splits(n_splits)})"
    if away:
        text += f": {mean:.4g}, outside this picture"
    return f"<b>◆ {text}</b>" if row.tied else text


def _verdict(row: Row) -> str:
    if row.rank is None:
        return "partial, so it has no rank"
    if np.isnan(row.p_vs_best):
        return "the best" if row.tied else "not tested against the best"
    how = "tied with" if row.tied else "worse than"
    return f"{how} the best, p {row.p_vs_best:.3g} after Holm"


def _title(board: Leaderboard, names: Mapping[str, str] | None) -> str:
    best = board.best
    if best is None and board.partial:
        return f"No candidate finished {_all(board.n_splits)}, so nothing is ranked"
    if best is None:
        ended = all(row.result.status not in ("waiting", "running") for row in board.rows)
        return f"No candidate has a value of {board.label}" + ("" if ended else " yet")
    # A title wraps, so a name has room there.
    name, tied = called(best.name, names, 120), len(board.tied_with_best)
    if best.baseline or any(row.baseline and row.tied for row in board.rows):
        return "No candidate is told apart from the baseline"
    if np.isnan(best.figures[board.metric].low):
        return f"{name} scores best; a single split cannot say how surely"
    if sum(row.rank is not None for row in board.rows) == 1:
        return f"{name} is the only candidate that finished {_all(board.n_splits)}"
    if tied == 1:
        whom = "other candidate that finished" if board.partial else "other candidate"
        return f"{name} is better than every {whom}"
    verb = "1 candidate is" if tied == 2 else f"{tied - 1} candidates are"
    return f"{verb} tied with the best, {name} (◆)"


def _all(n_splits: int) -> str:
    return "its split" if n_splits == 1 else f"all {n_splits} splits"
