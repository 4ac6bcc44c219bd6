"""What do I do about rare classes?

Weighing or resampling changes training rows only. It moves thresholded metrics far more than it
improves the ranking of rows, so look at both.
"""

import streamlit as st

from components import cache, leakage, navigation, resampling, shell, state, trial_tables
from components.names import choice_name
from components.params import replacing
from components.text import plain
from components.trial import trial
from outfold.registry import registry
from outfold.study.study import Choice
from outfold.study.trial import trial_study
from outfold.task import is_classification

TITLE = "Resampling"
ICON = ":material/balance:"
ORDER = 20

study = shell.need_study()
if not is_classification(study.task):
    st.info(
        f"**{plain(study.target)}** is a number, so there are no classes to balance: resampling "
        "would only change how common each value is. Where some values matter more, give their "
        "rows weights; where they are skewed, take a model made for it, such as gamma or Poisson.",
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
    format_func=lambda key: offered[key].label,
    **state.kept("balancing", [k for k in usual if k in offered], offered, several=True),
)
choices = [Choice("none"), *(chosen.get(key, Choice(key)) for key in methods)]
counts = cache.class_counts(study, choices)

names = {c.label(): choice_name("resampler", c) for c in choices}
resampling.counted(counts, names)
resampling.where(counts, names)

st.markdown("## What it does to the scores")
if methods:
    tried = trial_study(study, data.facts, "resampler", choices)
    run = trial(tried, "resamplers", trial_tables.resampler_rows)
    if run:
        resampling.findings(run)
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
