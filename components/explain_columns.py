"""What the columns do to a candidate’s predictions: all of them, one, by group, shuffled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components import cache
from components.chart import chart
from components.explain import cautions
from components.shell import why
from components.table import table
from components.text import ROW_HELP
from outfold.metrics.catalogue import metrics_for

if TYPE_CHECKING:
    import pandas as pd

    from outfold.judge.explanation import Explanation, View
    from outfold.study.study import Study
    from outfold.study.table import StudyTable


def overview(found: Explanation, view: View, data: StudyTable, explaining: str) -> None:
    """Which columns move predictions, and which way."""
    from outfold.draw import shap_bar, shap_beeswarm
    from outfold.judge.shap_importance import shap_importance

    frame, key = data.frame, (explaining, view.place, view.mirrored)
    ranked = cache.remember("shap importance", *key, compute=lambda: shap_importance(view, frame))
    chart(shap_bar.draw(ranked, view.scale), "shap-bar", headline=True)
    cautions(found)
    swarm = cache.remember(
        "shap swarm", *key, compute=lambda: shap_beeswarm.draw(view, frame, ranked, data.rows)
    )
    chart(swarm, "shap-beeswarm")
    with st.expander("The SHAP values as a table"):
        table(
            view.frame(frame, data.numbers(view.rows)),
            "shap-values",
            columns={"row": st.column_config.NumberColumn(help=ROW_HELP)},
            alt="SHAP values of each row explained",
        )


def one_column(found: Explanation, view: View, data: StudyTable, explaining: str) -> None:
    """What one column does: row by row, on average, and among rows as they are."""
    from outfold.draw import accumulated_effects, partial_dependence, shap_dependence
    from outfold.judge.column_effect import column_effect, effect_columns
    from outfold.judge.shap_dependence import shap_dependence as dependence

    frame, measured = data.frame, effect_columns(found)
    left, right = st.columns(2)
    with left:
        feature = _column("Column", list(measured or found.used), "effect-of")
    with right:
        others = [f for f in found.features if f != feature]
        colour: str | None = st.selectbox(
            "Colour",
            [None, *others],
            format_func=lambda c: "the column that it interacts with most" if c is None else c,
            key="effect-colour",
            persist_state="session",
        )
    cautions(found, feature)
    seen = cache.remember(
        "dependence", explaining, view.place, view.mirrored, feature, colour,
        compute=lambda: dependence(view, frame, feature, colour if colour != feature else None),
    )  # fmt: skip
    chart(shap_dependence.draw(seen, data.rows), "shap-dependence")
    if feature not in measured:
        return
    effect = column_effect(found, view, frame, feature)
    chart(accumulated_effects.draw(effect), "ale")
    centre = st.toggle(
        "Let every line start at 0", key="ice-centred", persist_state="session",
        help="Lines that then part or cross show that the column’s effect depends on others.",
    )  # fmt: skip
    chart(partial_dependence.draw(effect, centred=centre), "pdp")
    why(
        "SHAP values show each row’s own effect; points at one value that lie apart are "
        "interactions. Accumulated local effects compare only rows that lie near a value, and stay "
        "right where columns are related. Partial dependence gives every row every value: easiest "
        "to read, wrong where such rows cannot exist. Dotted lines: each split’s own model; where "
        "they part, the effect is uncertain.",
        "How do these differ?",
    )


def _column(label: str, options: list[str], key: str) -> str:
    chosen: str = st.selectbox(label, options, key=key, persist_state="session")
    return chosen if chosen in options else options[0]


def groups(found: Explanation, view: View, study: Study, frame: pd.DataFrame) -> None:
    """Whether predictions of one group are moved by other columns than those of another."""
    from outfold.draw import cohort_importance
    from outfold.judge.shap_importance import cohorts, labels_of

    by_truth = f"{study.target} (what is predicted)"
    options = [by_truth, *found.features]
    by = _column("Compare groups by", options, "cohorts-by")
    if by == by_truth:
        target = cache.table(study).target[view.rows]
        labels = _target_labels(target, found)
        name = study.target
    else:
        labels, name = labels_of(frame[by].iloc[view.rows]), by
    compared = cohorts(view, labels, name, study.seed)
    chart(cohort_importance.draw(compared, view.scale), "cohorts")
    cautions(found)


def _target_labels(target: object, found: Explanation) -> list[str]:
    import pandas as pd

    from outfold.judge.shap_importance import labels_of

    values = pd.Series(target)
    if found.classes:
        return [found.classes[int(code)] for code in values]
    return labels_of(values.astype("float64"))


def shuffling(found: Explanation, study: Study) -> None:
    """How much worse the score gets when a column is shuffled."""
    from outfold.draw import permutation_importance as picture
    from outfold.judge.permutation_importance import permutation_importance

    labels = {m.key: m.label for m in metrics_for(study.task)}
    keys = list(labels)
    metric: str = st.selectbox(
        "Metric", keys,
        index=keys.index(study.metric) if study.metric in keys else 0,
        format_func=lambda key: labels[key], key="shuffled-by", persist_state="session",
    )  # fmt: skip
    ranked = permutation_importance(found, metric)
    together = False
    if ranked.groups:
        together = st.toggle(
            "Shuffle closely related columns together", value=True, key="shuffle-groups",
            persist_state="session",
            help="Alone, each is replaced by the others, and all of them look unimportant.",
        )  # fmt: skip
    chart(
        picture.draw(ranked, grouped=together, first_repeat=study.validation.repeats > 1),
        "permutation",
    )
    if not together:
        cautions(found)
    why(
        "Each column’s values are shuffled among the validation rows of a split, the split’s model "
        "predicts them, and the score gets worse by what the column was worth (Breiman 2001; "
        "Fisher, Rudin & Dominici 2019). No model is fitted anew, so it tells what this model "
        "relies on, not what could be done without.",
    )
