"""Measured again with one thing varied: a parameter's value, or the seed; asked for by a button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components import cache, progress, state
from components.chart import chart
from components.judging import names_of, one_of
from components.shell import why
from components.table import table
from components.text import count, plain

if TYPE_CHECKING:
    from outfold.study.study import Candidate, Study


def parameter(run: str, candidates: Sequence[Candidate], metric: str) -> None:
    """The validation curve of one parameter of a candidate's model."""
    from outfold.draw import parameter_curve
    from outfold.study.selections import latest_run
    from outfold.study.varied import own_value, variable, varied_study

    able = [c for c in candidates if not c.is_baseline and variable(c.model)]
    if not able:
        st.info("None of these models has a number to vary.", icon=":material/info:")
        return
    chosen = one_of(able, "varied-of")
    params = {p.key: p for p in variable(chosen.model)}
    key: str = st.selectbox(
        "Parameter",
        list(params),
        format_func=lambda k: params[k].label,
        key="parameter",
        bind="query-params",
    )
    param = params[key]
    if param.help:
        st.caption(plain(param.help, 300))
    asked = varied_study(cache.study_of(run), chosen, param)
    measuring = latest_run(cache.workspace(), asked)
    if measuring is None:
        _offer([asked], f"Fit {len(asked.models)} values of {param.label.lower()}", "vary")
        return
    progress.run_progress(measuring, lambda _: None, compact=True)
    if not progress.has_ended(measuring):
        return
    board = cache.leaderboard(measuring, metric)
    values = {
        r.name: float(v)
        for r in board.rows
        if not r.baseline
        and isinstance(v := own_value(r.result.candidate.model, param), int | float)
    }
    own = own_value(chosen.model, param)
    mark = float(own) if isinstance(own, int | float) else None
    chart(parameter_curve.draw(board, param, values, mark), "parameter-curve")
    why(
        "Everything but this parameter is as in the run, splits included. To choose a value by "
        "this curve and quote its score flatters it; tuning inside the folds, on the Train page, "
        "does not.",
        "How is this measured?",
    )


def seeds(run: str, candidates: Sequence[Candidate], metric: str) -> None:
    """How far the scores of the chosen candidates move with the seed alone."""
    from outfold.draw import seed_variance as picture
    from outfold.judge.seed_variance import seed_variance
    from outfold.study.selections import latest_run
    from outfold.study.varied import seed_studies

    asked = seed_studies(cache.study_of(run), candidates)
    runs = [latest_run(cache.workspace(), one) for one in asked]
    missing = [one for one, found in zip(asked, runs, strict=True) if found is None]
    if missing:
        _offer(
            missing, f"Run the chosen candidates with {count(len(missing), 'more seed')}", "seed"
        )
    known = [found for found in runs if found is not None]
    going = [found for found in known if not progress.has_ended(found)]
    if len(going) > 1:
        st.button(
            f"Cancel all {len(going)} runs",
            key="cancel-seeds",
            icon=":material/stop_circle:",
            on_click=state.attempt,
            args=(_cancel, tuple(going)),
        )
    for found in known:
        progress.run_progress(found, lambda _: None, compact=True)
    results = [cache.result(found) for found in known if progress.has_ended(found)]
    done = [result for result in results if result.state == "finished"]
    if not done:
        return
    measured = seed_variance([cache.result(run), *done], metric)
    names = names_of(run)
    chart(picture.draw(measured, names), "seed-variance")
    why(
        "A seed decides how rows are dealt into splits and where models that draw lots begin. The "
        "same rows are used throughout, so this is less than how scores vary with new data "
        "(Bouthillier et al. 2021). A seed chosen by its score flatters it.",
        "What does a seed decide?",
    )
    with st.expander("Every seed as a table"):
        frame = measured.frame()
        frame["candidate"] = frame["candidate"].map(names)
        table(frame, "seed-scores", alt="Mean score by candidate and seed")


def _offer(asked: Sequence[Study], what: str, key: str) -> None:
    """What it would take, and the button that begins it."""
    from outfold.study.plan import plan_size

    fits = sum(plan_size(one)[1] for one in asked)
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"{plain(what)}: up to {count(fits, 'fit')}; those that are stored are reused.",
            width="stretch",
        )
        st.button(
            "Measure",
            key=f"measure-{key}",
            type="primary",
            icon=":material/play_arrow:",
            on_click=state.attempt,
            args=(_start, tuple(asked)),
        )


def _start(asked: Sequence[Study]) -> None:
    from outfold.study.run import start

    for one in asked:
        start(cache.workspace(), one)


def _cancel(runs: Sequence[str]) -> None:
    from outfold.study.run import cancel

    for run in runs:
        cancel(cache.workspace(), run)
