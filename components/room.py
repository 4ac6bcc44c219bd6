"""The room that stored predictions take: use and limit, and runs whose predictions were let go."""

from __future__ import annotations

import streamlit as st

from components import cache, intents, state
from components.text import count, size

KEPT_RUNS = 6
"""Newest runs whose predictions stay when the others are let go."""


def room() -> None:
    """How much stored predictions take, the limit, and a way to let go of what is old."""
    box = st.expander(
        "Space that stored predictions take on disk",
        icon=":material/database:",
        key="room",
        on_change="rerun",
    )
    if box.open:
        with box:
            _use()


def _use() -> None:
    from outfold.study import eviction

    workspace = cache.workspace()
    now = eviction.use(workspace)
    st.markdown(
        f"The predictions of {count(now.steps, 'fit')} take **{size(now.bytes)}** of the "
        f"{size(now.limit)} that they may. Beyond that, what is cheapest to compute again for its "
        "size and was not used for longest is let go. Scores and costs of every run stay."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            "Limit in MB",
            eviction.LEAST_MB,
            step=100,
            disabled=now.fixed,
            help="Set by OUTFOLD_CACHE_MB on this server." if now.fixed else None,
            width=200,
            **state.acting("room-limit", now.limit // 1_000_000, intents.set_room),
        )
        recent = [record.id for record in workspace.recent_runs(KEPT_RUNS)]
        old = eviction.let_go_unused(workspace, recent, really=False)
        if old.bytes:
            st.button(
                f"Let go of {size(old.bytes)} that the {KEPT_RUNS} newest runs do not use",
                key="room-old",
                icon=":material/delete_sweep:",
                on_click=state.attempt,
                args=(intents.let_go_unused, recent),
            )


def let_go(run: str) -> bool:
    """Say where a run's predictions were let go, with a way to compute them again.

    Returns:
        Whether any were.
    """
    n, of = cache.let_go(run)
    if not n:
        return False
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"The predictions of {n:,} of {count(of, 'fit')} were let go to make room. Scores are "
            "kept; curves need the predictions, and resuming the run computes them again.",
            width="stretch",
        )
        st.button(
            "Resume",
            key=f"again-{run}",
            icon=":material/play_arrow:",
            on_click=state.attempt,
            args=(intents.resume_run, run),
        )
    return True
