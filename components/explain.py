"""The explanation of a candidate: offered, followed while it is computed, read, and summed up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components import cache, intents, progress, state
from components.names import candidate_name
from components.shell import missing, problem, why
from components.text import count, plain
from outfold.errors import OutfoldError
from outfold.study.explain.explaining import Explaining

if TYPE_CHECKING:
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
    "to the column they come from. Where they add up to log-odds or a raw score, that is what the "
    "model says before it becomes a probability. It explains the model, not the world: a column "
    "can matter to a model without causing anything."
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
            f"adds up, off by {adds:.0e} at most" if adds else "adds up exactly",
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
