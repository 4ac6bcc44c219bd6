"""The study card beside the menu: what is loaded, planned and running, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from components import cache, navigation, state
from components.text import count, plain
from outfold.errors import StudyError
from outfold.study.study import Study
from outfold.task import TASK_LABELS

if TYPE_CHECKING:
    from outfold.study.run import RunProgress

BADGES = {
    "queued": (":material/schedule:", "gray"),
    "running": (":material/autorenew:", "blue"),
    "finished": (":material/check_circle:", "green"),
    "cancelled": (":material/cancel:", "orange"),
    "failed": (":material/error:", "red"),
    "interrupted": (":material/power_off:", "orange"),
}

FOLLOWED = ("train", "compare", "tradeoffs")
"""Pages that follow a run themselves: one count of its fits is enough."""


@dataclass(frozen=True, slots=True)
class Next:
    """The next thing worth doing."""

    page: str
    label: str


def study_card(page: str) -> None:
    """Draw the card on a page."""
    session = state.current()
    with st.container(border=True, key="study-card", gap="small"):
        if session.dataset is None:
            st.markdown("**No table yet**")
            st.caption("Load one of your own, or open a sample.")
            return
        _table(session.dataset)
        if session.study:
            _plan(session.study)
            if refused := _refused(session.study):
                st.caption(f":red[**{plain(refused.message, 200)}**]")
            _history(session)
        if session.run:
            _run(session.run, page)
        step = _next(session, page)
        if step and navigation.find(step.page):
            st.button(
                step.label,
                key="card-next",
                type="primary",
                icon=":material/arrow_forward:",
                icon_position="right",
                width="stretch",
                on_click=state.go,
                args=(step.page,),
            )


def _table(key: str) -> None:
    dataset = cache.dataset(key)
    st.markdown(f"**{plain(dataset.name, 40)}**")
    st.caption(f"{count(dataset.n_rows, 'row')} × {count(len(dataset.schema), 'column')}")


def _plan(study: Study) -> None:
    from outfold.study.plan import plan_size
    from outfold.study.quick import fits_on_samples

    candidates, fits = plan_size(study)
    fits += fits_on_samples(study, cache.dataset(study.dataset).n_rows)
    st.markdown(f"Predicts **{plain(study.target, 40)}**")
    st.caption(
        f"{TASK_LABELS[study.task]}  \n{count(candidates, 'candidate')}"
        + (f", {count(fits, 'fit')}" if fits else "")  # else the groups decide how many
    )


def _refused(study: Study) -> StudyError | None:
    """Why the study's target cannot be predicted, where that is seen without its table."""
    from outfold.study.table import no_target

    schema = cache.dataset(study.dataset).schema
    return no_target(study, schema[study.target]) if study.target in schema else None


def _history(session: state.Session) -> None:
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Undo",
            key="card-undo",
            type="tertiary",
            icon=":material/undo:",
            disabled=not session.past,
            on_click=state.undo,
        )
        st.button(
            "Redo",
            key="card-redo",
            type="tertiary",
            icon=":material/redo:",
            disabled=not session.future,
            on_click=state.redo,
        )


def _run(run: str, page: str) -> None:
    now = _progress(run)
    if now.has_ended or page in FOLLOWED:
        _run_line(run, now, counted=False)
        return

    @st.fragment(run_every=2)
    def watched() -> None:
        now = _progress(run)
        if now.has_ended:
            st.rerun()
        _run_line(run, now)

    watched()


def _progress(run: str) -> RunProgress:
    from outfold.study.run import progress

    return progress(cache.workspace(), run, 0)


def _run_line(run: str, now: RunProgress, *, counted: bool = True) -> None:
    icon, colour = BADGES[now.state]
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.badge(badge_words(now), icon=icon, color=colour)  # type: ignore[arg-type]
        if counted and now.state == "running" and now.total:
            st.caption(f"{now.done} of {now.total} fits")
    study = state.current().study
    if study and now.has_ended and cache.workspace().records.run(run).study != study.key:
        st.caption("The study has changed since; what stayed the same is not computed again.")


def badge_words(now: RunProgress) -> str:
    """The state of a run in a word or two."""
    if now.cancelling:
        return "Cancelling"
    return "Running" if now.state == "running" else f"Run {now.state}"


def _next(session: state.Session, page: str) -> Next | None:
    """What is worth doing next, unless the page at hand is where it is done."""
    if session.study is None:
        steps = [Next("data", "Choose what to predict")]
    elif _refused(session.study):
        steps = [Next("data", "Choose another target")]
    elif session.run is None:
        steps = [Next("train", "Choose what to compare")]
    else:
        now = _progress(session.run)
        ran = cache.workspace().records.run(session.run).study
        if not now.has_ended:
            steps = [Next("train", "Watch it run")]
        elif ran != session.study.key:
            steps = [Next("train", "Run what changed")]
        elif now.state == "finished":
            steps = [
                Next("compare", "See which is better"),
                Next("tradeoffs", "Weigh it against its cost"),
            ]
        else:
            steps = [Next("train", "Resume the run")]
    if page in [s.page for s in steps]:
        steps = steps[[s.page for s in steps].index(page) + 1 :]
    return steps[0] if steps else None
