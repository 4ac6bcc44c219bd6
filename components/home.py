"""What the start page is made of: samples as cards, and the runs made lately."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import streamlit as st

from components import cache, intents, navigation, state
from components.card import BADGES
from components.text import ago, count, plain
from outfold.errors import UnknownNameError
from outfold.task import TASK_LABELS

if TYPE_CHECKING:
    from outfold.data.sample import Sample
    from outfold.study.records import RunRecord

RECENT = 6
"""Runs shown."""


def going_on(session: state.Session) -> None:
    """A way back to the table that is open."""
    if session.dataset is None:
        return
    name = plain(cache.dataset(session.dataset).name, 60)
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"You are working on **{name}**.", width="stretch")
        navigation.link("data", "Go on with it", icon=":material/arrow_forward:")


def sample_cards() -> None:
    """Every sample with its story; one click opens it, another compares at once."""
    from outfold.data.samples import samples

    st.markdown("## Or take a sample")
    grid = st.grid(3, min_column_width=260, gap="small", border=True)
    for sample in samples():
        with grid, st.container(gap="small", height="stretch"):
            _card(sample)


def _card(sample: Sample) -> None:
    with st.container(gap="xsmall", height="stretch"):
        st.markdown(f"**{sample.title}**")
        st.caption(sample.story)
    st.badge(TASK_LABELS[sample.task], color="gray")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Open",
            key=f"open-{sample.key}",
            help=f"Open {sample.title} and look at its columns",
            on_click=state.attempt,
            args=(intents.open_sample, sample.key),
        )
        st.button(
            "Compare at once",
            key=f"compare-{sample.key}",
            type="primary",
            icon=":material/bolt:",
            help=f"Open {sample.title}, run a first comparison and go to the leaderboard",
            on_click=state.attempt,
            args=(intents.first_comparison, sample.key),
        )


def recent_runs() -> None:
    """The runs made lately on this server, each with a way back to it."""
    records = cache.workspace().recent_runs(RECENT)
    if not records:
        return
    st.markdown("## Recent runs")
    now = time.time()
    for record in records:
        _run(record, now)


def _run(record: RunRecord, now: float) -> None:
    try:
        study = cache.workspace().study(record.study)
        name = cache.dataset(study.dataset).name
    except UnknownNameError:
        # The table was removed from the workspace; the run cannot be opened any more.
        return
    if study.is_aside:
        return
    icon, colour = BADGES[record.state]
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", key=f"recent-{record.id}"
    ):
        st.markdown(
            f"**{plain(name, 40)}**: {plain(study.target, 40)}, "
            f"{count(len(study.candidates()), 'candidate')}",
            width="stretch",
        )
        st.badge(record.state, icon=icon, color=colour)  # type: ignore[arg-type]
        st.caption(ago(record.created, now), width="content")
        st.button(
            "Open",
            key=f"recent-open-{record.id}",
            help=f"Open the run on {plain(name, 40)}",
            on_click=state.attempt,
            args=(intents.open_run, record.id),
        )
