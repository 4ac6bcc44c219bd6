"""Two candidates side by side, of this run or of another: what differs, and what it did."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components import cache
from components.chart import chart
from components.judging import names_of
from components.pairs import P_VALUE
from components.shell import why
from components.table import table
from components.text import count, plain, share

if TYPE_CHECKING:
    from outfold.judge.side_by_side import SideBySide
    from outfold.study.study import Candidate

MOST_RUNS = 200
"""Newest runs among which those that can be compared are looked for."""
VERDICTS = {"better": "second better", "worse": "second worse", "noise": "within noise",
            "unknown": "–"}  # fmt: skip


def side_by_side(run: str, candidates: Sequence[Candidate], metric: str) -> None:
    """Choose two candidates; what differs between them, and what that did to each metric."""
    runs = _comparable(run)
    other: str = st.selectbox(
        "Compare with a candidate of",
        list(runs),
        format_func=lambda r: runs[r],
        help="Finished runs with the same target and task on the same table.",
        key="beside",
        bind="query-params",
    )
    here = names_of(run)
    there = names_of(other)
    first_of, second_of = _ranked(run, metric), _ranked(other, metric)
    if not first_of or not second_of:
        st.info("One of the runs has no finished candidate.", icon=":material/info:")
        return
    left, right = st.columns(2)
    chosen = candidates[0].name
    with left:
        one: str = st.selectbox(
            "First",
            first_of,
            index=first_of.index(chosen) if chosen in first_of else 0,
            format_func=lambda n: here[n],
            key="first",
            bind="query-params",
        )
    with right:
        # Of one run the best other one; of another run the same candidate, where it has it.
        start = 0 if other == run and second_of[0] != one else min(1, len(second_of) - 1)
        if other != run:
            start = second_of.index(one) if one in second_of else 0
        two: str = st.selectbox(
            "Second",
            second_of,
            index=start,
            format_func=lambda n: there[n],
            key="second",
            bind="query-params",
        )
    if (run, one) == (other, two):
        st.info("Choose two candidates that differ.", icon=":material/info:")
        return
    _differing(run, one, other, two)
    found = _compared(run, one, other, two)
    from outfold.draw import side_by_side as picture

    chart(picture.draw(found, here[one], there[two]), "side-by-side")
    if found.otherwise == found.otherwise:
        st.caption(
            f"Of {count(found.rows, 'row')} held out, {share(found.otherwise)} of the predictions "
            "name another class."
        )
    if not found.paired:
        st.caption(
            "The two were not judged on the same splits, so nothing can be paired and only large "
            "differences are told from noise. Same table, fixes, validation and seed give the same "
            "splits."
        )
    why(
        f"Method: {found.method}, with Holm's correction over the metrics. Metrics measure much "
        "the same thing, so several that agree are not several pieces of evidence.",
        "How is noise told from change?",
    )
    frame = found.frame().drop(columns=["metric", "direction", "p_value"])
    frame["verdict"] = frame["verdict"].map(VERDICTS)
    table(
        frame.rename(columns={"label": "Metric", "first": "First", "second": "Second",
                              "difference": "Second minus first", "low": "From", "high": "To",
                              "p_adjusted": "p after Holm", "verdict": "Verdict"}),
        "side-by-side-table",
        columns={"p after Holm": P_VALUE}
        | {c: st.column_config.NumberColumn(format="%.4f")
           for c in ("First", "Second", "Second minus first", "From", "To")},
        alt="Each metric of both candidates",
    )  # fmt: skip


def _comparable(run: str) -> dict[str, str]:
    """This run, then finished runs that answer the same question, newest first, with names."""
    study = cache.study_of(run)
    found = {run: "this run"}
    for record in cache.workspace().recent_runs(MOST_RUNS):
        if record.id == run or record.state != "finished":
            continue
        other = cache.study_of(record.id)
        if (other.dataset, other.target, other.task) != (study.dataset, study.target, study.task):
            continue
        if other.is_aside:
            continue
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.created))
        found[record.id] = f"{when}, {count(len(other.candidates()), 'candidate')}"
    return found


def _ranked(run: str, metric: str) -> list[str]:
    return [r.name for r in cache.leaderboard(run, metric).rows if r.rank is not None]


def _differing(run: str, one: str, other: str, two: str) -> None:
    """What was chosen otherwise."""
    import pandas as pd

    from outfold.study.difference import differences

    sides = [
        (cache.study_of(r), cache.result(r)[name].candidate)
        for r, name in ((run, one), (other, two))
    ]
    found = differences(sides[0], sides[1])
    if not found:
        st.markdown("Nothing differs between the two but when they were run.")
        return
    st.markdown("**What differs:** " + plain("; ".join(d.what.lower() for d in found), 300))
    table(
        pd.DataFrame([[d.what, d.first, d.second] for d in found],
                     columns=["What", "First", "Second"]),
        "differing",
        height="content" if len(found) < 12 else "auto",
        alt="What was chosen otherwise",
        download=False,
    )  # fmt: skip


def _compared(run: str, one: str, other: str, two: str) -> SideBySide:
    from outfold.judge.side_by_side import side_by_side

    return cache.remember(
        "side by side", run, one, other, two,
        cache.workspace().records.run(run).done, cache.workspace().records.run(other).done,
        compute=lambda: side_by_side(
            (cache.result(run), cache.predictions(run, one)),
            (cache.result(other), cache.predictions(other, two)),
        ),
        say="Comparing the two",
    )  # fmt: skip
