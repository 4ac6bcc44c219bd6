"""What a trial of selectors or resamplers found, as tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import cache, table
from components.leaderboard import STATUS
from components.names import choice_name
from components.text import duration
from outfold.metrics.catalogue import catalogue, metrics_for

if TYPE_CHECKING:
    import pandas as pd

    from outfold.judge.leaderboard import Row
    from outfold.judge.stability import Agreement


def _mean(row: Row, metric: str) -> float:
    return row.figures[metric].mean if metric in row.figures else math.nan


def selector_rows(run: str, result: Agreement) -> pd.DataFrame:
    """One row per selector: what it kept, how steadily, and what that was worth out of fold."""
    import pandas as pd

    board = cache.leaderboard(run)
    known = {s.selector: s for s in result.selectors}
    found = []
    for row in board.rows:
        name = choice_name("selector", row.result.candidate.selector)
        summary = known.get(name)
        if row.baseline or (summary is None and row.result.candidate.selector.key != "none"):
            continue
        found.append(
            {
                "Selector": name,
                "Columns kept": round(summary.n_kept, 1) if summary else math.nan,
                "Stability": summary.stability if summary else math.nan,
                board.label: _mean(row, board.metric),
                "Time": duration(row.result.costs.fit_seconds - row.result.costs.model_seconds),
                "Its scores are": summary.score_name if summary else "",
                "Merit": summary.merit if summary else math.nan,
                "Notes": " ".join(summary.notes) if summary else "",
            }
        )
    frame = pd.DataFrame(found)
    empty = [c for c in frame.columns if frame[c].replace("", None).isna().all()]
    return frame.drop(columns=empty)


def selector_columns(run: str) -> dict[str, Any]:
    """How the columns of ``selector_rows`` are shown."""
    number = st.column_config.NumberColumn
    metric = catalogue()[cache.leaderboard(run).metric]
    return {
        "Columns kept": number(format="%.1f", help="Mean over the splits"),
        "Stability": st.column_config.ProgressColumn(
            min_value=0.0, max_value=1.0, format="%.2f",
            help="1: the same columns on every split; 0: as if drawn by chance",
        ),
        metric.label: number(format="%.4f", help=f"{metric.summary} Out of fold."),
        "Time": st.column_config.TextColumn(
            help="Wall time of preparing and selecting on one training fold"
        ),
    }  # fmt: skip


def dropped_rows(result: Agreement) -> pd.DataFrame:
    """What each selector left out as redundant, and because of which column it kept."""
    import pandas as pd

    rows = [
        {"Selector": s.selector, "Left out": name, "Because of": kept}
        for s in result.selectors
        for name, kept in s.dropped_because.items()
    ]
    return pd.DataFrame(rows, columns=["Selector", "Left out", "Because of"])


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
