"""Which columns carry the signal?

Filter, wrapper and embedded methods side by side. Each is fitted anew on the training rows of every
fold, so that columns kept by luck show as columns kept now and then.
"""

import streamlit as st

from components import cache, chart, leaderboard, leakage, shell, state, table, trial_tables
from components.params import replacing
from components.trial import trial
from outfold.draw import selector_agreement
from outfold.registry import registry
from outfold.study.study import Choice
from outfold.study.trial import trial_study

TITLE = "Features"
ICON = ":material/filter_alt:"
ORDER = 10

study = shell.need_study()
data = cache.table(study)

offered = {s.key: s for s, reason in registry("selector").offered(data.facts) if not reason}
chosen = {c.key: c for c in study.selectors}
usual = [k for k in chosen if k != "none"] or [k for k in ("cfs", "mrmr", "l1") if k in offered]
methods = st.multiselect(
    "Methods to put side by side",
    [key for key in offered if key != "none"],
    default=[k for k in usual if k in offered],
    format_func=lambda key: f"{offered[key].label} ({offered[key].family})",
    key="methods",
    bind="query-params",
    persist_state="session",
)
if not methods:
    st.info("Choose at least one method.", icon=":material/info:")
    st.stop()

tried = trial_study(
    study, data.facts, "selector", [chosen.get(key, Choice(key)) for key in methods]
)
run = trial(tried, "selectors", leaderboard.filling)
if run is None:
    leakage.meter(study, "selector", tried.selectors[1:])
    st.stop()

result = cache.agreement(run)
if result.columns:
    chart.chart(selector_agreement.draw(result), "feature-agreement")
    st.markdown("## How each method did")
    table.table(
        trial_tables.selector_rows(run, result),
        "selectors",
        columns=trial_tables.selector_columns(run),
        alt="One row per selector",
    )
    dropped = trial_tables.dropped_rows(result)
    if len(dropped):
        st.markdown("## Dropped as redundant, and because of which column")
        table.table(dropped, "dropped-columns", alt="Dropped columns with their reasons")
    with st.expander("Every column"):
        table.table(result.frame(), "feature-ranks", alt="Share kept and mean rank per column")
    shell.why(
        "**Stability** is 1 where a method keeps the same columns on every split and about 0 where "
        "it draws them by chance (Nogueira, Sechidis & Brown 2018). Below 0.4 is poor, above 0.75 "
        "excellent. Folds share most of their rows, so the figure is on the optimistic side.",
        "What does stability mean?",
    )

with st.container(horizontal=True):
    for key in methods:
        if key not in chosen:
            st.button(
                f"Add {offered[key].label} to the comparison",
                key=f"add-{key}",
                icon=":material/add:",
                on_click=state.attempt,
                args=(lambda k: state.commit(replacing("selector", study, Choice(k))), key),
            )
leakage.meter(study, "selector", tried.selectors[1:])
