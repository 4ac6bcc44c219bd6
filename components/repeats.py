"""Columns that methods left out because they repeat another one that was kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components import cache, chart, shell, table
from outfold.study.study import Study

if TYPE_CHECKING:
    from outfold.judge.stability import Agreement
    from outfold.study.table import StudyTable

REPEATS = (
    "A method that looks at how columns go together leaves out a column that says what a kept one "
    "says. Which one it names may change from split to split; the one named most often is shown. "
    "The association is |Pearson r| of two numbers, the correlation ratio η of a number and "
    "levels, and Cramér's V of two columns of levels, measured in the first training fold. CFS "
    "itself goes by symmetrical uncertainty, after "
    "cutting numbers into bins, so what it calls a repeat can show a low |r|."
)


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
