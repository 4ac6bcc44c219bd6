"""The leaderboard: candidates ranked, with the uncertainty of each figure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import cache, racing
from components.names import candidate_name, choice_name
from components.table import table
from components.text import count, duration, number, plain, size
from outfold.metrics.catalogue import metric_named, metrics_for

if TYPE_CHECKING:
    import pandas as pd

    from outfold.judge.leaderboard import Leaderboard, Row
    from outfold.study.study import Study
    from outfold.task import Task

STATUS = {
    "waiting": "waiting",
    "running": "running",
    "finished": "✓ finished",
    "stopped": "◔ stopped early",
    "failed": "✕ failed",
    "cancelled": "– cancelled",
}
EXTRA_METRICS = 2
"""Metrics shown beside the one that ranks; more would push costs out of sight."""


def filling(run: str) -> None:
    """The candidates as far as the run has come."""
    board, result = cache.leaderboard(run), cache.result(run)
    racing.told(run, result)
    frame = frame_of(board, result.study.task, with_rows=result.study.quick.on)
    others = [m.label for m in metrics_for(result.study.task) if m.label != board.label]
    # What is read while one waits fits the width; everything else follows when the run has ended.
    frame = frame.drop(columns=[*others, "1,000 rows", "Size", "By split"], errors="ignore")
    st.dataframe(
        frame,
        key=f"filling-{run}",
        hide_index=True,
        width="stretch",
        height="content" if len(frame) <= 15 else 560,
        column_config=columns_of(board, result.study.task),
        alt="The candidates with their scores so far",
        placeholder="–",
    )
    _undefined(board)
    by_hand(result.study)
    failures(board)


def ranked(run: str, metric: str | None = None) -> None:
    """The whole leaderboard, by the study's metric or another."""
    board, result = cache.leaderboard(run, metric), cache.result(run)
    racing.told(run, result)
    frame = frame_of(board, result.study.task, with_rows=result.study.quick.on)
    table(
        frame,
        f"leaderboard-{run}",
        columns=columns_of(board, result.study.task),
        height="content" if len(frame) <= 15 else 560,
        alt="The leaderboard",
        absent="–",
    )
    _undefined(board)
    if words := out_of_order(board):
        st.caption(words)
    if result.study.validation.declared.apparent:
        st.caption(f"Figures: {plain(board.estimate, 300)}. By split: out of bag, not corrected.")
    by_hand(result.study)
    failures(board)


def _undefined(board: Leaderboard) -> None:
    figures = [(row.figures.get(board.metric), row.result.splits_done) for row in board.rows]
    part = [(f.n, done) for f, done in figures if f and f.n < done]
    if part and (words := undefined(board.label, *min(part))):
        st.caption(words)


def undefined(label: str, scored: int, splits: int) -> str:
    """Why a score stands on some of the splits only, or on none; empty where it stands on all."""
    if scored >= splits:
        return ""
    if not scored:
        return f"–: {label} is undefined on every split: it needs rows that differ in the target."
    return (
        f"{label} rests on as few as {scored} of {count(splits, 'split')}: on the others it is "
        "undefined, as where the rows held out are all of one class."
    )


def out_of_order(board: Leaderboard) -> str:
    """Why a candidate is not tied with the best though a lower one is; nothing where none is so."""
    last = max((row.rank for row in board.rows if row.tied and row.rank), default=0)
    apart = [row.rank for row in board.rows if row.rank and row.rank < last and not row.tied]
    if not apart:
        return ""
    who = f"Rank {apart[0]} is" if len(apart) == 1 else f"{len(apart)} ranks from {apart[0]} on are"
    return (
        f"{who} not tied with the best though rank {last} is: where the difference from the best "
        "varies more between splits, a larger one can still be chance."
    )


def by_hand(study: Study) -> None:
    """Say which candidates keep columns that were chosen with all rows in view."""
    from outfold.study.by_hand import by_hand

    for finding in by_hand(study):
        st.caption(
            f":material/back_hand: **{finding.code}** {plain(finding.message, 400)}",
            help=plain(finding.why, 400),
        )


def failures(board: Leaderboard) -> None:
    """Why a candidate has no score or no rank."""
    for row in board.rows:
        if row.reason:
            st.caption(
                f"**{plain(candidate_name(row.result.candidate))}**: "
                f"{plain(racing.named(board, row.reason), 400)}"
            )


