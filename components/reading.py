"""How a table was read, and how to have it read otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from components import cache, intents, state
from components.reading_form import reading_form
from components.text import count, plain
from components.upload import originals, uploader
from outfold.errors import OutfoldError
from outfold.study.study import Study

if TYPE_CHECKING:
    from outfold.data.dataset import Dataset

DOUBTFUL = 4
"""Notes on what was changed in reading that are shown without a click."""


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
    for note in dataset.notes[1 : 1 + DOUBTFUL]:  # what was changed or is doubtful is not hidden
        st.caption(plain(note, 300))


def _otherwise(dataset: Dataset) -> None:
    """A form that has the original file read again in another way."""
    given = reading_form(dataset.key, dict(dataset.options))
    if given is not None:
        _read_again(dataset, given)


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
