"""What shall be compared?

Tick models, selectors and resamplers: every combination becomes a candidate. The defaults can be
run as they are.
"""

import streamlit as st

from components import (
    cache,
    chains,
    forecast,
    intents,
    leaderboard,
    params,
    pickers,
    progress,
    racing,
    shell,
    state,
    tuning,
    validation,
)
from outfold.registry import registry
from outfold.task import is_classification

TITLE = "Train"
ICON = ":material/play_circle:"
ORDER = 30

study = shell.need_study()
table = cache.table(study)

# A place of its own, so that the tabs stay where they are, and open, when a run begins.
with st.container():
    if run := state.current().run:
        shell.other_question(study, run)
        progress.run_progress(run, leaderboard.filling)

models, columns, classes, rows, tuned, faster = st.tabs(
    [
        "Models",
        "Feature selection",
        "Rare classes",
        "Validation and preparation",
        "Tuning",
        "Speed",
    ],
    key="design",
    bind="query-params",
)
with models:
    st.caption("The baseline, which looks at no feature, is always added.")
    params.strategy_cards("model", study, table.facts)
with columns:
    st.caption("Each selector is fitted anew on the training rows of every fold.")
    params.strategy_cards("selector", study, table.facts)
    chains.chains(study, table.facts)
    leaderboard.by_hand(study)
with classes:
    if is_classification(study.task):
        st.caption("Resampling changes training rows only; validation rows stay as they are.")
        params.strategy_cards("resampler", study, table.facts)
    else:
        st.caption("The target is a number, so there are no classes to balance.")
with rows:
    validation.validation(study, table)
    pickers.metric(study)
    pickers.seed_and_transform(study)
    preparation = registry("preparation")[study.preparation.key]
    st.markdown(f"**Preparation: {preparation.label}**")
    st.caption(preparation.summary)
    with st.container(border=True):
        params.param_form(
            "preparation",
            preparation,
            study.preparation,
            lambda choice: study.replace(preparation=choice),
        )
with tuned:
    tuning.tuning(study)
with faster:
    racing.speed(study, table)

with st.bottom, st.container(horizontal=True, vertical_alignment="center"):
    forecast.forecast_line(study, tuning.fits_in_words(study))
    st.button(
        "Run",
        key="run",
        type="primary",
        icon=":material/play_arrow:",
        disabled=len(study.candidates()) < 2,
        on_click=state.attempt,
        args=(intents.start_run,),
    )
