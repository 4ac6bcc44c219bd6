"""What one person has before them: the only file that names ``session_state``.

The study is the truth and widgets are views of it: ``bound`` shows a value of the study in a widget
and turns what the person does there into a changed study. Choices of view that change no result
live in widgets with ``persist_state="session"`` instead. A refresh makes a new session, so the keys
of study, dataset and run stand in the address, and the studies themselves, with what each was
changed from, on the server.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components import cache
from outfold.errors import OutfoldError
from outfold.study.study import Study

_NAME = "outfold"
_BETWEEN = ","
"""Stands between keys in the address."""
_HISTORY = 100
"""Steps of undo that are kept."""


@dataclass
class Message:
    """Something to tell once, after the next drawing of the page."""

    kind: Literal["done", "note", "problem"]
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A delimited text that could not be read as it is.

    Attributes:
        kept: Under what it is kept among the originals.
        name: What the person calls it.
    """

    kept: str
    name: str


@dataclass(slots=True)
class Kept:
    """A choice of view that the address names by the keys of what is chosen.

    Attributes:
        page: The page that shows it.
        keys: What is chosen.
        picked: Whether a person chose it; else it is what the page began with.
    """

    page: str
    keys: tuple[str, ...]
    picked: bool = False


@dataclass
class Session:
    """Everything that is remembered between two reruns.

    Attributes:
        dataset: Key of the table that is open.
        study: What was chosen so far; None as long as no target could be proposed.
        past: Studies that undo goes back to, the latest last.
        future: Studies that redo goes forward to, the next one last.
        run: The run that is shown.
        epoch: Rises whenever editors have to be drawn afresh from the study.
        base: The study that the editors of this epoch were drawn from.
        uploads: Rises with each file taken, so that the uploader lets go of its bytes.
        unread: The file that was refused last, if it can be read otherwise.
        formulas: The formula of each table and target on the deviance page, the latest text last,
            and before it the latest that could be read.
        stepped: Formulas that a stepwise search wrote.
        message: What to tell next.
        goto: The page to go to next.
        stopped: What the person has stopped before it was computed.
        page: The page that is drawn, by its name.
        kept: Choices of view that outlive a refresh, by the keys of their widgets.
    """

    dataset: str | None = None
    study: Study | None = None
    past: list[Study] = field(default_factory=list)
    future: list[Study] = field(default_factory=list)
    run: str | None = None
    epoch: int = 0
    base: Study | None = None
    uploads: int = 0
    unread: Unread | None = None
    formulas: dict[str, tuple[str, str]] = field(default_factory=dict)
    stepped: set[str] = field(default_factory=set)
    message: Message | None = None
    goto: str | None = None
    stopped: str | None = None
    page: str = ""
    kept: dict[str, Kept] = field(default_factory=dict)


def known() -> Session | None:
    """This person's session, unless it is new."""
    session: Session | None = st.session_state.get(_NAME)
    return session


def current() -> Session:
    """This person's session; restored from the address when it is new."""
    if _NAME not in st.session_state:
        st.session_state[_NAME] = Session()
        _restore(st.session_state[_NAME])
    session: Session = st.session_state[_NAME]
    return session


def _restore(session: Session) -> None:
    """Take up what the address names; what is not known here is said and left out."""
    run, study, dataset = (st.query_params.get(name) for name in ("run", "study", "dataset"))
    if not (run or study or dataset):
        return
    workspace = cache.workspace()
    try:
        if run:
            study = study or workspace.records.run(run).study
            session.run = run
        if study:
            found = workspace.study(study)
            workspace.datasets.get(found.dataset)
            session.study = session.base = found
            session.dataset = found.dataset
            session.past = workspace.studies_before(found, _HISTORY)
        elif dataset:
            session.dataset = workspace.datasets.get(dataset).key
    except OutfoldError as error:
        session.run = None
        session.message = Message("problem", error.message, error.hint)


def follow_browser() -> None:
    """After Back or Forward, take up the study and run of that moment, as undo and redo would.

    The address of a moment before any table leaves the session as it is.
    """
    context = get_script_run_ctx()
    if context is None or not context.is_history_navigation:
        return
    session = current()
    for key in [key for key, kept in session.kept.items() if kept.page == session.page]:
        del session.kept[key]
        st.session_state.pop(key, None)
    named = {name: st.query_params.get(name) for name in _wanted(session)}
    if named == _wanted(session) or not any(named.values()):
        return
    history = [*session.past, *([session.study] if session.study else []), *session.future[::-1]]
    at = next((i for i, s in enumerate(history) if s.key == named["study"]), None)
    if at is None:
        session.past, session.future = [], []
        session.study = session.dataset = session.run = None
        _restore(session)
    else:
        session.past, session.study = history[:at], history[at]
        session.future = history[at + 1 :][::-1]
        session.dataset, session.run = history[at].dataset, named["run"]
    _redraw(session)


def _wanted(session: Session) -> dict[str, str | None]:
    return {
        "dataset": session.dataset if session.study is None else None,
        "study": session.study.key if session.study else None,
        "run": session.run,
    }


def address(session: Session) -> dict[str, str]:
    """What the address says of a session, whichever page is shown."""
    return {name: value for name, value in _wanted(session).items() if value}


