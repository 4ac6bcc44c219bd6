"""A run as it goes: bar, remaining time, steps, cancel and resume, and what it found so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from components import cache, intents, state
from components.card import BADGES, badge_words
from components.names import step_name
from components.text import count, duration, plain

if TYPE_CHECKING:
    from outfold.study.run import RunProgress

EVENTS = 12
"""Latest events shown."""
CANCELLING = "Cancelling: waiting for steps under way"


def run_progress(
    run: str,
    below: Callable[[str], None],
    *,
    compact: bool = False,
    bar: Callable[[RunProgress], tuple[float, str]] | None = None,
) -> None:
    """Show a run and follow it once a second until it ends.

    Args:
        run: The run.
        below: Draws what the run has found so far; called with the run at each look.
        compact: Whether a finished run shows what it found and nothing else.
        bar: How full the bar is, 0 to 1, and what it says; by default the fits that are done.
    """
    from outfold.study.run import progress

    before = progress(cache.workspace(), run, EVENTS)
    ended = before.has_ended

    @st.fragment(run_every=None if ended else 1)
    def watch() -> None:
        now = progress(cache.workspace(), run, EVENTS)
        if now.state != before.state:
            # Only a full rerun begins or ends the polling, and redraws the study card.
            st.rerun()
        # Places of their own: what a look leaves out must not push the rest from where it stands,
        # or the page shows it twice until it is drawn in full.
        head, body, foot = st.container(), st.container(), st.container()
        short = compact and now.state == "finished"
        if not short:
            with head:
                _status(run, now, bar or _fits)
        with body:
            below(run)
        if not short:
            with foot:
                _events(now)

    watch()


def has_ended(run: str) -> bool:
    """Whether nothing more will happen in a run unless it is resumed."""
    from outfold.study.run import progress

    return progress(cache.workspace(), run, 0).has_ended


def _status(run: str, now: RunProgress, bar: Callable[[RunProgress], tuple[float, str]]) -> None:
    icon, colour = BADGES[now.state]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(badge_words(now), icon=icon, color=colour)  # type: ignore[arg-type]
        if now.reused:
            st.badge(f"{now.reused} reused", icon=":material/recycling:", color="green")
        if now.failed:
            st.badge(f"{now.failed} failed", icon=":material/error:", color="red")
        st.space("stretch")
        act = st.empty()
        if not now.has_ended:
            act.button(
                "Cancel",
                key=f"cancel-{run}",
                icon=":material/stop_circle:",
                disabled=now.cancelling,
                on_click=state.attempt,
                args=(intents.cancel_run, run),
            )
        elif now.state != "finished":
            act.button(
                "Resume",
                key=f"resume-{run}",
                type="primary",
                icon=":material/play_arrow:",
                on_click=state.attempt,
                args=(intents.resume_run, run),
            )
    full, words = bar(now)
    if now.cancelling:
        words = CANCELLING
    st.progress(full, text=words)
    doing = st.empty()
    if now.running:
        names = "; ".join(plain(step_name(label), 80) for label in now.running[:4])
        doing.caption(f"Now: {names}")
    if now.reason:
        st.warning(plain(now.reason, 400), icon=":material/info:")


def _fits(now: RunProgress) -> tuple[float, str]:
    return now.done / now.total if now.total else 0.0, _words(now)


def _words(now: RunProgress) -> str:
    if not now.total:
        return "Waiting for its turn" if now.state == "queued" else "Preparing the splits"
    text = f"{now.done:,} of {count(now.total, 'fit')}"
    if now.has_ended and now.state != "finished":
        return f"{now.state.capitalize()} after {text}, {duration(now.seconds)}"
    if now.has_ended:
        if now.predicted_seconds is None or now.done == now.reused:
            return f"{text} in {duration(now.seconds)}"
        predicted = duration(now.predicted_seconds)
        return f"{text}: predicted {predicted}, took {duration(now.seconds)}"
    # Steps whose time cannot be foretold would otherwise be said to be over.
    if now.remaining_seconds is not None and now.remaining_seconds > 0.05:
        text += f", about {duration(now.remaining_seconds)} left"
    return text


def _events(now: RunProgress) -> None:
    if not now.events:
        return
    with st.expander("Steps, newest first"):
        for event in now.events[:EVENTS]:
            took = f" in {duration(event.seconds)}" if event.seconds is not None else ""
            why = f": {plain(event.reason, 200)}" if event.reason else ""
            st.caption(f"{event.kind.capitalize()} {plain(step_name(event.label), 100)}{took}{why}")
