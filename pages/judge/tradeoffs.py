"""Is it worth what it costs?

Scores beside what each candidate took to train, to answer, and to keep, as measured in the run. On
the front are those that nothing beats on both.
"""

import streamlit as st

from components import cache, chart, judging, leaderboard, progress, shell, table, tradeoffs
from outfold.draw import pareto

TITLE = "Trade-offs"
ICON = ":material/scale:"
ORDER = 40

run = shell.need_run()
if not progress.has_ended(run):
    progress.run_progress(run, leaderboard.filling)
    st.stop()
if not cache.result(run).finished():
    shell.missing("No candidate of this run is finished.", "train", "See why, and run it again")

left, middle, right = st.columns(3)
with left:
    metric = judging.metric_picker(run)
with middle:
    cost = tradeoffs.cost_picker()
with right:
    tolerance = tradeoffs.tolerance_picker()

found = cache.tradeoff(run, metric, cost, tolerance)
chart.chart(pareto.draw(found, judging.names_of(run)), "pareto")

st.markdown("## What each candidate costs")
table.table(
    tradeoffs.frame_of(found, judging.names_of(run)),
    "costs",
    columns=tradeoffs.columns_of(found),
    height="content",
    alt="Score and costs of each candidate",
)
shell.why(
    "Training time counts preparing, selecting, resampling and fitting one training fold on one "
    "thread. Prediction times are medians of repeated calls after a warm-up, from the row as it "
    "was read to the answer. Size is the fitted pipeline as a file. Peak memory is the growth of "
    f"the worker while the model is fitted. Good enough here: {found.tolerance}.",
    "How was this measured?",
)