def write_address() -> None:
    """Put the session's keys into the address, so that it can be shared and refreshed."""
    session = current()
    wanted = _wanted(session)
    gone = [name for name, value in wanted.items() if not value]
    gone += [name for name, kept in session.kept.items() if kept.page != session.page]
    for name in gone:
        if name in st.query_params:
            del st.query_params[name]
    changed = {n: v for n, v in wanted.items() if v and st.query_params.get(n) != v}
    for name, kept in session.kept.items():
        # What the page began with follows from the study until that changes.
        told = changed or kept.picked or name in st.query_params
        value = _BETWEEN.join(kept.keys)
        if kept.page == session.page and told and st.query_params.get(name) != value:
            changed[name] = value
    if changed:  # in one message, because the browser takes each for a step that Back goes through
        st.query_params.update(changed)


def open_table(dataset: str, study: Study | None, run: str | None = None) -> None:
    """Begin with another table, or with a study kept earlier."""
    session = current()
    session.dataset, session.study, session.run = dataset, study, run
    session.past, session.future, session.kept = [], [], {}
    _redraw(session)
    if study:
        cache.workspace().save_study(study, before=None if run else "none")


def commit(study: Study, *, redraw: bool = True) -> None:
    """Take a changed study; the one before can be brought back by undo."""
    session = current()
    if session.study is not None and session.study.key == study.key:
        return
    cache.workspace().save_study(study, before=session.study or "none")
    if session.study is not None:
        session.past = [*session.past, session.study][-_HISTORY:]
    session.study, session.future = study, []
    session.dataset = study.dataset
    if redraw:
        _redraw(session)


def undo() -> None:
    """Go back to the study before the last change."""
    session = current()
    if session.past and session.study:
        session.future = [*session.future, session.study]
        session.study = session.past[-1]
        session.past = session.past[:-1]
        session.dataset = session.study.dataset
        _redraw(session)


def redo() -> None:
    """Take back the last undo."""
    session = current()
    if session.future and session.study:
        session.past = [*session.past, session.study]
        session.study = session.future[-1]
        session.future = session.future[:-1]
        session.dataset = session.study.dataset
        _redraw(session)


def _redraw(session: Session) -> None:
    session.epoch += 1
    session.base = session.study


def show_run(run: str | None) -> None:
    """Show another run from now on."""
    current().run = run


def tell(text: str) -> None:
    """Say once that something was done."""
    current().message = Message("done", text)


def note(text: str) -> None:
    """Say once what a change of the study brought with it; undo stands beside it."""
    current().message = Message("note", text)


def go(page: str) -> None:
    """Go to a page, by its name, when the script runs next."""
    current().goto = page


def attempt(action: Callable[..., object], *values: Any) -> None:
    """Do what a button asks for; a mistake is told in words and changes nothing."""
    try:
        action(*values)
    except OutfoldError as error:
        current().message = Message("problem", error.message, error.hint)


def bound(
    key: str, value: Any, change: Callable[[Any], Study], *, redraw: bool = False
) -> dict[str, Any]:
    """Arguments that make a widget a view of the study.

    Args:
        key: The widget's key.
        value: What the study says now; set before the widget is drawn.
        change: From the person's new value to the changed study.
        redraw: Whether other editors show what this one changes.
    """
    st.session_state[key] = value

    def changed() -> None:
        attempt(lambda: commit(change(st.session_state[key]), redraw=redraw))

    return {"key": key, "on_change": changed}


def acting(key: str, value: Any, action: Callable[[Any], object]) -> dict[str, Any]:
    """Arguments that make a widget a view of something kept outside the study.

    Args:
        key: The widget's key.
        value: What is kept now; set before the widget is drawn.
        action: Called with the person's new value.
    """
    st.session_state[key] = value
    return {"key": key, "on_change": lambda: attempt(action, st.session_state[key])}


def kept(
    key: str, usual: Sequence[str], offered: Collection[str], *, several: bool = False
) -> dict[str, Any]:
    """Arguments that keep a choice of view in session and address, by keys and not by labels.

    What a page begins with may depend on the study; once shown it stays when the study changes.

    Args:
        key: The widget's key, also the name in the address.
        usual: What is chosen unless somebody chose otherwise.
        offered: The keys there are; others are left out.
        several: Whether the widget takes several.
    """
    session = current()
    now = session.kept.get(key)
    if now is None:
        said = st.session_state.get(key)
        picked = said is not None or key in st.query_params
        if said is None:
            said = [k for text in st.query_params.get_all(key) for k in text.split(_BETWEEN)]
        keys = tuple(said) if several or not isinstance(said, str) else (said,)
        now = Kept(session.page, keys, picked)
        if not picked:
            now.keys = tuple(usual)
    keys = tuple(k for k in now.keys if k in offered)
    if now.keys and not keys:
        keys = tuple(usual)
    shown = session.kept[key] = Kept(now.page, keys, now.picked)
    st.session_state[key] = list(keys) if several else next(iter(keys), None)

    def changed() -> None:
        value = st.session_state[key]
        shown.keys, shown.picked = tuple(value) if several else (value,), True

    return {"key": key, "on_change": changed}


def stop(what: str | None) -> None:
    """Remember what the person does not want to wait for; None: nothing any more."""
    current().stopped = what


def pointed(chart: str) -> Any | None:
    """What belongs to the point of a chart that was clicked on, or None."""
    said = st.session_state.get(chart) or {}
    points = said.get("selection", {}).get("points", [])
    return points[0].get("customdata") if points else None


def put(values: dict[str, Any]) -> None:
    """Set widgets of a view before they are drawn."""
    for key, value in values.items():
        st.session_state[key] = value


def edited(key: str) -> dict[int, dict[str, Any]]:
    """The cells changed in a table editor since it was drawn, by row and column."""
    said = st.session_state.get(key) or {}
    return {int(row): dict(cells) for row, cells in said.get("edited_rows", {}).items()}
