"""Deviance in training beside out of fold: offered, followed while it is measured, and drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from components import cache, judging, progress, state
from components.chart import chart
from components.shell import why
from components.table import table
from components.text import count, plain
from outfold.study.study import Candidate, Study

if TYPE_CHECKING:
    from outfold.judge.deviance_trace import TracedCandidate

HOW = (
    "An ordinary run keeps what each candidate predicts for rows that it has not seen, and nothing "
    "of its training rows. So each candidate is fitted again on the training rows of each split, "
    "after the same preparation, selection and resampling, and judged on both sides of the split. "
    "Training rows count as they were before resampling. The deviance in training falls with every "
    "tree and every weaker penalty; only the one out of fold says how many are worth having. The "
    "best stage was itself picked by that curve, so its deviance is slightly too good."
)


def in_sample(run: str) -> Mapping[str, TracedCandidate]:
    """The deviance in training of all candidates or of one; empty until it was measured."""
    from outfold.judge.deviance_trace import traced_study

    study, names = cache.result(run).study, judging.names_of(run)
    known: dict[str, Candidate] = {
        c.name: c.candidate for c in cache.result(run).finished() if not c.candidate.is_baseline
    }
    if not known:
        return {}
    chosen = st.selectbox(
        "Measure in training too", ["", *known],
        format_func=lambda n: names[n] if n else "All candidates", key=f"traced-{run}",
        persist_state="session",
    )  # fmt: skip
    asked = traced_study(study, known[chosen] if chosen else None)
    found = _measured(asked, "Measure it", f"trace-{chosen}",
                      f"Fit {plain(names[chosen], 100) if chosen else 'all candidates'} again on "
                      "the training rows of each split, to see the deviance there beside the one "
                      "out of fold, and of boosting models after every tree.")  # fmt: skip
    return found[1] if found else {}


def _measured(
    asked: Study, button: str, key: str, offer: str
) -> tuple[str, Mapping[str, TracedCandidate]] | None:
    """What a run of this study found; offered where there is none, followed while it runs."""
    from outfold.judge.deviance_trace import traced
    from outfold.study.plan import plan_size
    from outfold.study.run import start
    from outfold.study.selections import latest_run

    measuring = latest_run(cache.workspace(), asked)
    if measuring is None:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            fits = plan_size(asked)[1]
            st.markdown(f"{offer} {count(fits, 'fit')}, in the background.", width="stretch")
            st.button(
                button, key=key, type="primary", icon=":material/stacked_line_chart:",
                on_click=state.attempt, args=(start, cache.workspace(), asked),
            )  # fmt: skip
        return None
    progress.run_progress(measuring, lambda _: None, compact=True)
    if not progress.has_ended(measuring):
        return None
    record = cache.workspace().records.run(measuring)
    found = cache.remember(
        "traced", measuring, record.done, record.state,
        compute=lambda: traced(cache.workspace(), measuring), say="Adding up deviances",
    )  # fmt: skip
    return measuring, found


def stages(found: Mapping[str, TracedCandidate], names: Mapping[str, str]) -> None:
    """The deviance of a boosting model after each tree."""
    from outfold.draw.deviance_stages import deviance_stages

    grown = {name: c for name, c in found.items() if c.stages is not None}
    if not grown:
        if found:
            st.caption("None of the candidates measured in training grows tree by tree.")
        return
    st.markdown("## Tree by tree")
    first = min(grown, key=lambda name: grown[name].test)
    name = st.selectbox(
        "Boosting model", list(grown), list(grown).index(first),
        format_func=lambda n: names.get(n, n), key="traced-stages", persist_state="session",
    )  # fmt: skip
    chart(deviance_stages(grown[name], names.get(name, name)), "deviance-stages")


def path(run: str) -> None:
    """The deviance of a penalised model along its penalty."""
    from outfold.draw.deviance_path import deviance_path as picture
    from outfold.judge.deviance_trace import deviance_path, path_study, penalty_of, strengths

    names = judging.names_of(run)
    known = {
        c.name: c.candidate
        for c in cache.result(run).finished()
        if not c.candidate.is_baseline and penalty_of(c.candidate.model.key)
    }
    if not known:
        return
    st.markdown("## Along the penalty")
    name = st.selectbox(
        "Penalised model", list(known), format_func=lambda n: names[n], key=f"path-{run}",
        persist_state="session",
    )  # fmt: skip
    candidate = known[name]
    parameter = penalty_of(candidate.model.key)
    assert parameter is not None
    values = strengths(parameter)
    found = _measured(
        path_study(cache.result(run).study, candidate), "Measure the path", f"path-{name}",
        f"Fit {plain(names[name], 100)} with {len(values)} values of {parameter.key}, from "
        f"{min(values):g} to {max(values):g}.",
    )  # fmt: skip
    if found is None:
        return
    drawn = deviance_path(cache.workspace(), found[0], candidate)
    if drawn is None:
        st.caption("Too few values were fitted to draw a path.")
        return
    chart(picture(drawn, names[name]), "deviance-path")
    with st.expander("The path as a table"):
        table(drawn.frame(), "deviance-path-table", alt="Deviance by value of the penalty")


def explained() -> None:
    """How it is measured."""
    why(HOW, "How is this measured?")
