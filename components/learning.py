"""Would more rows help? The learning curve of some candidates, measured when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components import cache, progress, state
from components.chart import chart
from components.judging import names_of
from components.shell import why
from components.table import table
from components.text import count, plain

if TYPE_CHECKING:
    from outfold.judge.learning_curve import LearningCurve
    from outfold.study.study import Candidate, Study

HOW = (
    "Each split's training rows are thinned, its validation rows are not, and smaller parts lie "
    "within larger ones, so sizes differ by nothing but the training rows. Classes keep their "
    "proportions; with a group column whole groups are taken, with a time column the latest rows. "
    "Through the points goes an inverse power law, a + b·n⁻ᶜ (Cortes et al. 1993; Viering & Loog "
    "2021 review where it holds), larger sizes weighing more (Figueroa et al. 2012). The band "
    "comes from drawing the points anew as the splits scatter, corrected for shared training rows "
    "(Nadeau & Bengio 2003). It assumes that the law goes on. A gain counts as help from a "
    "hundredth of what the candidate is better than the baseline."
)


def learning_curve(run: str, candidates: Sequence[Candidate], metric: str) -> None:
    """The curve of the chosen candidates: offered, followed while it is measured, and drawn."""
    from outfold.study.growing_rows import curve_study
    from outfold.study.selections import latest_run

    study = cache.result(run).study
    asked = curve_study(study, candidates, _shares(study))
    measuring = latest_run(cache.workspace(), asked)
    if measuring is None:
        _offer(asked)
        return
    progress.run_progress(measuring, lambda _: None, compact=True)
    if not progress.has_ended(measuring):
        return
    found = curves(measuring, metric)
    names = names_of(run)
    from outfold.draw import learning_curve as picture

    chart(picture.draw(found, names), "learning-curve")
    why(HOW, "How is this measured?")
    rows = found.frame()
    rows["candidate"] = rows["candidate"].map(names)
    _gains(found, names)
    with st.expander("Every size as a table"):
        table(rows, "learning-curve-sizes", alt="Score by candidate and training rows")


def _shares(study: Study) -> tuple[float, ...]:
    from outfold.study.growing_rows import default_shares
    from outfold.study.steps import with_splits

    return cache.remember(
        "training shares", cache.table_key(study), study.validation, study.seed,
        compute=lambda: default_shares(
            with_splits(cache.table(study), study.replace(train_shares=())).splits,
            cache.table(study),
        ),
    )  # fmt: skip


def _offer(asked: Study) -> None:
    """What a curve would take, and the button that begins it."""
    from outfold.study.plan import plan_size

    candidates, fits = plan_size(asked)
    sizes = 1 + len(asked.train_shares)
    new = fits - fits // sizes
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"Fit {count(candidates, 'candidate')} on {sizes} sizes of the training rows, from "
            f"{min(asked.train_shares):.0%} to all of them: {count(new, 'fit')} more, most of them "
            "on few rows. Those on all rows are reused.",
            width="stretch",
        )
        st.button(
            "Measure the curve",
            key="measure-curve",
            type="primary",
            icon=":material/trending_up:",
            on_click=state.attempt,
            args=(_start, asked),
        )


def _start(asked: Study) -> None:
    from outfold.study.run import start

    start(cache.workspace(), asked)


def curves(run: str, metric: str) -> LearningCurve:
    """The curves of a run that has measured them."""
    from outfold.judge.learning_curve import learning_curve
    from outfold.study.grown_scores import grown_scores

    record = cache.workspace().records.run(run)
    return cache.remember(
        "learning curve", run, record.done, record.state, metric,
        compute=lambda: learning_curve(grown_scores(cache.workspace(), run), metric),
        say="Fitting the curves",
    )  # fmt: skip


def _gains(found: LearningCurve, names: dict[str, str]) -> None:
    """What twice the rows would bring each candidate but the best, one line each."""
    for curve in found.curves:
        if curve.doubling is not None and curve is not found.best:
            said = found.sentence(curve.candidate)
            name = names.get(curve.candidate, curve.candidate)
            st.caption(plain(said.replace(curve.candidate, name), 300))
