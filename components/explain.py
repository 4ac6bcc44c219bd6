"""Why a candidate says what it says: offered, followed while it is computed, and looked into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components import cache, intents, progress, state
from components.chart import chart
from components.names import candidate_name
from components.shell import missing, problem, why
from components.table import table
from components.text import count, number, plain, share, short
from outfold.errors import OutfoldError
from outfold.metrics.catalogue import metrics_for
from outfold.study.explain.explaining import Explaining

if TYPE_CHECKING:
    import pandas as pd

    from outfold.judge.explanation import Explanation, View
    from outfold.study.study import Candidate, Study

ROWS = (500, 2000, 5000)
MOST_PAIRS = 4
"""Pairs of related columns that are named; the others are counted."""
SAME = 1e-9
"""Largest difference of predictions that counts as the same model."""

HOW = (
    "A SHAP value says how much a column’s value moves a row’s prediction away from what the model "
    "says on average; all of them together, added to that average, give the prediction (Lundberg & "
    "Lee 2017). Here each row is explained by a model that did not train on it: the run’s models "
    "are fitted again on their training rows, and have to give the stored predictions. What is "
    "shown are the columns of your table: one-hot columns, parts of dates and marks of gaps belong "
    "to the column they come from. It explains the model, not the world: a column can matter to a "
    "model without causing anything."
)


def candidate_picker(run: str) -> Candidate:
    """Choose a finished candidate; the best unless another is chosen."""
    board = cache.leaderboard(run)
    rows = {r.name: r.result.candidate for r in board.rows if r.result.splits_done}
    rows = {name: c for name, c in rows.items() if not c.is_baseline}
    if not rows:
        missing("No candidate of this run is finished.", "train", "See why, and run it again")
    chosen: str = st.selectbox(
        "Candidate to explain",
        list(rows),
        format_func=lambda name: candidate_name(rows[name]),
        key="explained",
        bind="query-params",
    )
    return rows.get(chosen) or next(iter(rows.values()))


def explained(run: str) -> tuple[str, Explanation] | None:
    """What is known of the chosen candidate; offered or followed where it is not there yet.

    Returns:
        The run that explains it, and the explanation; None while there is none.
    """
    from outfold.judge.explanation import explain_study
    from outfold.study.selections import latest_run

    left, right = st.columns([3, 1])
    with left:
        candidate = candidate_picker(run)
    with right:
        rows: int = st.selectbox(
            "Rows to explain",
            ROWS,
            index=1,
            format_func=lambda n: f"{n:,}",
            help="Drawn from the rows held out and shared between the splits, besides those with "
            "the largest errors.",
            key="explain-rows",
            persist_state="session",
        )
    asked = explain_study(cache.study_of(run), candidate, Explaining(on=True, rows=rows))
    explaining = latest_run(cache.workspace(), asked)
    if explaining is None:
        _offer(asked, candidate)
        return None
    if not progress.has_ended(explaining):
        progress.run_progress(explaining, lambda _: None)
        return None
    try:
        return explaining, explanation(explaining)
    except OutfoldError as error:
        problem(error.message, error.hint)
    st.button(
        "Explain it again",
        key="explain-again",
        icon=":material/replay:",
        on_click=state.attempt,
        args=(intents.resume_run, explaining),
    )
    return None


def explanation(explaining: str) -> Explanation:
    """What a run that explains has found."""
    from outfold.judge.explanation import explanation

    record = cache.workspace().records.run(explaining)
    return cache.remember(
        "explanation", explaining, record.started, record.done,
        compute=lambda: explanation(cache.workspace(), explaining),
        say="Reading the explanation",
    )  # fmt: skip


def _offer(asked: Study, candidate: Candidate) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"Fit **{plain(candidate_name(candidate), 120)}** again on the training rows of each "
            "split, and explain it on rows that it has not seen: SHAP values, shuffled columns, "
            "effects of each column, a small tree. It goes on in the background.",
            width="stretch",
        )
        st.button(
            "Explain it",
            key="explain-it",
            type="primary",
            icon=":material/lightbulb:",
            on_click=state.attempt,
            args=(_start, asked),
        )


def _start(asked: Study) -> None:
    from outfold.study.run import start

    start(cache.workspace(), asked)


def view_of(found: Explanation) -> View:
    """The explanation of the class to look at, chosen where there are several."""
    if not found.classes:
        return found.of()
    first = found.positive if len(found.classes) == 2 else 0
    code: int = st.selectbox(
        "Class whose prediction is explained",
        range(len(found.classes)),
        index=first,
        format_func=lambda i: found.classes[i],
        key="explained-class",
        persist_state="session",
    )
    return found.of(code)


def summary(found: Explanation) -> None:
    """How it was computed, whether it adds up, and what makes it unsafe."""
    adds = found.residual
    same = found.reproduced
    with st.container(horizontal=True, gap="small"):
        st.badge(
            f"adds up to {adds:.0e}" if adds else "adds up exactly",
            icon=":material/check:" if adds < 1e-6 else ":material/warning:",
            color="green" if adds < 1e-6 else "orange",
            help="The largest difference, over all rows, between the average plus all SHAP values "
            "and what the model says.",
        )
        if same == same:
            st.badge(
                "same models as in the run"
                if same <= SAME
                else f"predictions differ by {same:.2g}",
                icon=":material/check:" if same <= SAME else ":material/warning:",
                color="green" if same <= SAME else "orange",
                help="The models fitted again give the predictions stored by the run, on every "
                "validation row.",
            )
    st.caption(plain(found.method_sentence(), 600))
    why(HOW, "How is this computed?")


def cautions(found: Explanation, feature: str = "") -> None:
    """Say where closely related columns make an explanation unsafe.

    Args:
        found: The explanation.
        feature: Only pairs with this column; all by default.
    """
    pairs = [p for p in found.related() if not feature or feature in p[:2]]
    if not pairs:
        return
    named = "; ".join(
        f"**{plain(a, 40)}** and **{plain(b, 40)}** ({s:.2f})" for a, b, s in pairs[:MOST_PAIRS]
    )
    more = f"; and {count(len(pairs) - MOST_PAIRS, 'more pair')}" if len(pairs) > MOST_PAIRS else ""
    st.warning(
        f"Closely related: {named}{more}. The model can use one in place of the other, so credit "
        "is shared between them by chance, shuffling one alone understates it, and changing one "
        "alone makes rows that do not exist. Read them together.",
        icon=":material/link:",
    )


def overview(found: Explanation, view: View, frame: pd.DataFrame, explaining: str) -> None:
    """Which columns move predictions, and which way."""
    from outfold.draw import shap_bar, shap_beeswarm
    from outfold.judge.shap_importance import shap_importance

    key = (explaining, view.place, view.mirrored)
    ranked = cache.remember("shap importance", *key, compute=lambda: shap_importance(view, frame))
    chart(shap_bar.draw(ranked, view.scale), "shap-bar", headline=True)
    cautions(found)
    swarm = cache.remember(
        "shap swarm", *key, compute=lambda: shap_beeswarm.draw(view, frame, ranked)
    )
    chart(swarm, "shap-beeswarm")
    with st.expander("The SHAP values as a table"):
        table(view.frame(frame), "shap-values", alt="SHAP values of each row explained")


def one_column(found: Explanation, view: View, frame: pd.DataFrame, explaining: str) -> None:
    """What one column does: row by row, on average, and among rows as they are."""
    from outfold.draw import accumulated_effects, partial_dependence, shap_dependence
    from outfold.judge.column_effect import column_effect, effect_columns
    from outfold.judge.shap_dependence import shap_dependence as dependence

    measured = effect_columns(found)
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
    chart(shap_dependence.draw(seen), "shap-dependence")
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
    chart(picture.draw(ranked, grouped=together), "permutation")
    if not together:
        cautions(found)
    why(
        "Each column’s values are shuffled among the validation rows of a split, the split’s model "
        "predicts them, and the score gets worse by what the column was worth (Breiman 2001; "
        "Fisher, Rudin & Dominici 2019). No model is fitted anew, so it tells what this model "
        "relies on, not what could be done without.",
    )


def small_tree(found: Explanation, view: View) -> None:
    """A tree of few questions beside the model, and how much it may be believed."""
    import pandas as pd

    from outfold.draw import surrogate_tree
    from outfold.judge.column_effect import outcome_of

    trees = [body["surrogate"] for body in found.bodies]
    if not all(len(t) > view.place for t in trees):
        st.info("There is no column that a tree could ask for.", icon=":material/info:")
        return
    at = 0
    if found.n_splits > 1:
        at = st.selectbox(
            "Split", range(found.n_splits), format_func=lambda i: f"Split {i + 1}",
            key="tree-of-split", persist_state="session",
        )  # fmt: skip
    nodes = trees[at][view.place]["nodes"]
    if view.mirrored:
        turn = 1.0 if found.has_probability else 0.0
        nodes = [{**n, "value": turn - n["value"]} for n in nodes]
    fidelity = [t[view.place]["fidelity"] for t in trees]
    chart(surrogate_tree.draw(nodes, fidelity, outcome_of(found, view), at), "surrogate")
    with st.expander("The tree as rules"):
        rules = pd.DataFrame(surrogate_tree.leaves(nodes))
        table(rules, "surrogate-rules", alt="One rule for each leaf", height="content")
    why(
        "A decision tree of at most four questions is fitted to what the model says of its "
        "training rows, and judged by how much of the variance of the model’s predictions it "
        "catches on rows that neither has seen. It stands for the model only as far as that goes "
        "(Craven & Shavlik 1996)."
    )


def one_row(found: Explanation, view: View, study: Study, frame: pd.DataFrame) -> int:
    """Choose a row, and see what moves its prediction; its place among the rows explained."""
    from outfold.draw import shap_waterfall

    place = row_picker(found, view, study, frame)
    chart(shap_waterfall.draw(view, place, frame), "waterfall")
    cautions(found)
    return place


def row_picker(found: Explanation, view: View, study: Study, frame: pd.DataFrame) -> int:
    """Choose one of the rows explained, those with the largest errors first."""
    import numpy as np

    truth = cache.table(study).target[view.rows]
    error = found.errors(truth)
    order = np.argsort(-error, kind="stable")
    which = st.segmented_control(
        "Rows", ("Largest errors", "In the table’s order"), default="Largest errors",
        required=True, key="rows-shown", persist_state="session",
    )  # fmt: skip
    if which != "Largest errors":
        order = np.argsort(view.rows, kind="stable")
    shown = frame.iloc[view.rows[order]].reset_index(drop=True)
    said = [found.classes[int(t)] for t in truth[order]] if found.classes else truth[order]
    shown.insert(0, "prediction", np.round(view.predicted[order], 6))
    shown.insert(0, "truth", said)
    shown.insert(0, "row number", view.rows[order])
    shown = shown.set_axis(_distinct([str(c) for c in shown.columns]), axis=1)
    picked = table(shown, "rows-explained", alt="Rows explained", height=210,
                   select="single-row", download=False)  # fmt: skip
    if not picked:
        st.caption("The first row is shown; choose another by its mark at the left.")
    place = int(order[picked[0] if picked and picked[0] < len(order) else 0])
    said_truth = found.classes[int(truth[place])] if found.classes else short(float(truth[place]))
    predicted = view.predicted[place]
    with st.container(horizontal=True):
        st.metric("Row", f"{view.rows[place]:,}", border=True, width=150)
        st.metric("Truth", plain(said_truth, 40), border=True, width=200)
        label = f"Predicted, {view.name}" if view.name else "Predicted"
        shown_as = share(predicted) if found.has_probability else number(predicted)
        st.metric(plain(label, 60), shown_as, border=True, width=240)
    return place


def _distinct(names: list[str]) -> list[str]:
    """Names of which none comes twice, should the table have a column of the same name."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found
