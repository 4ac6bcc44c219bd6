"""Quality findings on a page: what was seen, why it matters, and one click that mends it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components import cache, state
from components.text import plain
from outfold.study.study import Study

if TYPE_CHECKING:
    from outfold.data.finding import Finding
    from outfold.data.fix import Fix

LOOKS = {
    "serious": ("Serious", ":material/error:", "red"),
    "warning": ("Look at this", ":material/warning:", "orange"),
    "info": ("Good to know", ":material/info:", "blue"),
}

SHOWN = 8
"""Findings shown before the rest is folded away."""


def findings_list(found: Sequence[Finding], study: Study) -> None:
    """Every finding, the serious ones first, with its fix."""
    if not found:
        # The first note says how the file was read, the others what was noticed in doing so.
        noticed = len(cache.dataset(study.dataset).notes) > 1
        nothing = "Apart from the notes above, nothing" if noticed else "Nothing"
        st.success(
            f"{nothing} conspicuous was found in this table.", icon=":material/check_circle:"
        )
    for place, finding in enumerate(found[:SHOWN]):
        _row(finding, place, study)
    if len(found) > SHOWN:
        with st.expander(f"{len(found) - SHOWN} more findings"):
            for place, finding in enumerate(found[SHOWN:], SHOWN):
                _row(finding, place, study)


def _row(finding: Finding, place: int, study: Study) -> None:
    from outfold.data.fixes import describe, kind_of

    word, icon, colour = LOOKS[finding.severity]
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", key=f"finding-{place}"
    ):
        with st.container(gap="xsmall", width="stretch"):
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.badge(word, icon=icon, color=colour)  # type: ignore[arg-type]
                st.caption(finding.code, width="content")
            st.markdown(plain(finding.message, 600))
            st.caption(plain(finding.why, 600))
        if finding.fix:
            st.button(
                kind_of(finding.fix).label,
                help=plain(describe(finding.fix), 300),
                key=f"fix-{place}-{finding.code}",
                icon=":material/build:",
                on_click=state.attempt,
                args=(apply_fix, study, finding.fix),
            )


def apply_fix(study: Study, fix: Fix) -> None:
    """Record a fix in the study, provided that it can be done.

    Raises:
        OutfoldError: The fix would leave nothing.
    """
    from outfold.data.fixes import describe

    changed = study.replace(fixes=(*study.fixes, fix))
    cache.typed(changed)
    state.commit(changed)
    state.tell(f"{describe(fix)} Undo takes it back.")


def fixes_list(study: Study) -> None:
    """The fixes recorded so far, each of which can be taken back."""
    if not study.fixes:
        return
    from outfold.data.fixes import describe

    st.markdown("**Changes recorded in this study**")
    for place, fix in enumerate(study.fixes):
        with st.container(horizontal=True, vertical_alignment="center", key=f"fixed-{place}"):
            st.markdown(plain(describe(fix), 300), width="stretch")
            st.button(
                "Take back",
                key=f"unfix-{place}",
                type="tertiary",
                icon=":material/undo:",
                on_click=state.attempt,
                args=(_drop, study, place),
            )


def _drop(study: Study, place: int) -> None:
    state.commit(study.replace(fixes=study.fixes[:place] + study.fixes[place + 1 :]))
