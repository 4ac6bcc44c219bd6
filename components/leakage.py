"""The leakage meter: what one would have believed, had a step been done before the split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import streamlit as st

from components import cache, progress, state
from components.chart import chart
from components.names import choice_name
from components.shell import why
from components.table import table
from components.text import count, duration, plain
from outfold.registry import registry
from outfold.study.study import NONE, Choice, Study

if TYPE_CHECKING:
    from outfold.judge.leakage import Leakage
    from outfold.registry import Facts
    from outfold.study.run import RunProgress

SECONDS = (30, 120, 600)
"""Times that are offered; a longer one takes more rows and splits."""
START = 15.0
"""Seconds that the run service may take to start."""

FOLLOWING = "more follow until the time is over"
ENDED = "it was ended before more were measured"

HOW = (
    "The same splits are scored several times. **Out of fold**: preparation, selection and "
    "resampling see training rows only. **Before the split**: one of them sees all rows first. "
    "Resampling first is done as people do it: all rows are prepared and resampled, then split, "
    "and the score is taken on resampled rows, made ones included. Rows that were there before "
    "keep their side; a made row is on the side of a row of its class drawn at random, so copies "
    "and relatives of a validation row are trained on. The optimism is how much better the second "
    "score is, mean over the splits, with the corrected resampled t interval (Nadeau & Bengio "
    "2003). See Ambroise & McLachlan 2002 and Hastie, Tibshirani & Friedman 2009, 7.10, for "
    "selection; Santos et al. 2018 for resampling; Kaufman et al. 2012 for leakage in general."
)


def meter(
    study: Study,
    kind: Literal["selector", "resampler"],
    choices: Sequence[Choice],
) -> None:
    """Offer the measurement, follow it, and show what it found.

    Args:
        study: The study that is open.
        kind: Which of its steps the page is about.
        choices: The methods of that kind that the page compares, ``none`` left out.
    """
    from outfold.study.leakage import leakage_study
    from outfold.study.selections import latest_run

    st.markdown("## What doing it before the split would have promised")
    data = cache.table(study)
    asked = leakage_study(study, *_chosen(study, data.facts, kind, choices))
    run = latest_run(cache.workspace(), asked)
    found = _found(asked, study.metric, data.positive, run)
    if found is not None:
        _show(found)
    elif run is not None and not progress.has_ended(run):
        progress.run_progress(
            run,
            lambda _: _show_so_far(asked, study.metric, data.positive, FOLLOWING),
            compact=True,
            bar=lambda now: _bar(run, asked, now),
        )
    else:
        if run is not None:
            _say_how_it_ended(run)
        _offer(asked)
        if run is not None:
            _show_so_far(asked, study.metric, data.positive, ENDED)
    why(HOW, "How is this measured?")


def _chosen(
    study: Study, facts: Facts, kind: Literal["selector", "resampler"], choices: Sequence[Choice]
) -> tuple[Choice, Choice, Choice, float]:
    """The selector, resampler and model that are measured, and the seconds that it may take."""
    from outfold.study.trial import quick_model

    own = {c.path: c for c in (*study.selectors, *study.resamplers, *study.models)}
    chains = {path: c for path, c in own.items() if c.then is not None}
    kinds: tuple[Literal["selector", "resampler", "model"], ...] = (
        "selector", "resampler", "model"
    )  # fmt: skip
    picked = []
    *columns, last = st.columns(4)
    for column, each in zip(columns, kinds, strict=True):
        offered = [s.key for s, reason in registry(each).offered(facts) if not reason]
        offered = [key for key in offered if key != "dummy"]
        names = {s.key: s.label for s in registry(each)}
        if each == "selector":
            names |= {path: choice_name(each, c) for path, c in chains.items()}
            offered += chains
        given = {c.path: c for c in choices if each == kind}
        makers = [key for key, c in given.items() if "over" in registry(each)[c.key].family]
        first = next((key for key in [*reversed(makers), *given] if key in offered), NONE.key)
        if each == "model":
            first = quick_model(facts).key
        with column:
            key = st.selectbox(
                each.capitalize(),
                offered,
                format_func=names.__getitem__,
                **state.kept(
                    f"leakage-{kind}-{each}", [first if first in offered else offered[0]], offered
                ),
            )
        picked.append(given.get(key) or own.get(key) or Choice(key))
    with last:
        seconds = st.selectbox(
            "Time",
            SECONDS,
            format_func=lambda s: f"at most {duration(s)}",
            help="A large table is sampled to stay within it.",
            key=f"leakage-{kind}-seconds",
            bind="query-params",
            persist_state="session",
        )
    return picked[0], picked[1], picked[2], float(seconds)


def _say_how_it_ended(run: str) -> None:
    """Why there is nothing to show of a measurement that has ended."""
    record = cache.workspace().records.run(run)
    if record.state == "cancelled":
        st.info("The measurement was cancelled.", icon=":material/stop_circle:")
    elif record.state == "finished":
        st.info("It was measured by an earlier version; measure it again.", icon=":material/info:")
    else:
        reason = record.reason or "The process that measured is gone."
        st.warning(plain(reason, 400), icon=":material/info:")


def _bar(run: str, asked: Study, now: RunProgress) -> tuple[float, str]:
    """How much of the time is over, and what is measured."""
    at_most = duration(asked.meter_seconds)
    if now.state == "queued":
        return 0.0, f"Waiting for workers; then it takes at most {at_most}"
    record = cache.workspace().records.run(run)
    waited = (record.started or record.created) - record.created
    # A service that had to be started counts; the turn of other runs does not.
    spent = min(asked.meter_seconds, now.seconds + (waited if waited < START else 0.0))
    latest = next((e for e in now.events if e.kind in ("planned", "finished")), None)
    doing = "reading the table"
    if latest is not None:
        doing = latest.label.removeprefix("fit ")
    return (
        spent / asked.meter_seconds,
        f"{round(spent)} s of at most {at_most}: {plain(doing, 120)}",
    )


def _offer(asked: Study) -> None:
    names = [choice_name("selector", asked.selectors[0]) if asked.selectors[0] != NONE else "",
             choice_name("resampler", asked.resamplers[0]) if asked.resamplers[0] != NONE else "",
             choice_name("model", asked.models[0])]  # fmt: skip
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"Score {plain(', '.join(filter(None, names)), 120)} on this table, once as it should "
            f"be and once with each step done before the split. It takes at most "
            f"{duration(asked.meter_seconds)}; a large table is sampled.",
            width="stretch",
        )
        st.button(
            "Measure it on this table",
            key=f"measure-leakage-{asked.key}",
            type="primary",
            icon=":material/water_drop:",
            on_click=state.attempt,
            args=(_start, asked),
        )


def _start(asked: Study) -> None:
    from outfold.study.run import start

    start(cache.workspace(), asked)


def _show_so_far(asked: Study, metric: str, positive: int, then: str) -> None:
    """What a measurement that goes on, or was ended early, has found, and what becomes of it."""
    from outfold.draw import leakage as picture
    from outfold.judge.leakage import leakage
    from outfold.study.leaky_scores import leaky_scores

    measured = leaky_scores(cache.workspace(), asked, positive, so_far=True)
    if measured is None:
        return
    found = leakage(measured, metric or None)
    chart(picture.draw(found), "leakage-so-far")
    of = f"{found.rows:,} of {found.of_rows:,} rows and {found.n_splits} of "
    splits = count(measured.n_splits, "split")
    st.caption(f"These are first figures, on {of}{splits}: {then}.")


def _found(asked: Study, metric: str, positive: int, run: str | None) -> Leakage | None:
    """What was measured; None until it is."""
    from outfold.study.leaky_scores import leaky_scores

    def compute() -> Leakage | None:
        measured = leaky_scores(cache.workspace(), asked, positive)
        if measured is None:
            return None
        from outfold.judge.leakage import leakage

        return leakage(measured, metric or None)

    state_now = cache.workspace().records.run(run).state if run else ""
    return cache.remember("leakage", asked.key, metric, run, state_now, compute=compute)


def _show(found: Leakage) -> None:
    from outfold.draw import leakage as picture

    chart(picture.draw(found), "leakage")
    if found.notes:
        st.caption(plain(" ".join(found.notes), 1200))
    with st.expander("The figures as a table"):
        rows = found.frame()
        table(rows, "leakage-table", alt="Honest and believed score of each mistake")
        st.caption(
            plain(
                "Optimism is positive where the mistake flatters; low and high are its interval: "
                f"{found.interval}.",
                300,
            )
        )
