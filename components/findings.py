"""Quality findings on a page: what was seen, why it matters, and one click that mends it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components import state
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
        st.success("Nothing conspicuous was found in this table.", icon=":material/check_circle:")
    for place, finding in enumerate(found[:SHOWN]):
        _row(finding, place, study)
    if len(found) > SHOWN:
        with st.expander(f"{len(found) - SHOWN} more findings"):
            for place, finding in enumerate(found[SHOWN:], SHOWN):
                _row(finding, place, study)


def _row(finding: Finding, place: int, study: Study) -> None:
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
                fix_label(finding.fix),
                key=f"fix-{place}-{finding.code}",
                icon=":material/build:",
                on_click=state.attempt,
                args=(apply_fix, study, finding.fix),
            )


def fix_label(fix: Fix) -> str:
    """A fix in a few words."""
    return fix.kind.replace("_", " ").capitalize()


def apply_fix(study: Study, fix: Fix) -> None:
    """Record a fix in the study."""
    state.commit(study.replace(fixes=(*study.fixes, fix)))
    state.tell(f"Recorded: {fix_label(fix).lower()}. Undo takes it back.")


def fixes_list(study: Study) -> None:
    """The fixes recorded so far, each of which can be taken back."""
    if not study.fixes:
        return
    st.markdown("**Changes recorded in this study**")
    for place, fix in enumerate(study.fixes):
        with st.container(horizontal=True, vertical_alignment="center", key=f"fixed-{place}"):
            names = ", ".join(plain(c, 40) for c in fix.columns[:6])
            more = f" and {len(fix.columns) - 6} more" if len(fix.columns) > 6 else ""
            st.markdown(f"{fix_label(fix)}: {names}{more}" if names else fix_label(fix))
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
