"""What did I load?

How each column was read, what is to be predicted, and what is conspicuous. Everything here can be
changed and taken back.
"""

import streamlit as st

from components import (
    cache,
    columns,
    findings,
    large,
    navigation,
    pickers,
    reading,
    shell,
    state,
    table,
)
from components.text import count, plain
from components.upload import uploader

TITLE = "Data"
ICON = ":material/table_view:"
ORDER = 0

session = state.current()
if session.dataset is None:
    uploader("Your table")
    navigation.link("home", "Take a sample table instead")
    st.stop()

dataset = cache.dataset(session.dataset)
reading.how_it_was_read(dataset)
large.whole_table(dataset)

if session.study is None:
    reading.without_target(dataset)
    st.markdown("## The first rows")
    table.table(cache.frame(dataset.key).head(200), "first-rows", alt="The first rows of the table")
    st.stop()

study = session.study
frame, schema = cache.typed(study)

st.markdown("## What is predicted")
pickers.target_and_task(study, schema)
prepared = None
with shell.boundary():
    prepared = cache.table(study)
    if study.task == "binary":
        pickers.positive_class(study, prepared.classes, prepared.positive)
    for note in prepared.notes:
        st.caption(plain(note, 300))

st.markdown("## Columns")
st.caption("Type and role can be changed in the table.")
columns.columns_editor(study)
if prepared is None:
    st.stop()

found = cache.findings(study)
serious = sum(f.severity == "serious" for f in found)
st.markdown("## What is conspicuous")
if found:
    st.caption(f"{count(len(found), 'finding')}, {serious} of them serious.")
findings.fixes_list(study)
findings.findings_list(found, study)

with st.expander(f"The first rows of {count(len(frame), 'row')}"):
    table.table(frame.head(200), "first-rows", alt="The first rows of the table")
