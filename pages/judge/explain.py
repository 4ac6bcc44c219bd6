"""Why does it say so?

Each row is explained by a model that did not train on it: which columns move its prediction, which
way, and by how much.
"""

import streamlit as st

from components import (
    cache,
    explain,
    explain_columns,
    explain_row,
    explain_tree,
    leaderboard,
    progress,
    shell,
    what_if,
)

TITLE = "Explain"
ICON = ":material/lightbulb:"
ORDER = 30

run = shell.need_run()
if not progress.has_ended(run):
    progress.run_progress(run, leaderboard.filling)
    st.stop()
if not any(c.splits_done for c in cache.result(run).candidates):
    shell.missing("This run measured nothing.", "train", "See why, and run it again")

known = None
with shell.boundary():
    known = explain.explained(run)
if known is None:
    st.stop()

explaining, found = known
study = cache.study_of(run)
data = cache.table(study)
frame = data.frame
explain.summary(found)
view = explain.view_of(found)


def row() -> None:
    """What moves one row's prediction, and what would change it."""
    seen, of_class, place = explain_row.one_row(run, found, view, study, frame)
    st.markdown("## What if its values were others?")
    with shell.boundary():
        what_if.what_if(run, seen, of_class, study, frame, place)


views = {
    "Columns": lambda: explain_columns.overview(found, view, data, explaining),
    "One column": lambda: explain_columns.one_column(found, view, data, explaining),
    "One row": row,
    "Groups": lambda: explain_columns.groups(found, view, study, frame),
    "Shuffled columns": lambda: explain_columns.shuffling(found, study),
    "Small tree": lambda: explain_tree.small_tree(found, view),
}
chosen = st.segmented_control(
    "View", list(views), default="Columns", required=True, key="explain", bind="query-params"
)
with shell.boundary():
    views.get(chosen or "", views["Columns"])()
