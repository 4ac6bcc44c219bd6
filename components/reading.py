"""How a table was read, and how to have it read otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from components import cache, intents, state
from components.text import count, plain
from components.upload import originals, uploader
from outfold.errors import OutfoldError
from outfold.study.study import Study

if TYPE_CHECKING:
    from outfold.data.dataset import Dataset

AUTO = "found automatically"
NAMED = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blank", ":": "colon"}
ENCODINGS = ("utf-8", "cp1252", "iso-8859-15", "utf-16", "cp1251", "shift_jis", "gb18030")
RAGGED = {
    "fill": "fill up short ones, refuse long ones",
    "skip": "leave them out",
    "refuse": "refuse the file",
}


def how_it_was_read(dataset: Dataset) -> None:
    """The table's name and size, what was detected, and a place for another table."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"## {plain(dataset.name, 60)}", width="content")
        st.badge(count(dataset.n_rows, "row"), color="gray")
        st.badge(count(len(dataset.schema), "column"), color="gray")
    left, right = st.columns(2)
    with left, st.expander("How it was read", icon=":material/visibility:"):
        for note in dataset.notes:
            st.markdown(f"- {plain(note, 400)}")
        if originals().path(dataset.key):
            _otherwise(dataset)
    with right, st.expander("Load another table", icon=":material/upload:"):
        uploader()


def _otherwise(dataset: Dataset) -> None:
    """A form that has the original file read again in another way."""
    was = dict(dataset.options)
    is_text = was.get("format") in (None, "csv")
    given: dict[str, Any] = {}
    with st.form(f"reading-{dataset.key}", border=False):
        st.markdown("**Read it otherwise**")
        if is_text:
            given["delimiter"] = _choice("Delimiter", was, "delimiter", tuple(NAMED), NAMED)
            given["decimal"] = _choice(
                "Decimal mark", was, "decimal", (".", ","), {".": "point", ",": "comma"}
            )
            given["encoding"] = _choice("Encoding", was, "encoding", ENCODINGS, new=True)
            given["ragged"] = _choice(
                "Lines of another length", was, "ragged", tuple(RAGGED), RAGGED
            )
        elif was.get("format") == "excel":
            given["sheet"] = st.text_input("Sheet", str(was.get("sheet") or "")) or None
        if is_text or was.get("format") == "excel":
            header = _choice(
                "First line",
                {"header": {True: "yes", False: "no"}.get(bool(was.get("header")))},
                "header",
                ("yes", "no"),
                {"yes": "holds the column names", "no": "is data"},
            )
            given["header"] = None if header is None else header == "yes"
        given["missing"] = (
            st.text_input(
                "Cells that mean missing, separated by blanks",
                str(was.get("missing") or ""),
                placeholder=AUTO,
            )
            or None
        )
        if st.form_submit_button("Read again", icon=":material/refresh:"):
            _read_again(dataset, {k: v for k, v in given.items() if v is not None})


def _choice(
    label: str,
    was: dict[str, Any],
    name: str,
    options: tuple[str, ...],
    words: dict[str, str] | None = None,
    new: bool = False,
) -> str | None:
    """A choice that begins with how the file was read; None leaves it to be found out."""
    offered = [None, *dict.fromkeys([*options, *([was[name]] if was.get(name) else [])])]
    chosen: str | None = st.selectbox(
        label,
        offered,
        index=offered.index(was.get(name)) if was.get(name) in offered else 0,
        format_func=lambda v: AUTO if v is None else (words or {}).get(v, v),
        accept_new_options=new,
    )
    return chosen


def _read_again(dataset: Dataset, options: dict[str, Any]) -> None:
    """Read the original in another way; the table that is open stays if that fails."""
    original = originals().path(dataset.key)
    try:
        if original is None:
            raise OutfoldError("The file itself is no longer kept.", "Upload it once more.")
        with st.status("Reading the file again"):
            found = cache.workspace().datasets.add_file(original, dataset.name, **options)
            originals().keep(original, found.key)
            intents.reopen(found.key)
    except OutfoldError as error:
        state.current().message = state.Message("problem", error.message, error.hint)
    st.rerun()


def without_target(dataset: Dataset) -> None:
    """Ask for the target of a table for which none could be proposed."""
    name = st.selectbox("Target: the column to predict", dataset.schema.names(), index=None)
    if name is not None:
        state.attempt(_take, dataset, name)
        st.rerun()


def _take(dataset: Dataset, name: str) -> None:
    from outfold.study.defaults import with_target

    frame = cache.frame(dataset.key)
    state.open_table(
        dataset.key, with_target(Study(dataset.key, name, "binary"), dataset, frame, name)
    )
