"""What the methods of a trial keep, cost, and lose or gain beside keeping every column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from components import cache, chart, shell, table
from components.features import names_of
from components.leaderboard import undefined
from components.names import choice_name
from components.text import number, plain
from outfold.study.study import NONE

if TYPE_CHECKING:
    import pandas as pd

    from outfold.judge.selector_value import Worth, Worths
    from outfold.judge.stability import Agreement

WORTH = (
    "Each method is fitted anew on the training rows of every split, and the same model is scored "
    "on the rows held out, once with the columns kept and once with every column. The difference "
    "is tested by the corrected resampled t-test (Nadeau & Bengio 2003), Holm-corrected over the "
    "methods. No measurable difference does not prove that nothing was lost: look at how wide the "
    "interval is. Seconds are what selecting alone took on one training fold. Where "
    "several settings of a method cut one ranking, it was computed once, and each of them is shown "
    "with all of its seconds: so long would it take by itself."
)


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
        rows, "selectors", columns=worth_columns(found, result), height="content", absent="–",
        alt="One row per method: columns kept, seconds, stability, score, difference",
    )  # fmt: skip
    part = [r.n_scored for r in found.rows if r.n_scored < found.n_splits and not r.reason]
    if words := undefined(found.label, min(part, default=found.n_splits), found.n_splits):
        st.caption(words)
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

    known, merit = {s.selector: s for s in result.selectors}, merit_of(result)
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
                merit: summary.merit if summary else float("nan"),
            }
        )
    frame = pd.DataFrame(rows)
    return frame if frame[merit].notna().any() else frame.drop(columns=merit)


def merit_of(result: Agreement) -> str:
    """What the methods' own figures for their sets are called; a plain word where they differ."""
    names = {s.merit_name for s in result.selectors if s.merit_name and s.merit == s.merit}
    return names.pop() if len(names) == 1 else "Own figure"


def _merits(result: Agreement) -> str:
    said = [f"{plain(s.selector, 60)}: {s.merit_name}" for s in result.selectors if s.merit_name]
    return "What a method itself says of the set that it keeps. " + "; ".join(said)


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


def worth_columns(found: Worths, result: Agreement) -> dict[str, Any]:
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
        merit_of(result): figure(format="%.3f", help=_merits(result)),
    }  # fmt: skip
