"""How a table was read, and how to have it read otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components import state
from components.text import count, plain
from components.upload import uploader

if TYPE_CHECKING:
    from outfold.data.dataset import Dataset


def how_it_was_read(dataset: Dataset) -> None:
    """The table's name and size, what was detected, and a place for another table."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"### {plain(dataset.name, 60)}", width="content")
        st.badge(count(dataset.n_rows, "row"), color="gray")
        st.badge(count(len(dataset.schema), "column"), color="gray")
    left, right = st.columns(2)
    with left, st.expander("How it was read", icon=":material/visibility:"):
        for note in dataset.notes:
            st.markdown(f"- {plain(note, 400)}")
    with right, st.expander("Load another table", icon=":material/upload:"):
        uploader()


def without_target(dataset: Dataset) -> None:
    """Ask for the target of a table for which none could be proposed."""
    names = dataset.schema.names()
    name = st.selectbox("Target: the column to predict", names, index=None)
    if name is not None:
        state.attempt(_take, dataset, name)
        st.rerun()


def _take(dataset: Dataset, name: str) -> None:
    from components import cache
    from outfold.study.defaults import with_target
    from outfold.study.study import Study

    frame = cache.frame(dataset.key)
    state.open_table(
        dataset.key, with_target(Study(dataset.key, name, "binary"), dataset, frame, name)
    )
