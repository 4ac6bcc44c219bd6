"""Which columns carry the signal: the methods that are tried, and the columns that each keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import cache, chart, leaderboard, shell, state, table
from components.names import choice_name
from components.text import plain
from components.trial import trial
from outfold.registry import Facts, registry
from outfold.study.study import Choice, Study

if TYPE_CHECKING:
    from outfold.judge.stability import Agreement

USUAL = ("cfs", "mrmr", "l1")
"""Methods that are put side by side unless the study names some."""

CONSENSUS = (
    "**Consensus** is a vote: on every split each method has one vote for every column that it "
    "keeps. Columns with as many votes are told apart by **Borda points** (de Borda 1781): the "
    "share of other columns that a column comes before, averaged over the methods that rank it. "
    "**Disagreement** is 0 where all methods treat a column alike and 1 where half of them always "
    "keep it and half never do. Methods that look at the same thing, such as two correlation "
    "filters, vote twice; a consensus is a summary and was not chosen by its score."
)
NEEDS_TRIAL = "Try the methods first: the button is above."
RUNNING = "The methods are being tried: see above how far that is. What they find stands here then."
ENDED_EARLY = "The trial ended before there was something to show: what happened stands above."


def methods_of(study: Study, facts: Facts) -> list[Choice]:
    """Choose the methods; those of the study come with the settings that it gives them."""
    known = registry("selector").offered(facts)
    offered = {s.key: s for s, why in known if not why and s.key not in ("none", "pinned")}
    given = {c.path: c for c in study.selectors}
    names = {key: f"{s.label} ({s.family})" for key, s in offered.items()}
    chains = {path: c for path, c in given.items() if c.then is not None}
    names |= {path: choice_name("selector", c) for path, c in chains.items()}
    usual = [k for k in given if k in names] or [k for k in USUAL if k in offered]
    keys = st.multiselect(
        "Methods to put side by side",
        list(names),
        format_func=names.__getitem__,
        help="Settings of a method are those of the study; change them on the page Train.",
        **state.kept("methods", usual, names, several=True),
    )
    chosen = [given.get(key, Choice(key)) for key in keys if key in names]
    # Columns chosen by hand stand beside the methods, since what they are worth is asked as well.
    return chosen + [c for c in study.selectors if c.key == "pinned" and chosen]


def searching(choices: Sequence[Choice]) -> list[Choice]:
    """Those that look at the rows: columns chosen by hand are the same whatever the rows are."""
    return [c for c in choices if c.key != "pinned"]


def tried(study: Study, facts: Facts, choices: Sequence[Choice]) -> tuple[str | None, str]:
    """The trial of the methods that can be shown, and what to say where there is none.

    A trial once finished stays when columns are taken by hand: these alone are offered to be tried.
    """
    from outfold.study.selections import finished_like, latest_run
    from outfold.study.trial import trial_study

    wanted = trial_study(study, facts, "selector", choices)
    workspace = cache.workspace()
    own = latest_run(workspace, wanted)
    shown = None
    if own is None or workspace.records.run(own).state != "finished":
        shown = finished_like(workspace, wanted)
    known = None if shown is None else workspace.study(workspace.records.run(shown).study)
    run = trial(wanted, "methods", filling, known)
    if own is None:
        return shown, NEEDS_TRIAL
    return shown or run, ENDED_EARLY if run else RUNNING


def filling(run: str) -> None:
    """The trial as far as it has come; once it has ended the tabs below tell more."""
    if cache.workspace().records.run(run).state != "finished":
        leaderboard.filling(run)


def names_of(choices: Sequence[Choice]) -> dict[str, str]:
    """Names of selectors for people, by their labels."""
    return {c.label(): choice_name("selector", c) for c in choices}


def matrix(run: str, result: Agreement) -> None:
    """Columns by methods, a page at a time, with a search."""
    from outfold.draw import selector_agreement

    most = selector_agreement.MOST
    left, middle, right = st.columns([2, 2, 3])
    labels = [s.selector for s in result.selectors]
    with left:
        order = st.selectbox(
            "Sort by", ["Consensus", "Disagreement", *labels], key="matrix-sort"
        )  # fmt: skip
    with middle:
        cells = st.segmented_control(
            "Cells show",
            ["kept", "rank"],
            default="kept",
            required=True,
            format_func={"kept": "Share kept", "rank": "Mean rank"}.__getitem__,
            key="matrix-cells",
            bind="query-params",
        )
    with right:
        wanted = ""
        if len(result.columns) > most:
            wanted = st.text_input("Find columns by a part of the name", key="matrix-find")
    rows = _sorted(result, order or "Consensus")
    rows = [i for i in rows if (wanted or "").casefold() in result.columns[i].casefold()]
    if not rows:
        st.info(f"No column has “{plain(wanted)}” in its name.", icon=":material/search_off:")
        return
    pages = -(-len(rows) // most)
    page = st.pagination(pages, key=f"matrix-page-{len(rows)}") if pages > 1 else 1
    part = rows[(page - 1) * most : page * most]
    picture = cache.remember(
        "selector matrix", run, cache.workspace().records.run(run).done, part, cells,
        compute=lambda: chart.drawn(selector_agreement.draw(
                result, part, "rank" if cells == "rank" else "kept"
            )),
    )  # fmt: skip
    chart.chart(picture, "feature-agreement")
    shell.why(CONSENSUS, "What is the consensus?")
    with st.expander("Every column as a table"):
        table.table(
            result.frame(), "feature-ranks", columns=_formats(result),
            alt="Votes, Borda points and disagreement, then each method's share, rank and score",
        )  # fmt: skip


def _sorted(result: Agreement, order: str) -> list[int]:
    """Positions of the columns by what is asked for; consensus is the order they come in."""
    import numpy as np

    places = list(range(len(result.columns)))
    if order == "Disagreement":
        return sorted(places, key=lambda i: -result.disagreement[i])
    labels = [s.selector for s in result.selectors]
    if order not in labels:
        return places
    ranks = np.nan_to_num(result.rank[:, labels.index(order)], nan=np.inf)
    return sorted(places, key=lambda i: ranks[i])


def _formats(result: Agreement) -> dict[str, Any]:
    """How the figures of every column are written."""
    share = st.column_config.NumberColumn(format="percent")
    plainly = st.column_config.NumberColumn(format="%.2f")
    found: dict[str, Any] = {"consensus": share, "borda points": plainly, "disagreement": plainly}
    for s in result.selectors:
        found[f"{s.selector}: share kept"] = share
        found[f"{s.selector}: mean rank"] = st.column_config.NumberColumn(format="%.1f")
        found[f"{s.selector}: {s.score_name}"] = st.column_config.NumberColumn(format="%.4g")
    return found
