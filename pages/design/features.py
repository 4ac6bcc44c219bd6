"""Which columns carry the signal?

Filter, wrapper and embedded methods side by side. Each is fitted anew on the training rows of every
fold, so that columns kept by luck show as columns kept now and then.
"""

import streamlit as st

from components import (
    cache,
    features,
    leakage,
    repeats,
    selector_worth,
    set_sizes,
    shell,
    steadiness,
    taking,
)

TITLE = "Features"
ICON = ":material/filter_alt:"
ORDER = 10

study = shell.need_study()
data = cache.table(study)

choices = features.methods_of(study, data.facts)
if not choices:
    st.info("Choose at least one method.", icon=":material/info:")
    st.stop()

run, missing = features.tried(study, data.facts, choices)
result = cache.agreement(run) if run else None
if result is not None and not result.columns:
    result = None

which, worth, steady, sizes, path, repeated, by_hand = st.tabs(
    [
        "Which columns",
        "What it is worth",
        "Stability",
        "How many columns",
        "L1 path",
        "Repeats",
        "By hand",
    ],
    key="features",
    bind="query-params",
)
# What stands below is drawn first, so that it is there while a tab computes, and if it is stopped.
taking.take(study, choices)
leakage.meter(study, "selector", features.searching(choices))

if which.open:
    with which, shell.boundary():
        if run and result:
            features.matrix(run, result)
        else:
            st.info(missing, icon=":material/science:")
if worth.open:
    with worth, shell.boundary():
        if run and result:
            selector_worth.worth(run, result)
        else:
            st.info(missing, icon=":material/science:")
if steady.open:
    with steady, shell.boundary():
        steadiness.steadiness(study, features.searching(choices), result)
if sizes.open:
    with sizes, shell.boundary():
        set_sizes.by_size(study, data.facts, choices)
if path.open:
    with path, shell.boundary():
        set_sizes.path(study)
if repeated.open:
    with repeated, shell.boundary():
        if run and result:
            repeats.repeats(study, data, run, result)
        else:
            st.info(missing, icon=":material/science:")
if by_hand.open:
    with by_hand, shell.boundary():
        taking.by_hand(study, data, result)
