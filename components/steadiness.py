"""How steadily methods choose: over the splits of a trial, and over halves of the rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components import cache, chart, shell, state, table
from components.names import choice_name
from components.text import count, duration, plain
from outfold.study.study import Choice, Study

if TYPE_CHECKING:
    import pandas as pd

    from outfold.judge.half_sample_job import Job
    from outfold.judge.half_samples import HalfSamples
    from outfold.judge.stability import Agreement, StabilityInterval

SPLITS = "over the splits"
HALVES = "over half samples"

STABLE = (
    "**Stability** is 1 where a method keeps the same columns each time and about 0 where it draws "
    "them by chance, whatever their number (Nogueira, Sechidis & Brown 2018, with their "
    "asymptotic interval). Below 0.4 they call it poor, above 0.75 excellent. **Over the splits** "
    "it is optimistic, because training folds share most of their rows, and the interval, which "
    "takes selections for independent, is too narrow. **Half samples** share fewer rows; they "
    "tell of a table half as long. Where all or no columns are kept each time, stability is "
    "undefined. **With look-alikes** counts a column as kept in part when one that resembles it "
    "is (Sechidis et al. 2020): it is higher where columns that say the same take turns, and lower "
    "where they come and go together. It rests on |r|, η and Cramér's V as the likeness."
)


def steadiness(study: Study, choices: Sequence[Choice], result: Agreement | None) -> None:
    """Stability with intervals, as far as it is measured, and a button to measure more."""
    from outfold.draw import stability_intervals
    from outfold.judge.half_samples import SAMPLES

    key = _key(study, choices, SAMPLES)
    names = {c.label(): choice_name("selector", c) for c in choices}
    _follow(study, choices, key, SAMPLES)
    found = _found(key)
    groups: dict[str, list[tuple[str, StabilityInterval]]] = {}
    if result is not None:
        groups[SPLITS] = [(s.selector, s.interval) for s in result.selectors]
    if found is not None:
        groups[HALVES] = [(names.get(s.selector, s.selector), s.interval) for s in found.selectors]
    if not groups:
        return
    chart.chart(stability_intervals.draw(groups), "stability")
    table.table(
        rows(groups, found, names), "stability-table", height="content",
        alt="Stability of each method with its interval",
        columns={
            "Stability": st.column_config.NumberColumn(format="%.3f"),
            "Columns kept": st.column_config.NumberColumn(format="%.1f"),
            "Jaccard": st.column_config.NumberColumn(
                format="%.2f", help="Mean share of common columns of two selections; not "
                "corrected for what chance gives"),
            "With look-alikes": st.column_config.NumberColumn(format="%.3f"),
        },
    )  # fmt: skip
    if result is not None:
        for summary in result.selectors:
            if summary.undefined:
                st.caption(f"**{plain(summary.selector, 200)}**: {summary.undefined}")
    if found is not None:
        drawn = (
            f"{count(found.samples, 'half', 'halves')} of about {found.rows:,} rows, drawn from "
            f"{found.drawn_from:,} of {found.of:,} rows."
        )
        st.caption(drawn)
        for s in found.selectors:
            if s.reason:
                st.caption(f"**{plain(names.get(s.selector, s.selector), 200)}**: "
                           f"{plain(s.reason, 300)}")  # fmt: skip
    shell.why(STABLE, "What does stability mean?")


def rows(
    groups: dict[str, list[tuple[str, StabilityInterval]]],
    found: HalfSamples | None,
    names: dict[str, str],
) -> pd.DataFrame:
    """One row per method and way of drawing rows."""
    import pandas as pd

    alike = {names.get(s.selector, s.selector): s.alike for s in found.selectors} if found else {}
    made = [
        {
            "Method": name,
            "Measured": way,
            "Stability": s.value,
            "Interval": "" if s.low != s.low else f"{s.low:.2f} to {min(s.high, 1.0):.2f}",
            "Verdict": s.verdict or "undefined",
            "Columns kept": s.mean_size,
            "Jaccard": s.mean_jaccard,
            "With look-alikes": alike.get(name, float("nan")) if way == HALVES else float("nan"),
        }
        for way, some in groups.items()
        for name, s in some
    ]
    frame = pd.DataFrame(made)
    return (
        frame if frame["With look-alikes"].notna().any() else frame.drop(columns="With look-alikes")
    )


def _key(study: Study, choices: Sequence[Choice], samples: int) -> str:
    from outfold.judge.half_sample_job import asked, job_key

    return job_key(asked(study, choices), samples)


def _found(key: str) -> HalfSamples | None:
    """What was measured on halves, if it is done."""
    return _job(key).result


def _job(key: str) -> Job:
    from outfold.judge.half_sample_job import job

    return job(cache.workspace(), key)


def _follow(study: Study, choices: Sequence[Choice], key: str, samples: int) -> None:
    """Offer to measure on half samples, or show how far that is."""
    before = _job(key)
    if before.state == "finished":
        return

    @st.fragment(run_every=1 if before.is_going else None)
    def watch() -> None:
        now = _job(key)
        if now.state != before.state:
            st.rerun()
        if not now.is_going:
            _offer(study, choices, samples, now)
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(f"Half samples {now.state}", icon=":material/autorenew:", color="blue")
            st.space("stretch")
            st.button(
                "Cancel", key="halves-cancel", icon=":material/stop_circle:",
                on_click=state.attempt, args=(_cancel, key),
            )  # fmt: skip
        text = "Reading the table"
        if now.total:
            text = f"{now.done:,} of {count(now.total, 'selection')}"
            if now.done:
                left = now.seconds / now.done * (now.total - now.done)
                text += f", about {duration(left)} left"
        st.progress(now.done / now.total if now.total else 0.0, text=text)
        if now.now:
            st.caption(f"Now: {plain(now.now, 120)}")

    watch()


def _offer(study: Study, choices: Sequence[Choice], samples: int, now: Job) -> None:
    if now.state == "failed":
        st.warning(f"Half samples failed: {plain(now.reason, 400)}", icon=":material/error:")
    if now.state in ("cancelled", "interrupted"):
        st.caption(f"Measuring on half samples was {now.state}.")
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            "Folds share most of their rows, which flatters stability. Halves of the rows are a "
            f"stricter test: {samples} halves, each method fitted on each, no model.",
            width="stretch",
        )
        st.button(
            f"Measure stability on {samples} half samples",
            key="halves",
            icon=":material/hourglass_empty:",
            on_click=state.attempt,
            args=(_begin, study, tuple(choices), samples),
        )


def _begin(study: Study, choices: tuple[Choice, ...], samples: int) -> None:
    from outfold.judge.half_sample_job import begin

    begin(cache.workspace(), study, choices, samples)


def _cancel(key: str) -> None:
    from outfold.judge.half_sample_job import cancel

    cancel(cache.workspace(), key)
