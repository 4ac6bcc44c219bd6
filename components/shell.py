"""The frame of every page: heading, messages, guards, and mistakes told in words."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

import streamlit as st

from components import cache, card, large, navigation, state
from components.text import plain
from outfold.errors import OutfoldError
from outfold.study.study import Study
from outfold.task import TASK_LABELS

_LOG = logging.getLogger("outfold.app")


def frame(header: navigation.Header) -> None:
    """Draw what surrounds a page: logo, heading, what is to be told, and the study card."""
    known = state.known()
    if known and known.goto:
        target, known.goto = navigation.find(known.goto), None
        if target and target.name != header.name:
            # Without its parameters said, Streamlit refuses to leave a page whose widgets wrote
            # some into the address.
            here = state.address(known)
            st.switch_page(navigation.ROOT / target.path, query_params=here)
    pictures = navigation.ROOT / "components"
    st.logo(str(pictures / "wordmark.svg"), size="large", icon_image=str(pictures / "mark.svg"))
    st.html(pictures / "selected.css")
    st.title(header.question, anchor=False)
    if header.lead:
        st.caption(header.lead)
    # A new session reads what its address names, which takes longer than drawing the heading.
    session = state.current()
    session.page = header.name
    state.follow_browser()
    state.write_address()
    # A place of its own: what is told must not push the page's tabs from where they stand, or the
    # browser takes them for others and opens the first.
    with st.container():
        _tell(session)
    with boundary():
        large.sample_note(session.dataset)
    with st.sidebar, boundary():
        card.study_card(header.name)


def _tell(session: state.Session) -> None:
    """Say once what is to be told."""
    if session.message is None:
        return
    told, session.message = session.message, None
    if told.kind == "done":
        st.toast(plain(told.text, 300), icon=":material/check:")
    elif told.kind == "note":
        _note(told.text)
    else:
        problem(told.text, told.hint)


def _note(text: str) -> None:
    """Say what a change brought with it, and offer to take it back."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(plain(text, 900), icon=":material/info:")
        st.button("Undo this change", key="note-undo", icon=":material/undo:", on_click=state.undo)


def problem(message: str, hint: str = "") -> None:
    """Say what is wrong and what would be right."""
    text = f"**{plain(message, 600)}**" + (f"  \n{plain(hint, 600)}" if hint else "")
    st.error(text, icon=":material/error:")


@contextlib.contextmanager
def boundary() -> Iterator[None]:
    """Around anything that may fail: a mistake is told in its own words, never as a traceback."""
    try:
        yield
    except OutfoldError as error:
        problem(error.message, error.hint)
    except Exception as error:
        # The last line of defence: the person gets a sentence, the server's log the traceback.
        _LOG.exception("a page failed")
        problem(
            f"This part of the page could not be drawn ({type(error).__name__}).",
            "Nothing you loaded or chose is lost. The server's log says more.",
        )


def missing(text: str, page: str, label: str) -> None:
    """Say what a page still needs, link to where it is done, and end the page."""
    with st.container(border=True):
        st.markdown(f"## {text}")
        navigation.link(page, label)
        if page != "home":
            navigation.link("home", "Begin with a sample table instead")
    st.stop()


def need_dataset() -> str:
    """The key of the open table; a page that has none ends here with a link to where it is done."""
    session = state.current()
    if session.dataset is None:
        missing("No table is loaded yet.", "data", "Load a table")
    assert session.dataset is not None
    return session.dataset


def need_study() -> Study:
    """The study; a page without a table or a target ends here with a link to where it is chosen."""
    need_dataset()
    study = state.current().study
    if study is None:
        missing("No target is chosen yet.", "data", "Choose what to predict")
    assert study is not None
    return study


def need_run() -> str:
    """The run that is shown; a page without one ends here with a link to where it is started."""
    study = need_study()
    run = state.current().run
    if run is None:
        count = len(study.candidates())
        missing(
            f"Nothing has been compared yet: {count} candidates are planned.",
            "train",
            "Choose what to compare and run it",
        )
    assert run is not None
    other_question(study, run)
    return run


def other_question(study: Study, run: str) -> None:
    """Say when the run that is shown is of another table or target than the study now has."""
    place = st.container()  # there either way, so that tabs below keep their place
    ran = cache.study_of(run)
    if (ran.dataset, ran.target, ran.task) == (study.dataset, study.target, study.task):
        return
    try:
        name = cache.dataset(ran.dataset).name
    except OutfoldError:
        name = "a table that is gone"
    of = ""
    if ran.dataset != study.dataset:
        of = f" of **{plain(cache.dataset(study.dataset).name, 60)}**"
    if (ran.dataset, ran.target) == (study.dataset, study.target):
        of = f" as {TASK_LABELS[study.task].lower()}"
    with place, st.container(horizontal=True, vertical_alignment="center"):
        st.warning(
            f"These are the results for **{plain(ran.target, 40)}** of **{plain(name, 60)}** "
            f"({TASK_LABELS[ran.task].lower()}); the study has changed since and now predicts "
            f"**{plain(study.target, 40)}**{of}.",
            icon=":material/history:",
        )
        st.button(
            "Go back to the study of these results",
            key="back-to-run",
            icon=":material/undo:",
            on_click=state.attempt,
            args=(state.commit, ran),
        )


def why(text: str, label: str = "Why?") -> None:
    """One sentence more, behind a click: the method, its assumptions and its source."""
    with st.popover(label, icon=":material/help:", type="tertiary"):
        st.markdown(text)
