"""How do the columns relate?

Every two columns beside each other with the measure that fits their types, each column beside the
target, columns that say the same, and what missing values tell.
"""

import streamlit as st

from components import among, cache, chart, explore, links, measuring, pair, shell, table
from outfold.draw import (
    association_matrix,
    column_histogram,
    missing_relation,
    missingness,
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
some = among.choose(schema, study.target)

pairs, strong, target, same, gaps, one = st.tabs(
    [
        *("Every two columns", "Strong links", "Beside the target", "Saying the same"),
        *("Missing values", "One column"),
    ],
    key="explore",
    bind="query-params",
)
if pairs.open:
    with pairs, shell.boundary():
        how = measuring.choose(schema, explore.classes(study))
        found = explore.associations(study, how, some)
        hide = st.toggle("Only significant pairs", key="only-significant", bind="query-params")
        picture = explore.matrix(study, how, hide, some)
        chart.chart(picture, "associations", select=lambda: pair.take("associations"))
        explore.notes(explore.narrowed(study, some)[1], *found.notes, explore.left_out(found))
        shell.why(measuring.words(), "What is measured?")
        pair.section(study, found)
        with st.expander("The strongest pairs as a table"):
            rows = explore.pair_rows(found)
            columns = explore.columns(rows)
            table.table(rows, "pairs", columns=columns, alt="One row per pair", download=False)
            table.download_table(
                lambda: explore.pair_rows(found, len(found)), "pairs", "Download all pairs as CSV"
            )
if strong.open:
    with strong, shell.boundary():
        links.section(study, some)
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
        chart.chart(redundancy.draw(explore.redundancy(study, threshold, some)), "redundancy")
        explore.notes(explore.narrowed(study, some)[1])
        shell.why(explore.REDUNDANT, "How are groups made?")
        st.markdown("## Mixtures of several others")
        chart.chart(explore.inflation(study, some), "inflation")
        shell.why(explore.INFLATED, "What is variance inflation?")
if gaps.open:
    with gaps, shell.boundary():
        absent, apart = explore.missingness(study), explore.not_features(study)
        chart.chart(missing_relation.draw(absent, apart), "missing-relation")
        counts = dict.fromkeys(frame.columns, 0) | {g.column: g.missing for g in absent.gaps}
        chart.chart(missingness.draw(counts, absent.n_rows, apart), "missing-shares")
        if absent.together:
            st.markdown("## Missing in the same rows")
            together = association_matrix.draw(
                absent.together,
                verb="are missing together",
                apart="No two columns are missing in the same rows more often than by chance",
                only_positive=True,
                dark=chart.dark(),
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
