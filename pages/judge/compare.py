"""Which is better, really?

Every figure was measured on rows held out. Candidates that cannot be told apart from the best are
marked as tied, because the third decimal is mostly luck.
"""

import streamlit as st

from components import (
    again,
    cache,
    chart,
    export,
    judging,
    leaderboard,
    learning,
    pairs,
    progress,
    room,
    shell,
    side_by_side,
    slices,
    thresholds,
    tuning,
    verdicts,
)
from components.text import plain
from outfold.draw import leaderboard_intervals
from outfold.task import is_classification

TITLE = "Compare"
ICON = ":material/leaderboard:"
ORDER = 10
STORED = ("By split", "Pairs", "What mattered", "Tuning")
"""Views that need scores alone, no predictions."""

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

views = {"By split": lambda: judging.by_split(run, metric)}
if result.study.task == "binary":
    views["Threshold"] = lambda: thresholds.threshold(run, chosen)
elif is_classification(result.study.task):
    views["Confusion"] = lambda: judging.confusion(run, chosen)
if is_classification(result.study.task):
    views |= {
        "ROC": lambda: judging.ranking(run, chosen, "roc"),
        "Precision and recall": lambda: judging.ranking(run, chosen, "pr"),
        "Gain and lift": lambda: judging.ranking(run, chosen, "gain"),
        "Calibration": lambda: judging.calibration(run, chosen),
    }
else:
    views |= {
        "Predicted and actual": lambda: judging.errors(run, chosen, "fit"),
        "Errors": lambda: judging.errors(run, chosen, "residuals"),
    }
    if result.study.task == "count":
        views["Counts"] = lambda: judging.frequencies(run, chosen)
if result.study.task == "binary":
    views["Decision curve"] = lambda: judging.decision(run, chosen)
views["Slices"] = lambda: slices.by_slice(run, chosen, metric)
if result.study.task == "binary":
    views["Groups"] = lambda: slices.by_group(run, chosen)
views["Worst rows"] = lambda: slices.worst(run, chosen)
views["Pairs"] = lambda: pairs.pairs(run, chosen, metric)
views["Side by side"] = lambda: side_by_side.side_by_side(run, chosen, metric)
views["Code"] = lambda: export.code(run, chosen)
views["Learning curve"] = lambda: learning.learning_curve(run, chosen, metric)
views["Parameter"] = lambda: again.parameter(run, chosen, metric)
views["Seeds"] = lambda: again.seeds(run, chosen, metric)
if verdicts.grid_varies(run):
    views["What mattered"] = lambda: verdicts.effects(run, metric)
if result.study.tuning.is_on:
    views["Tuning"] = lambda: tuning.tuned(run)

if gone:
    views = {name: draw for name, draw in views.items() if name in STORED}

view = st.segmented_control(
    "View", list(views), default="By split", required=True, key="view", bind="query-params"
)
with shell.boundary():
    views.get(view or "", views["By split"])()
