"""What a trial of resamplers found, as a table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import cache, table
from components.leaderboard import STATUS
from components.names import choice_name
from outfold.metrics.catalogue import metrics_for

if TYPE_CHECKING:
    from outfold.judge.leaderboard import Row


def _mean(row: Row, metric: str) -> float:
    return row.figures[metric].mean if metric in row.figures else math.nan


def resampler_rows(run: str) -> None:
    """Each resampler with metrics that a threshold moves and metrics that it does not."""
    import pandas as pd

    board, task = cache.leaderboard(run), cache.result(run).study.task
    metrics = metrics_for(task)
    free = [m for m in metrics if m.needs in ("score", "probability")][:4]
    bound = [m for m in metrics if m.needs == "label"][:4]
    rows = [
        {
            "Resampler": choice_name("resampler", r.result.candidate.resampler),
            "Status": STATUS[r.result.status],
            **{m.label: _mean(r, m.key) for m in (*free, *bound)},
        }
        for r in board.rows
        if not r.baseline
    ]
    st.caption(
        f"Free of a threshold: {', '.join(m.label for m in free)}. "
        f"At the threshold 0.5: {', '.join(m.label for m in bound)}."
    )
    columns: dict[str, Any] = {
        m.label: st.column_config.NumberColumn(format="%.3f", help=m.summary) for m in metrics
    }
    table.table(
        pd.DataFrame(rows), f"resamplers-{run}", columns=columns, height="content",
        alt="Metrics per resampler",
    )  # fmt: skip
