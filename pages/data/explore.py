"""How do the columns relate?

Every two columns beside each other with the measure that fits their types, each column beside the
target, columns that say the same, and what missing values tell.
"""

import streamlit as st

from components import cache, chart, explore, shell, table
from outfold.draw import (
    association_matrix,
    column_histogram,
    missing_relation,
    redundancy,
    relevance,
)
from outfold.task import is_classification

TITLE = "Explore"
ICON = ":material/scatter_plot:"
ORDER = 20

study = shell.need_study()
frame, _ = cache.typed(study)
schema = explore.schema_of(study)

pairs, target, same, gaps, one = st.tabs(
    ["Every two columns", "Beside the target", "Saying the same", "Missing values", "One column"],
    key="explore",
    bind="query-params",
)
if pairs.open:
    with pairs, shell.boundary():
        measure, missing = explore.measure_and_missing()
        found = explore.associations(study, measure, missing)
        hide = st.toggle("Only significant pairs", key="only-significant", bind="query-params")
        picture = explore.matrix(study, measure, missing, hide)
        clicked = chart.chart(picture, "associations", select=True)
        explore.notes(explore.narrowed(study)[1], *found.notes, explore.left_out(found))
        shell.why(explore.MEASURED, "What is measured?")
        if len(found):
            st.markdown("## One pair")
            strongest = found.at(int(found.strongest(1)[0]) if len(found.strongest(1)) else 0)
            a, b = explore.pair_choice(found.columns, clicked, (strongest.a, strongest.b))
            shown = explore.pair_or_reason(study, a, b, explore.split_of(study, a, b))
            if shown:
                chart.chart(shown, "pair")
            with st.expander("The strongest pairs as a table"):
                rows = explore.pair_rows(found)
                table.table(rows, "pairs", columns=explore.columns(rows), alt="One row per pair")
if target.open:
    with target, shell.boundary():
        relevant = explore.relevance(study)
        chart.chart(relevance.draw(relevant), "relevance")
        explore.notes(*relevant.notes)
        rows = explore.relevance_rows(relevant)
        table.table(rows, "by-column", columns=explore.columns(rows), alt="One row per column")
        shell.why(explore.RELEVANT, "How are columns of different types compared?")
if same.open:
    with same, shell.boundary():
        threshold = st.slider(
            "Columns count as saying the same from this association on",
            0.3, 1.0, 0.8, 0.05, key="threshold", bind="query-params",
        )  # fmt: skip
        chart.chart(redundancy.draw(explore.redundancy(study, threshold)), "redundancy")
        explore.notes(explore.narrowed(study)[1])
        shell.why(explore.REDUNDANT, "How are groups made?")
if gaps.open:
    with gaps, shell.boundary():
        absent = explore.missingness(study)
        chart.chart(missing_relation.draw(absent), "missing-relation")
        if absent.together:
            st.markdown("## Missing in the same rows")
            together = association_matrix.draw(
                absent.together,
                verb="are missing together",
                apart="No two columns are missing in the same rows more often than by chance",
                only_positive=True,
            )
            chart.chart(together, "missing-together")
        if absent.gaps:
            st.markdown("## Patterns of missing values")
            rows = explore.pattern_rows(absent)
            table.table(rows, "patterns", columns=explore.columns(rows), alt="One row per pattern")
if one.open:
    with one, shell.boundary():
        name = st.selectbox("Column", schema.names(), key="column", bind="query-params")
        split = frame[study.target] if is_classification(study.task) else None
        if name:
            by = None if name == study.target else split
            chart.chart(column_histogram.draw(frame[name], schema[name], by), "distribution")
