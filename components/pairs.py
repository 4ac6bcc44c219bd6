"""Pairs of candidates: told apart or not, by as much as matters or not, and row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components import cache
from components.chart import chart
from components.judging import names_of
from components.shell import why
from components.table import table
from components.text import count, duration, number, plain, size
from outfold.explore.multiplicity import shown_p
from outfold.metrics.catalogue import metric_named
from outfold.task import is_classification

if TYPE_CHECKING:
    from outfold.judge.leaderboard import Leaderboard
    from outfold.judge.same_rows import SameRows
    from outfold.study.study import Candidate

VERDICTS = {"first": "first better", "same": "equivalent", "second": "second better",
            "undecided": "undecided"}  # fmt: skip

P_VALUE = st.column_config.NumberColumn(format="%.2g")


def pairs(run: str, candidates: Sequence[Candidate], metric: str) -> None:
    """Every pair of candidates, by several questions."""
    if not cache.comparison(run, metric).pairs:
        st.info(
            "A pair is tested on the splits that both have, all of the run's: fewer than two "
            f"candidates have {plain(metric_named(metric).label)} on all of them.",
            icon=":material/info:",
        )
        return
    _tested(run, candidates, metric)
    _equivalent(run, metric)
    if is_classification(cache.study_of(run).task) and not cache.let_go(run)[0]:
        _row_by_row(run, candidates)


def _tested(run: str, candidates: Sequence[Candidate], metric: str) -> None:
    """Whether each pair differs by more than the draw of the splits."""
    found = cache.comparison(run, metric)
    names = names_of(run)
    frame = found.frame()
    chosen = {c.name for c in candidates}
    among = frame["a"].isin(chosen) & frame["b"].isin(chosen)
    if among.any() and not among.all():
        every = st.toggle(
            f"All {len(frame)} pairs, not only of the candidates looked into",
            key="every-pair",
            bind="query-params",
        )
        frame = frame if every else frame[among]
    for side in ("a", "b"):
        frame[side] = frame[side].map(names)
    table(
        frame.drop(columns=["statistic"]).rename(
            columns={"a": "First", "b": "Second", "difference": "First minus second",
                     "low": "From", "high": "To", "p_value": "p", "p_adjusted": "p after Holm",
                     "n_splits": "Splits"}
        ),
        "pairs",
        columns={"p": P_VALUE, "p after Holm": P_VALUE}
        | {c: st.column_config.NumberColumn(format="%.4f")
           for c in ("First minus second", "From", "To")},
        alt="Every pair of candidates",
    )  # fmt: skip
    why(
        f"Method: {found.method}; whichever pairs are shown. Splits share training rows, so an "
        "ordinary t-test finds differences far too often; this method allows for that. Holm's "
        "correction allows for the number of pairs. Ranks over the folds of one table (Friedman, "
        "Nemenyi) are not offered: folds share training rows and are no independent data sets "
        "(Demšar 2006). The view across tables has them, for runs of several tables.",
        "How are pairs compared?",
    )


def _equivalent(run: str, metric: str) -> None:
    """Whether each pair differs by as much as matters, once it is said how much that is."""
    from outfold.draw import equivalence as picture
    from outfold.judge.bayesian_t import equivalence

    label = metric_named(metric).label
    st.markdown("### Does the difference matter?")
    rope = st.number_input(
        f"Differences in {label} up to this do not matter",
        min_value=0.0,
        value=None,
        step=0.005,
        format="%.4g",
        placeholder="for example 0.01",
        help="The region of practical equivalence, in the metric's own unit. Say it before you "
        "look: chosen afterwards it answers nothing.",
        key="rope",
        bind="query-params",
    )
    if rope is None:
        st.caption("Say first what is too small to matter; then the three probabilities are shown.")
        return
    result = cache.measured(run, metric)
    found = cache.remember(
        "equivalence", run, metric, rope, len(result.finished()),
        compute=lambda: equivalence(result, rope, metric),
    )  # fmt: skip
    names = names_of(run)
    chart(picture.draw(found, names), "equivalence")
    why(
        "Bayesian correlated t-test (Corani & Benavoli 2015; Benavoli et al. 2017): the posterior "
        "of the mean difference is Student's t with the splits' variance times 1/J + ρ/(1 − ρ), "
        "ρ the share of rows held out. ρ is a heuristic for how much splits resemble each other, "
        "not an estimate. An answer is given at 95 %, else the pair is undecided, which is not the "
        "same as equivalent.",
        "Where do the probabilities come from?",
    )
    with st.expander("The probabilities as a table"):
        frame = found.frame()
        frame["verdict"] = frame["verdict"].map(VERDICTS)
        for side in ("a", "b"):
            frame[side] = frame[side].map(names)
        headed = {"a": "First", "b": "Second", "difference": "First minus second",
                  "first": "First better", "same": "Equivalent", "second": "Second better",
                  "n_splits": "Splits", "verdict": "Verdict"}  # fmt: skip
        table(
            frame,
            "equivalence-table",
            columns=headed,
            alt="Probabilities of the three answers by pair",
        )


def _row_by_row(run: str, candidates: Sequence[Candidate]) -> None:
    """DeLong and McNemar for two candidates."""
    if len(candidates) < 2:
        return
    st.markdown("### The same rows")
    names, keys = names_of(run), [c.name for c in candidates]
    left, right = st.columns(2)
    with left:
        first: str = st.selectbox(
            "First", keys, format_func=lambda n: names[n], key="row-a", persist_state="session"
        )
    with right:
        rest = [key for key in keys if key != first]
        second: str = st.selectbox(
            "Second", rest, format_func=lambda n: names[n], key="row-b", persist_state="session"
        )
    from outfold.judge.same_rows import same_rows

    found: SameRows = cache.remember(
        "same rows", run, first, second, cache.workspace().records.run(run).done,
        compute=lambda: same_rows(cache.predictions(run, first), cache.predictions(run, second)),
    )  # fmt: skip
    repeated = len(cache.predictions(run, first).rows) > found.rows
    hits, one, other = found.hits, plain(names[first]), plain(names[second])
    st.markdown(
        f"Of {count(found.rows, 'row')}, {hits.only_a_right:,} are right by **{one}** alone and "
        f"{hits.only_b_right:,} by **{other}** alone: accuracy differs by "
        f"{hits.difference:+.2%} ({hits.low:+.2%} to {hits.high:+.2%}), McNemar "
        f"p {shown_p(hits.recommended)}{' (first repeat only, each row once)' * repeated}."
    )
    if found.auc:
        auc = found.auc
        how = (
            "mean of the splits of the first repeat only, as DeLong's test takes each row once"
            if repeated
            else "mean of the splits"
        )
        st.markdown(
            f"ROC AUC {number(auc.a)} and {number(auc.b)} ({how}): difference "
            f"{auc.difference:+.4f} ({auc.low:+.4f} to {auc.high:+.4f}), "
            f"DeLong p {shown_p(auc.p_value)}."
        )
    if not found.exact:
        st.caption(
            "Approximate here: each split has fitted models of its own, and these tests hold them "
            "fixed. How models vary with their training rows is left out, so p-values are too "
            "small; trust the corrected t-test above. With a single hold-out they are exact."
        )
    why(
        "McNemar (1947): only rows that one of the two gets right count; exact below 25 of them, "
        "else with Edwards' correction. DeLong (1988) in the fast form of Sun & Xu (2014), split "
        "by split over one pass of the rows and averaged, since scores of different models are on "
        "no common scale. Both compare these fitted models, not ways of learning.",
        "How are rows compared?",
    )


def tied(run: str, metric: str) -> None:
    """Which member of the group tied with the best is the cheapest and which the simplest."""
    if words := in_words(cache.leaderboard(run, metric), names_of(run)):
        st.markdown(words)


def in_words(board: Leaderboard, names: Mapping[str, str]) -> str:
    """The group at the top and whom to take; a candidate chosen by hand carries its caution."""
    from outfold.judge.tied_group import tied_group
    from outfold.study.by_hand import WARNING, is_by_hand

    found = tied_group(board)
    if found is None:
        return ""
    best = found.names[0]
    chosen = {r.name for r in board.rows if is_by_hand(r.result.candidate.selector)}
    caution = f" ({WARNING[:1].lower()}{WARNING[1:].rstrip('.')})"

    def warned(name: str) -> str:
        return caution if name in chosen else ""

    def named(name: str) -> str:
        return f"**{plain(names[name], 160)}**{warned(name)}"

    said = []
    if found.quickest:
        said.append(
            f"The best{warned(best)} is also the quickest to fit"
            if found.quickest == best
            else f"{named(found.quickest)} is the quickest to fit "
            f"({duration(found.quickest_seconds)} against {duration(found.best_seconds)})"
        )
    if found.simplest:
        said.append(
            f"the best{warned(best)} is also the simplest"
            if found.simplest == best
            else f"{named(found.simplest)} is the simplest: its fitted pipeline takes "
            f"{size(found.simplest_bytes)} against {size(found.best_bytes)}"
        )
    if not said:
        return ""
    n = len(found.names)
    return f"{n} candidates are tied with each other at the top. {'; '.join(said)}."
