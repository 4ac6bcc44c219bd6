"""Which is better, really?

Every figure was measured on rows held out. Candidates that cannot be told apart from the best are
marked as tied, because the third decimal is mostly luck.
"""

import streamlit as st

from components import (
    cache,
    chart,
    compare_views,
    judging,
    leaderboard,
    pairs,
    progress,
    room,
    shell,
    verdicts,
)
from components.text import plain
from outfold.draw import leaderboard_intervals

TITLE = "Compare"
ICON = ":material/leaderboard:"
ORDER = 10

run = shell.need_run()
if not progress.has_ended(run):
    progress.run_progress(run, leaderboard.filling)
    st.stop()

result = cache.result(run)
if not any(c.splits_done for c in result.candidates):
    leaderboard.filling(run)
    shell.missing("This run measured nothing.", "train", "See why, and run it again")

metric = judging.metric_picker(run)
board = cache.leaderboard(run, metric)
picture = leaderboard_intervals.draw(board, judging.names_of(run))
chart.chart(picture, "intervals", headline=True)
leaderboard.ranked(run, metric)
pairs.tied(run, metric)
shell.why(
    f"Figures: {plain(board.estimate, 300)}. Intervals: {plain(board.interval, 300)}. Test against "
    f"the best: {plain(board.test, 300)}. Splits share training rows, which an ordinary t-test "
    "ignores and these methods do not. The best of many was picked because it scored best, so its "
    "own figure is a little too good.",
    "How was this compared?",
)
gone = room.let_go(run)
if not gone:
    with shell.boundary():
        verdicts.picked(run, metric)

st.markdown("## A closer look")
chosen = judging.candidates_picker(run, metric)
if not chosen:
    st.info("Choose at least one candidate.", icon=":material/info:")
    st.stop()

views = compare_views.views(run, chosen, metric, stored=not gone)
view = st.segmented_control(
    "View", list(views), default=compare_views.FIRST, required=True, key="view", bind="query-params"
)
with shell.boundary():
    views.get(view or "", views[compare_views.FIRST])()
