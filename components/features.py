"""Which columns carry the signal: what the methods of a trial keep, cost, and are worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import cache, chart, leaderboard, shell, state, table
from components.names import choice_name
from components.params import replacing
from components.text import count, number, plain
from components.trial import trial
from outfold.registry import Facts, registry
from outfold.study.study import NONE, Choice, Study

if TYPE_CHECKING:
    import pandas as pd

    from outfold.judge.selector_value import Worth, Worths
    from outfold.judge.stability import Agreement
    from outfold.study.table import StudyTable

USUAL = ("cfs", "mrmr", "l1")
"""Methods that are put side by side unless the study names some."""

TICKED = 200
"""Columns up to which one can start from all of them and take some out."""

CONSENSUS = (
    "**Consensus** is a vote: on every split each method has one vote for every column that it "
    "keeps. Columns with as many votes are told apart by **Borda points** (de Borda 1781): the "
    "share of other columns that a column comes before, averaged over the methods that rank it. "
    "**Disagreement** is 0 where all methods treat a column alike and 1 where half of them always "
    "keep it and half never do. Methods that look at the same thing, such as two correlation "
    "filters, vote twice; a consensus is a summary and was not chosen by its score."
)
WORTH = (
    "Each method is fitted anew on the training rows of every split, and the same model is scored "
    "on the rows held out, once with the columns kept and once with every column. The difference "
    "is tested by the corrected resampled t-test (Nadeau & Bengio 2003), Holm-corrected over the "
    "methods. No measurable difference does not prove that nothing was lost: look at how wide the "
    "interval is. Seconds are what selecting alone took on one training fold."
)
REPEATS = (
    "A method that looks at how columns go together leaves out a column that says what a kept one "
    "says. Which one it names may change from split to split; the one named most often is shown. "
    "The association is |Pearson r| of two numbers, the correlation ratio η of a number and "
    "levels, and Cramér's V of two columns of levels, measured in the first training fold. CFS "
    "itself goes by symmetrical uncertainty, after "
    "cutting numbers into bins, so what it calls a repeat can show a low |r|."
)
NEEDS_TRIAL = "Try the methods first: the button is above."
RUNNING = "The methods are being tried: see above how far that is. What they find stands here then."
ENDED_EARLY = "The trial ended before there was something to show: what happened stands above."
TAKING = (
    "Taking a method adds it to the comparison: it is **fitted again in each training fold**, so "
    "the score stays honest, and the columns may differ a little from fold to fold. The list that "
    "you see here is not what is taken."
)


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
        default=usual,
        format_func=names.__getitem__,
        help="Settings of a method are those of the study; change them on the page Train.",
        key="methods",
        bind="query-params",
        persist_state="session",
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


def worths(run: str) -> Worths:
    """Each method of a trial beside keeping every column."""
    from outfold.judge.selector_value import selector_worth
    from outfold.study.selections import selections

    record = cache.workspace().records.run(run)
    stored = None if cache.let_go(run)[0] else lambda name: cache.predictions(run, name)
    return cache.remember(
        "selector worth", run, record.done, record.state,
        compute=lambda: selector_worth(
            cache.result(run), selections(cache.workspace(), run), predictions=stored
        ),
    )  # fmt: skip


def worth(run: str, result: Agreement) -> None:
    """What each method keeps, costs, and loses or gains, as a chart and a table."""
    from outfold.draw import selector_value

    found = worths(run)
    names = names_of([r.selector for r in found.rows])
    chart.chart(selector_value.draw(found, names), "selector-worth")
    rows = worth_rows(found, result)
    table.table(
        rows, "selectors", columns=worth_columns(found), height="content",
        alt="One row per method: columns kept, seconds, stability, score, difference",
    )  # fmt: skip
    for row in found.rows:
        if row.reason:
            name = names[row.selector.label()]
            st.caption(f"**{plain(name, 200)}**: {plain(row.reason, 400)}")
    for summary in result.selectors:
        for note in summary.notes:
            st.caption(f"**{plain(summary.selector, 200)}**: {plain(note, 300)}")
    shell.why(WORTH, "How is it judged?")


def worth_rows(found: Worths, result: Agreement) -> pd.DataFrame:
    """One row per method, keeping every column first."""
    import pandas as pd

    known = {s.selector: s for s in result.selectors}
    rows = []
    for r in found.rows:
        name = choice_name("selector", r.selector)
        summary = known.get(name)
        rows.append(
            {
                "Method": name,
                "Verdict": _verdict(r),
                "Columns kept": r.n_kept,
                "Seconds": r.seconds,
                "Stability": summary.stability if summary else float("nan"),
                found.label: r.score,
                "Interval": _range(r.low, r.high),
                "Difference": r.difference,
                "Its interval": _range(r.difference_low, r.difference_high),
                "p (Holm)": r.p_adjusted,
                "Merit": summary.merit if summary else float("nan"),
            }
        )
    frame = pd.DataFrame(rows)
    return frame if frame["Merit"].notna().any() else frame.drop(columns="Merit")


def _range(low: float, high: float) -> str:
    return "" if low != low or high != high else f"{number(low)} to {number(high)}"


def _verdict(row: Worth) -> str:
    if row.selector == NONE:
        return "the yardstick"
    return {
        "better": "▲ better",
        "same": "● no difference",
        "worse": "▼ worse",
        "unknown": "not tested",
    }[row.verdict]


def worth_columns(found: Worths) -> dict[str, Any]:
    """How the columns of ``worth_rows`` are shown."""
    figure, text = st.column_config.NumberColumn, st.column_config.TextColumn
    better = "More" if found.higher else "Less"
    return {
        "Method": text(pinned=True),
        "Verdict": text(
            help="Against keeping every column; ● where no difference could be measured"
        ),
        "Columns kept": figure(format="%.1f", help="Mean over the splits"),
        "Seconds": figure(
            format="%.3g", help="Wall seconds of selecting on one training fold, mean"
        ),
        "Stability": st.column_config.ProgressColumn(
            min_value=0.0, max_value=1.0, format="%.2f",
            help="1: the same columns on every split; 0: as if drawn by chance",
        ),
        found.label: figure(format="%.4f", help=f"Out of fold, mean. {better} is better."),
        "Interval": text(help=f"{found.confidence:.0%} interval of the mean"),
        "Difference": figure(format="%+.4f", help="To keeping every column, on the same splits"),
        "Its interval": text(help=f"{found.confidence:.0%}, of the difference. {found.method}."),
        "p (Holm)": figure(format="%.2g", help="Corrected for the number of methods"),
        "Merit": figure(format="%.3f", help="The method's own figure for its set"),
    }  # fmt: skip


def repeats(study: Study, data: StudyTable, run: str, result: Agreement) -> None:
    """What correlation-based methods dropped, and because of which column that they kept."""
    import pandas as pd

    from outfold.draw import dropped_columns
    from outfold.study.first_fold import strengths

    told = {s.selector: s for s in result.selectors if s.dropped_because}
    if not told:
        st.info(
            "None of these methods dropped a column because it repeats another. CFS, mRMR and "
            "Correlation look at that.",
            icon=":material/info:",
        )
        return
    pairs = sorted({(d, k) for s in told.values() for d, k in s.dropped_because.items()})
    alike = cache.remember(
        "repeats", run, study.key, pairs,
        compute=lambda: strengths(data, study, pairs),
        say="Measuring how alike dropped and kept columns are",
    )  # fmt: skip
    name = next(iter(told))
    if len(told) > 1:
        name = st.segmented_control(
            "Method", list(told), default=name, required=True, key="repeats-method"
        ) or name  # fmt: skip
    chart.chart(dropped_columns.draw(told[name].dropped_because, alike, name), "dropped-chart")
    rows = [
        {"Method": s, "Left out": d, "Because of": k, "Association": alike.get((d, k))}
        for s, summary in told.items()
        for d, k in sorted(summary.dropped_because.items(), key=lambda item: item[1])
    ]
    table.table(
        pd.DataFrame(rows), "dropped-columns", alt="Dropped columns with their reasons",
        columns={"Association": st.column_config.NumberColumn(format="%.3f")},
    )  # fmt: skip
    shell.why(REPEATS, "How is a repeat found?")


def take(study: Study, choices: Sequence[Choice]) -> None:
    """Buttons that add a method to the comparison, and what that means."""
    st.markdown("## Take a method into the study")
    st.caption(TAKING.replace("**", ""))
    with st.container(horizontal=True):
        for choice in choices:
            if choice.key == "pinned":
                continue
            name, there = choice_name("selector", choice), choice in study.selectors
            st.button(
                f"{plain(name, 60)} is in the study" if there else f"Take {plain(name, 60)}",
                key=f"add-{choice.path}",
                icon=":material/check:" if there else ":material/add:",
                disabled=there,
                on_click=state.attempt,
                args=(_take, study, choice, name),
            )


def _take(study: Study, choice: Choice, name: str) -> None:
    state.commit(replacing("selector", study, choice))
    state.tell(f"{name} is compared from now on; it is fitted again in each training fold.")


def by_hand(study: Study, data: StudyTable, result: Agreement | None) -> None:
    """Choose columns one by one, starting from what methods keep, and take exactly these."""
    from outfold.study.by_hand import WARNING

    columns = [str(c) for c in data.frame.columns]
    given = next(
        (dict(c.params).get("columns") for c in study.selectors if c.key == "pinned"), None
    )
    starts: dict[str, tuple[str, ...]] = {}
    if isinstance(given, tuple):
        starts["What the study has"] = given
    if result is not None:
        starts["The consensus: at least half of the votes"] = result.majority()
        starts |= {f"{s.selector}": result.usually_kept(s.selector) for s in result.selectors}
    starts["Nothing"] = ()
    if len(columns) <= TICKED:
        starts["Every column"] = tuple(columns)
    left, _ = st.columns(2)
    with left:
        start = st.selectbox(
            "Start from", list(starts), key="pin-start",
            format_func=lambda s: f"{s} ({len(starts[s])})" if s in starts else s,
        )  # fmt: skip
    first = starts.get(start or "", ())
    ticked = st.multiselect(
        "Columns",
        columns,
        default=[c for c in columns if c in set(first)],
        # Another start fills the box anew.
        key=f"pin-{start}-{len(first)}",
    )
    st.warning(
        f"{WARNING} You have seen all rows, and a list cannot be chosen anew in each fold. "
        "Results with it carry this mark everywhere.",
        icon=":material/back_hand:",
    )
    st.button(
        f"Take exactly {'this column' if len(ticked) == 1 else f'these {len(ticked):,} columns'}",
        key="pin-take",
        type="primary",
        icon=":material/push_pin:",
        disabled=not ticked,
        on_click=state.attempt,
        args=(_pin, study, tuple(ticked)),
    )


def _pin(study: Study, columns: tuple[str, ...]) -> None:
    state.commit(replacing("selector", study, Choice.of("pinned", columns=columns)))
    state.tell(f"{count(len(columns), 'column')} chosen by hand: compared from now on.")
