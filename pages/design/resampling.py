"""What do I do about rare classes?

Weighing or resampling changes training rows only. It moves thresholded metrics far more than it
improves the ranking of rows, so look at both.
"""

import streamlit as st

from components import cache, chart, leakage, navigation, shell, state, table, trial_tables
from components.names import choice_name
from components.params import replacing
from components.text import plain
from components.trial import trial
from outfold.draw import resampled_counts
from outfold.registry import registry
from outfold.study.preview import frame_of
from outfold.study.study import Choice
from outfold.study.trial import trial_study
from outfold.task import is_classification

TITLE = "Resampling"
ICON = ":material/balance:"
ORDER = 20

study = shell.need_study()
if not is_classification(study.task):
    st.info(
        f"{plain(study.target)} is a number, so there are no classes to balance.",
        icon=":material/info:",
    )
    navigation.link("train", "Choose models instead")
    st.stop()
data = cache.table(study)

offered = {s.key: s for s, reason in registry("resampler").offered(data.facts) if not reason}
chosen = {c.key: c for c in study.resamplers}
usual = [k for k in chosen if k != "none"] or [
    k for k in ("class_weight", "random_over", "random_under", "smote", "smotenc") if k in offered
]
methods = st.multiselect(
    "Methods to put side by side",
    [key for key in offered if key != "none"],
    default=[k for k in usual if k in offered],
    format_func=lambda key: offered[key].label,
    key="balancing",
    bind="query-params",
    persist_state="session",
)
choices = [Choice("none"), *(chosen.get(key, Choice(key)) for key in methods)]
counts = cache.class_counts(study, choices)

names = {c.label(): choice_name("resampler", c) for c in choices}
chart.chart(resampled_counts.draw(counts, names), "class-counts")
for note in dict.fromkeys(f"{names[c.resampler]}: {text}" for c in counts for text in c.notes):
    st.caption(plain(note, 300))
with st.expander("The counts as a table"):
    table.table(frame_of(counts), "class-counts-table", alt="Class counts before and after")

st.markdown("## What it does to the scores")
if methods:
    tried = trial_study(study, data.facts, "resampler", choices)
    trial(tried, "resamplers", trial_tables.resampler_rows)
shell.why(
    "Resampling before the split would put copies or relatives of validation rows among the "
    "training rows and make any score look better than it is; here it happens inside each training "
    "fold. A balanced training set shifts probabilities upwards for the rare class: the ranking of "
    "rows (ROC AUC) hardly changes, while recall at the threshold 0.5 does.",
)

with st.container(horizontal=True):
    for key in methods:
        if key not in chosen:
            st.button(
                f"Add {offered[key].label} to the comparison",
                key=f"add-{key}",
                icon=":material/add:",
                on_click=state.attempt,
                args=(lambda k: state.commit(replacing("resampler", study, Choice(k))), key),
            )
hidden = [(s, r) for s, r in registry("resampler").offered(data.facts) if r]
if hidden:
    with st.expander("Methods that do not apply to this table"):
        for strategy, reason in hidden:
            st.caption(f"**{strategy.label}**: {plain(reason, 300)}")
leakage.meter(study, "resampler", choices[1:])
