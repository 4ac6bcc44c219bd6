"""Taking into the study what the Features page shows: a method, or columns chosen by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components import state
from components.names import choice_name
from components.params import replacing
from components.text import count, plain
from outfold.study.study import Choice, Study

if TYPE_CHECKING:
    from outfold.judge.stability import Agreement
    from outfold.study.table import StudyTable

TICKED = 200
"""Columns up to which one can start from all of them and take some out."""

TAKING = (
    "Taking a method adds it to the comparison: it is **fitted again in each training fold**, so "
    "the score stays honest, and the columns may differ a little from fold to fold. The list that "
    "you see here is not what is taken."
)


def take(study: Study, choices: Sequence[Choice]) -> None:
    """Buttons that add a method to the comparison, and what that means."""
    st.markdown("## Take a method into the study")
    st.caption(TAKING.replace("**", ""))
    with st.container(horizontal=True):
        for choice in choices:
            if choice.key == "pinned":
                continue
            name, there = choice_name("selector", choice), choice in study.selectors
            st.button(
                f"{plain(name, 60)} is in the study" if there else f"Take {plain(name, 60)}",
                key=f"add-{choice.path}",
                icon=":material/check:" if there else ":material/add:",
                disabled=there,
                on_click=state.attempt,
                args=(_take, study, choice, name),
            )


def _take(study: Study, choice: Choice, name: str) -> None:
    state.commit(replacing("selector", study, choice))
    state.tell(f"{name} is compared from now on; it is fitted again in each training fold.")


def by_hand(study: Study, data: StudyTable, result: Agreement | None) -> None:
    """Choose columns one by one, starting from what methods keep, and take exactly these."""
    from outfold.study.by_hand import WARNING

    columns = [str(c) for c in data.frame.columns]
    given = next(
        (dict(c.params).get("columns") for c in study.selectors if c.key == "pinned"), None
    )
    starts: dict[str, tuple[str, ...]] = {}
    if isinstance(given, tuple):
        starts["What the study has"] = given
    if result is not None:
        starts["The consensus: at least half of the votes"] = result.majority()
        starts |= {f"{s.selector}": result.usually_kept(s.selector) for s in result.selectors}
    starts["Nothing"] = ()
    if len(columns) <= TICKED:
        starts["Every column"] = tuple(columns)
    left, _ = st.columns(2)
    with left:
        start = st.selectbox(
            "Start from", list(starts), key="pin-start",
            format_func=lambda s: f"{s} ({len(starts[s])})" if s in starts else s,
        )  # fmt: skip
    first = starts.get(start or "", ())
    ticked = st.multiselect(
        "Columns",
        columns,
        default=[c for c in columns if c in set(first)],
        # Another start fills the box anew.
        key=f"pin-{start}-{len(first)}",
    )
    st.warning(
        f"{WARNING} You have seen all rows, and a list cannot be chosen anew in each fold. "
        "Results with it carry this mark everywhere.",
        icon=":material/back_hand:",
    )
    st.button(
        f"Take exactly {'this column' if len(ticked) == 1 else f'these {len(ticked):,} columns'}",
        key="pin-take",
        type="primary",
        icon=":material/push_pin:",
        disabled=not ticked,
        on_click=state.attempt,
        args=(_pin, study, tuple(ticked)),
    )
    if ticked and isinstance(given, tuple) and set(given) == set(ticked):
        are = "This column is" if len(ticked) == 1 else f"These {len(ticked):,} columns are"
        st.caption(f":material/check: {are} in the study, compared from now on.")


def _pin(study: Study, columns: tuple[str, ...]) -> None:
    state.commit(replacing("selector", study, Choice.of("pinned", columns=columns)))
    state.tell(f"{count(len(columns), 'column')} chosen by hand: compared from now on.")
