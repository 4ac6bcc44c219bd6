"""Candidates ranked over several tables: finished runs are picked, one a table."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from components import cache
from components.chart import chart
from components.judging import names_of
from components.shell import why
from components.table import table
from components.text import count, cut, plain
from outfold.errors import UnknownNameError
from outfold.explore.multiplicity import shown_p
from outfold.metrics.catalogue import catalogue

if TYPE_CHECKING:
    from outfold.judge.across_tables import AcrossTables, TableRun
    from outfold.metrics.metric import Metric

MOST_RUNS = 200
"""Newest runs among which those of other tables are looked for."""

HOW = (
    "Each table is one block: candidates are ranked by their mean score out of fold within it, "
    "ties share the average rank, and Friedman's test, corrected for ties, asks whether all rank "
    "alike; its p-value is Iman & Davenport's (1980), with fewer than ten tables that of 10,000 "
    "shuffles of the ranks within tables. Candidates whose average ranks differ by less than "
    "Nemenyi's (1963) critical difference are joined by a bar (Demšar 2006). Nemenyi's answer for "
    "two candidates depends on which others take part, so beside it stands the signed-rank test of"
    " each pair with Holm's correction (Benavoli, Corani & Mangili 2016). Tables have to be "
    "independent of each other; the folds of one table are not, and are never used here."
)


def across_tables(run: str, metric: str) -> None:
    """Pick finished runs of other tables; the ranks of the candidates that all have."""
    from outfold.draw import critical_difference
    from outfold.judge.across_tables import ENOUGH, across_tables, common_candidates

    measured = catalogue()[metric]
    own = _table_run(run)
    others = _offered(run, metric)
    if not others:
        st.info(
            "No finished run of another table has two or more of these candidates. Open another "
            "table, choose the same models, selectors and resamplers with the same parameters, and "
            "run it; then the two can be ranked together here.",
            icon=":material/info:",
        )
        why(HOW, "Why several tables?")
        return
    picked: list[str] = st.multiselect(
        f"Beside {plain(own.table, 60)}, runs of",
        list(others),
        default=_proposed(own, others, measured),
        format_func=lambda name: _called(name, others[name]),
        help="Finished runs of other tables that have at least two of this run's candidates. One "
        "run a table: runs of the same table share rows and are no independent data.",
        key="across",
        bind="query-params",
    )
    if not picked:
        st.info("Choose a run of at least one other table.", icon=":material/info:")
        return
    chosen = [own, *(others[name] for name in picked)]
    found: AcrossTables = cache.remember(
        "across", [run, *picked], metric,
        [len(r.result.finished()) for r in chosen],
        compute=lambda: across_tables(chosen, metric),
    )  # fmt: skip
    names: dict[str, str] = {}
    for name in (run, *picked):
        names |= names_of(name)
    chart(critical_difference.draw(found, names), "critical-difference")
    for note in found.notes:
        st.warning(plain(note, 400), icon=":material/warning:")
    test = found.test
    if len(found.tables) < ENOUGH:
        told = f"p {shown_p(found.permutation_p)} by permutation"
    else:
        told = f"p {shown_p(test.f_p_value)} by Iman & Davenport's F"
    st.markdown(
        f"Do all rank alike? Friedman's test over {len(found.tables)} tables: χ² {test.chi2:.2f} "
        f"on {count(test.df, 'degree')} of freedom, {told}."
    )
    why(HOW, "How are tables put together?")
    _tables(found, names)
    if missing := [n for n in common_candidates([own], measured) if n not in found.candidates]:
        st.caption(
            f"{count(len(missing), 'candidate')} of this run left out, which some table lacks: "
            + plain("; ".join(names[n] for n in missing[:6]), 300)
        )


def _tables(found: AcrossTables, names: Mapping[str, str]) -> None:
    """Ranks, pairs and scores."""
    pairs = found.pair_frame()
    for side in ("a", "b"):
        pairs[side] = pairs[side].map(names)
    table(
        pairs.rename(columns={
            "a": "First", "b": "Second", "rank_difference": "Rank difference",
            "nemenyi_p": "Nemenyi p", "wins": "First better on", "losses": "Second better on",
            "wilcoxon_p": "Signed-rank p", "wilcoxon_adjusted": "after Holm",
        }),
        "across-pairs",
        columns={c: st.column_config.NumberColumn(format="%.3g")
                 for c in ("Nemenyi p", "Signed-rank p", "after Holm")}
        | {"Rank difference": st.column_config.NumberColumn(format="%.2f")},
        alt="Every pair of candidates over the tables",
    )  # fmt: skip
    with st.expander("Every table's scores"):
        frame = found.frame().rename(columns={"table": "Table", **names})
        table(frame, "across-scores", alt=f"Mean {found.label} by table and candidate")
    with st.expander("Average ranks"):
        ranks = found.rank_frame().drop(columns="tables")
        ranks["candidate"] = ranks["candidate"].map(names)
        table(
            ranks.rename(columns={"candidate": "Candidate", "average_rank": "Average rank",
                                  "best_on": "Tables on which it is best"}),
            "across-ranks",
            alt="Average rank of each candidate",
        )  # fmt: skip


def _table_run(run: str) -> TableRun:
    from outfold.judge.across_tables import TableRun

    result = cache.result(run)
    known = cache.dataset(result.study.dataset)
    rows = known.whole.key if known.whole else known.key
    return TableRun(result, known.name, rows, tuple(c.name for c in known.schema.columns))


def _offered(run: str, metric: str) -> dict[str, TableRun]:
    """Finished runs of other tables with two or more of this run's candidates, newest first."""
    from outfold.judge.across_tables import common_candidates

    own, measured = _table_run(run), catalogue()[metric]
    here = {c.name for c in own.result.candidates}
    found: dict[str, TableRun] = {}
    for record in cache.workspace().recent_runs(MOST_RUNS):
        if record.id == run or record.state != "finished":
            continue
        study = cache.study_of(record.id)
        if study.is_aside or study.task not in measured.tasks:
            continue
        if len(here.intersection(c.name for c in study.candidates())) < 3:  # with the baseline
            continue
        try:
            other = _table_run(record.id)
        except UnknownNameError:
            continue  # its table was removed from the workspace
        if other.rows != own.rows and len(common_candidates([own, other], measured)) > 1:
            found[record.id] = other
    return found


def _proposed(own: TableRun, others: Mapping[str, TableRun], metric: Metric) -> list[str]:
    """One run a table: the one with most candidates in common, as long as many stay common."""
    from outfold.judge.across_tables import common_candidates

    sizes = {n: len(common_candidates([own, r], metric)) for n, r in others.items()}
    best: dict[str, str] = {}
    for name in sorted(others, key=lambda n: -sizes[n]):
        best.setdefault(others[name].rows, name)
    chosen: list[str] = []
    common = 0
    for name in best.values():
        left = len(common_candidates([own, *(others[n] for n in (*chosen, name))], metric))
        if not chosen or left >= max(2, (common + 1) // 2):
            chosen.append(name)
            common = left
    return chosen


def _called(run: str, of: TableRun) -> str:
    when = time.strftime(
        "%Y-%m-%d %H:%M", time.localtime(cache.workspace().records.run(run).created)
    )
    # Options are shown as they are, so nothing in them has to be escaped.
    return f"{cut(of.table, 40)}, {cut(of.result.study.target, 30)} ({when})"