def frame_of(board: Leaderboard, task: Task, *, with_rows: bool = False) -> pd.DataFrame:
    """One row per candidate, in rank order.

    Args:
        board: The leaderboard.
        task: What is predicted.
        with_rows: Whether it is told on how many rows each line stands.
    """
    import pandas as pd

    others = [m for m in metrics_for(task) if m.key != board.metric][:EXTRA_METRICS]
    frame = pd.DataFrame([_entry(row, board, [(m.key, m.label) for m in others])
                          for row in board.rows])  # fmt: skip
    for name in ("Selector", "Resampler"):
        if frame[name].nunique() == 1:
            frame = frame.drop(columns=name)
    if all(row.result.status == "finished" for row in board.rows):
        frame = frame.drop(columns=["Status", "Splits"])
    return frame if with_rows else frame.drop(columns="Rows")


def _entry(row: Row, board: Leaderboard, others: Sequence[tuple[str, str]]) -> dict[str, Any]:
    c, figure, costs = row.result.candidate, row.figures.get(board.metric), row.result.costs
    place = "" if row.rank is None else str(row.rank)
    entry: dict[str, Any] = {
        "Rank": f"{place} =" if row.tied and place and len(board.tied_with_best) > 1 else place,
        "Model": choice_name("model", c.model),
        "Selector": choice_name("selector", c.selector),
        "Resampler": choice_name("resampler", c.resampler),
        "Status": STATUS[row.result.status],
        "Splits": row.result.splits_done / max(board.n_splits, 1),
        "Rows": row.result.rows or None,
        board.label: figure.mean if figure else math.nan,
        "Interval": _interval(row, board),
        "By split": [v for v in figure.values if not math.isnan(v)] if figure else [],
    }
    entry |= {
        label: row.figures[key].mean if key in row.figures else math.nan for key, label in others
    }
    return entry | {
        "Fit": duration(costs.fit_seconds),
        "1,000 rows": duration(costs.predict_seconds_per_1000),
        "Size": size(costs.size_bytes),
    }


def _interval(row: Row, board: Leaderboard) -> str:
    """The interval of the ranking metric, and whether it is of some splits only."""
    if board.metric not in row.figures:
        return ""
    text = interval(row.figures[board.metric].low, row.figures[board.metric].high)
    done = row.result.splits_done
    if row.rank is not None or not 0 < done < board.n_splits:
        return text
    return f"{text} (partial: {done} of {board.n_splits} splits)".strip()


def interval(low: float, high: float) -> str:
    """``0.781 to 0.823``; nothing where there is no interval."""
    return "" if math.isnan(low) or math.isnan(high) else f"{number(low)} to {number(high)}"


def width_of_intervals(board: Leaderboard) -> int:
    """Pixels that the longest interval takes, and no more: what follows is to be seen too."""
    longest = max((len(_interval(row, board)) for row in board.rows), default=0)
    return max(72, min(260, 16 + 6 * longest))


def columns_of(board: Leaderboard, task: Task) -> dict[str, Any]:
    """How the columns of ``frame_of`` are shown."""
    number_column = st.column_config.NumberColumn
    metric = metric_named(board.metric)
    text = st.column_config.TextColumn
    splits = [
        v
        for row in board.rows
        if not row.baseline and board.metric in row.figures
        for v in row.figures[board.metric].values
        if not math.isnan(v)
    ]
    shown: dict[str, Any] = {
        "Rank": text(
            help=f"= : tied with the best. Test: {board.test}.",
            width=56,
            pinned=True,
        ),
        "Model": text(pinned=True),
        "Splits": st.column_config.ProgressColumn(
            min_value=0.0, max_value=1.0, format="percent", help="Splits that are done"
        ),
        "Rows": number_column(
            format="localized", help="Rows that the figures stand on, out of fold"
        ),
        metric.label: number_column(
            format="%.4f",
            help=f"{metric.summary} {'More' if metric.direction == 'higher' else 'Less'} is "
            f"better. {board.estimate[:1].upper()}{board.estimate[1:]}.",
        ),
        "Interval": text(width=width_of_intervals(board), help=f"Of the mean: {board.interval}."),
        "By split": st.column_config.LineChartColumn(
            width=64,
            y_min=min(splits, default=None),
            y_max=max(splits, default=None),
            help=f"{metric.label} on each split"
            + (f", from {number(min(splits))} to {number(max(splits))}" if splits else ""),
        ),
        "Fit": text(
            width=72, help="Wall time to prepare, select, resample and fit on one training fold"
        ),
        "1,000 rows": text(width=80, help="Wall time to predict 1,000 rows in one batch, median"),
        "Size": text(width=68, help="The fitted pipeline as a file"),
    }
    for other in metrics_for(task):
        shown.setdefault(other.label, number_column(width=88, format="%.4f", help=other.summary))
    return shown
