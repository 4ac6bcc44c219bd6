"""Work that may take seconds: how far it is, and a button that stops it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from components import cache, state
from outfold.hashing import key_of

T = TypeVar("T")

SOON = 0.3
"""Seconds after which the bar is drawn."""


def remember(
    what: str, *parts: Any, compute: Callable[[Callable[[float], None]], T], say: str
) -> T:
    """A result computed once for the same parts, with a bar and a button that stops it.

    Any other click stops it too: the script is at a call of Streamlit whenever it tells how far it
    is. What was stopped is offered to be started again, and the page ends there.

    Args:
        what: Names the computation.
        parts: Everything that the result depends on.
        compute: Does the work; is given what it tells its progress, 0 to 1.
        say: What a person reads while waiting.
    """
    known = cache.peek(what, *parts)
    if known is not None:
        found: T = known
        return found
    key = key_of(what, parts)
    if state.current().stopped == key:
        _again(say)
    with st.spinner(say):
        place = st.empty()
        value = compute(_bar(place, key, say))
        place.empty()
    return cache.remember(what, *parts, compute=lambda: value)


def _bar(place: Any, key: str, say: str) -> Callable[[float], None]:
    begun = time.monotonic()
    drawn: list[Any] = []

    def report(done: float) -> None:
        if time.monotonic() - begun < SOON:
            return
        if not drawn:
            with place.container(horizontal=True, vertical_alignment="center"):
                drawn.append(st.progress(0.0, text=say))
                st.button(
                    "Stop", icon=":material/cancel:", key=f"stop-{key}",
                    on_click=state.stop, args=(key,),
                )  # fmt: skip
        drawn[0].progress(min(1.0, max(0.0, done)), text=f"{say}: {done:.0%}")

    return report


def _again(say: str) -> None:
    st.info(f"Stopped: {say[0].lower()}{say[1:]}.", icon=":material/pause_circle:")
    st.button("Start again", key="start-again", on_click=state.stop, args=(None,))
    st.stop()
