"""Scores on training rows beside those out of fold: offered, measured in the background, drawn."""

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
    from outfold.judge.generalisation_gap import GeneralisationGap
    from outfold.study.study import Candidate, Study

HOW = (
    "A run keeps no fitted models, so each chosen candidate is fitted again on the training rows "
    "of each split, after the same preparation, selection, resampling and tuning, and then "
    "predicts rows that it was fitted on: as they were before resampling, at most 10,000 a split, "
    "drawn by the seed. **These scores are not out of fold** and reach no ranking. The gap's "
    "interval is that of the corrected resampled t (Nadeau & Bengio 2003). A candidate is said to "
    "overfit where the gap is surely above 0 and at least a tenth of what it gains over the "
    "baseline in training, and to underfit where it is surely worse on its own training rows than "
    "the best candidate is out of fold. Forests, boosting and nearest neighbours repeat their "
    "training rows almost by construction: a large gap alone is no reason to leave one that "
    "scores best out of fold, but a stronger limit on it, or more rows, may bring the two closer."
)


def generalisation_gap(run: str, candidates: Sequence[Candidate], metric: str) -> None:
    """The gap of the chosen candidates: offered, followed while it is measured, and drawn."""
    from outfold.draw import generalisation_gap as picture
    from outfold.study.selections import latest_run
    from outfold.study.training_rows import gap_study

    asked = gap_study(cache.result(run).study, candidates)
    measuring = latest_run(cache.workspace(), asked)
    if measuring is None:
        _offer(asked)
        return
    progress.run_progress(measuring, lambda _: None, compact=True)
    if not progress.has_ended(measuring):
        return
    found, names = gaps(measuring, metric), names_of(run)
    if not found.candidates:
        st.info("No training row was predicted: see the run's messages.", icon=":material/info:")
        return
    chart(picture.draw(found, names), "generalisation-gap")
    for one in found.candidates:
        if one is not found.best and not one.baseline:
            st.caption(plain(found.sentence(one.candidate, names), 300))
    if any(one.sampled for one in found.candidates):
        rows = max(one.rows for one in found.candidates)
        st.caption(f"In training: {rows:,.0f} rows a split, drawn from all that were fitted on.")
    why(HOW, "How is this measured?")
    _tables(found, names)


def _tables(found: GeneralisationGap, names: dict[str, str]) -> None:
    from outfold.judge.generalisation_gap import VERDICTS

    with st.expander("Every candidate and split as a table"):
        frame = found.frame()
        frame["candidate"] = frame["candidate"].map(names)
        frame["verdict"] = frame["verdict"].map(VERDICTS)
        table(
            frame.rename(columns={
                "candidate": "Candidate", "train": "Training rows (not out of fold)",
                "held_out": "Out of fold", "gap": "Gap", "low": "From", "high": "To",
                "lost": "Share of gain lost", "verdict": "Verdict",
            }),
            "gap-candidates",
            columns={"Share of gain lost": st.column_config.NumberColumn(format="percent")},
            alt="Scores in training and out of fold by candidate",
        )  # fmt: skip
        rows = found.by_split()
        rows["candidate"] = rows["candidate"].map(names)
        table(
            rows.rename(columns={
                "candidate": "Candidate", "split": "Split",
                "train": "Training rows (not out of fold)", "held_out": "Out of fold",
                "gap": "Gap",
            }),
            "gap-splits",
            alt="Scores in training and out of fold by candidate and split",
        )  # fmt: skip


def _offer(asked: Study) -> None:
    """What it would take, and the button that begins it."""
    from outfold.study.plan import plan_size

    candidates, fits = plan_size(asked)
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"Overfitting, underfitting? The score of {count(candidates - 1, 'candidate')} on rows "
            "that were fitted on, beside the score out of fold, split by split: "
            f"{count(fits, 'fit')}, in the background; what comes before a fit is reused.",
            width="stretch",
        )
        st.button(
            "Measure the gap",
            key="measure-gap",
            type="primary",
            icon=":material/compare_arrows:",
            on_click=state.attempt,
            args=(_start, asked),
        )


def _start(asked: Study) -> None:
    from outfold.study.run import start

    start(cache.workspace(), asked)


def gaps(run: str, metric: str) -> GeneralisationGap:
    """The gaps of a run that has measured them."""
    from outfold.judge.generalisation_gap import generalisation_gap

    record = cache.workspace().records.run(run)
    return cache.remember(
        "generalisation gap", run, record.done, record.state, metric,
        compute=lambda: generalisation_gap(cache.workspace(), run, metric),
        say="Scoring training rows",
    )  # fmt: skip
