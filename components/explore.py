"""How the columns relate: what the exploration asks for, remembered by what it depends on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import cache, large
from components.chart import Drawn, drawn
from components.text import plain
from outfold.data.propose import default_role
from outfold.data.schema import Schema
from outfold.errors import NotApplicableError
from outfold.explore.measures import MEASURES
from outfold.study.study import Study
from outfold.task import is_classification

if TYPE_CHECKING:
    import pandas as pd

    from outfold.explore.associations import Associations
    from outfold.explore.missing import Missingness
    from outfold.explore.redundancy import Redundancy
    from outfold.explore.relevance import Relevance

MOST_COLUMNS = 300
"""Columns whose pairs are all measured on the page; of more, those most relevant to the target."""

MISSING = {"pairwise": "Pair by pair", "complete": "Complete rows only"}


LISTED = 500
"""Pairs that the table lists."""

MEASURED = (
    "**Two numbers or dates**: Pearson's r, −1 to 1. **Two columns of levels**: Cramér's V, "
    "corrected for what chance gives (Bergsma 2013), 0 to 1. **A number and levels**: the "
    "correlation ratio, 0 to 1, from the one-way analysis of variance. Each pair is tested by "
    "itself; p-values are then adjusted so that of the pairs called significant about one in "
    "twenty is so by chance (Benjamini & Hochberg 1995). Rows with a missing value are left out "
    "pair by pair, so pairs may rest on different rows."
)
RELEVANT = (
    "Correlation ratios are corrected for the number of levels (Kelley 1935) and Cramér's V for "
    "what chance gives (Bergsma 2013): otherwise a column with many levels would look relevant by "
    "chance alone. Intervals: Fisher's z for correlations, the noncentral F distribution for "
    "correlation ratios (Steiger 2004), the delta method for Cramér's V. Relevance is measured on "
    "all rows, so it must not be used to choose columns before validation; selectors do that "
    "inside the folds."
)
REDUNDANT = (
    "Hierarchical clustering with complete linkage on 1 − association: any two columns of a group "
    "reach the threshold. The star is the member most relevant to the target."
)


def _parts(study: Study) -> tuple[object, ...]:
    """What every exploration depends on."""
    return (study.dataset, study.fixes, study.types, study.roles, study.target, study.task)


def schema_of(study: Study) -> Schema:
    """The columns that take part: all but those that are ignored or name rows."""
    _, schema = cache.typed(study)
    kept = [
        c
        for c in schema.columns
        if c.name == study.target
        or (study.role_of(c.name) or default_role(c)) not in ("ignore", "id")
    ]
    return Schema(tuple(kept))


def classes(study: Study) -> tuple[str, ...]:
    """The target, where its numbers stand for classes."""
    return (study.target,) if is_classification(study.task) else ()


def relevance(study: Study) -> Relevance:
    """Every column's association with the target."""
    from outfold.explore.relevance import relevance

    return cache.remember(
        "relevance", *_parts(study),
        compute=lambda: relevance(
            cache.typed(study)[0], schema_of(study), study.target, task=study.task
        ),
        say="Measuring every column against the target",
    )  # fmt: skip


def narrowed(study: Study) -> tuple[Schema, str]:
    """The columns whose pairs are measured, and a sentence where these are not all."""
    schema = schema_of(study)
    if len(schema) <= MOST_COLUMNS:
        return schema, ""
    best = [row.column for row in relevance(study).rows[: MOST_COLUMNS - 1]]
    kept = {*best, study.target}
    return (
        Schema(tuple(c for c in schema.columns if c.name in kept)),
        f"Of {len(schema):,} columns the {len(kept)} most relevant to the target are compared.",
    )


def associations(study: Study, measure: Any, missing: Any) -> Associations:
    """The associations of all pairs of columns."""
    from outfold.explore.associate import associate

    return cache.remember(
        "associations", *_parts(study), measure, missing,
        compute=lambda: large.with_all_rows(
            associate(
                cache.typed(study)[0], narrowed(study)[0], measure,
                missing=missing, as_levels=classes(study),
            ),
            study,
        ),
        say="Measuring every two columns",
    )  # fmt: skip


def matrix(study: Study, measure: Any, missing: Any, only_significant: bool) -> Drawn:
    """The picture of all pairs; drawn once, because it holds thousands of cells."""
    from outfold.draw import association_matrix

    return cache.remember(
        "matrix", *_parts(study), measure, missing, only_significant,
        compute=lambda: drawn(
            association_matrix.draw(
                associations(study, measure, missing), hide_insignificant=only_significant
            )
        ),
    )  # fmt: skip


def redundancy(study: Study, threshold: float) -> Redundancy:
    """Groups of columns that say nearly the same, the most relevant standing for each."""
    from outfold.explore.redundancy import redundancy

    return cache.remember(
        "redundancy", *_parts(study), threshold,
        compute=lambda: redundancy(
            associations(study, "auto", "pairwise"),
            relevance(study).strengths(),
            threshold=threshold,
            apart=(study.target,),
        ),
    )  # fmt: skip


def missingness(study: Study) -> Missingness:
    """Where values are missing, and whether that goes with the target."""
    from outfold.explore.missing import missingness

    return cache.remember(
        "missingness", *_parts(study),
        compute=lambda: missingness(
            cache.typed(study)[0], schema_of(study), study.target, task=study.task
        ),
        say="Looking where values are missing",
    )  # fmt: skip


def pair(study: Study, a: str, b: str, by: str | None) -> Drawn:
    """The picture of two columns beside each other.

    Raises:
        NotApplicableError: The pair has no picture.
    """
    from outfold.draw import pair_plot
    from outfold.explore.pair import pair

    def compute() -> Drawn:
        frame, schema = cache.typed(study)
        return drawn(pair_plot.draw(pair(frame, schema, a, b, by=by, as_levels=classes(study))))

    return cache.remember("pair", *_parts(study), a, b, by, compute=compute)


def measure_and_missing() -> tuple[str, str]:
    """Choose the measure and what is done about missing values."""
    left, right = st.columns(2)
    with left:
        measure = st.selectbox(
            "Measure",
            ["auto", *MEASURES],
            format_func=lambda key: (
                "The one that fits each pair" if key == "auto" else MEASURES[key].label
            ),
            help="Numbers: Pearson's r. Levels: Cramér's V, bias-corrected. A number and levels: "
            "correlation ratio.",
            key="measure",
            bind="query-params",
            persist_state="session",
        )
    with right:
        missing = st.segmented_control(
            "Rows with missing values",
            list(MISSING),
            default="pairwise",
            required=True,
            format_func=MISSING.__getitem__,
            key="missing",
            bind="query-params",
            persist_state="session",
        )
    return measure or "auto", missing or "pairwise"


def pair_choice(names: Sequence[str], clicked: Any, first: tuple[str, str]) -> tuple[str, str]:
    """Choose two columns; a click in the matrix chooses them too."""
    points = clicked.selection.points if clicked else []
    chosen = points[0].get("customdata") if points else None
    a, b = chosen if chosen and set(chosen) <= set(names) else first
    cells = st.columns(2)
    # The key carries the click, so that a new click fills both boxes anew.
    with cells[0]:
        one = st.selectbox("Column", names, index=names.index(a), key=f"pair-a-{a}-{b}")
    with cells[1]:
        other = st.selectbox("Beside", names, index=names.index(b), key=f"pair-b-{a}-{b}")
    return one or a, other or b


def split_of(study: Study, a: str, b: str) -> str | None:
    """The target as the third column of a pair's picture, where that has a meaning."""
    if not is_classification(study.task) or study.target in (a, b):
        return None
    return study.target


def pair_or_reason(study: Study, a: str, b: str, by: str | None) -> Drawn | None:
    """A pair's picture; where it has none, the reason is said."""
    try:
        return pair(study, a, b, by)
    except NotApplicableError as error:
        st.info(f"{plain(error.message, 300)} {plain(error.hint, 300)}", icon=":material/info:")
        return None


def notes(*texts: str) -> None:
    """What was sampled, changed or left out."""
    for text in texts:
        if text:
            st.caption(plain(text, 400))


def left_out(found: Associations) -> str:
    """A sentence about the columns that take no part, and why."""
    if not found.left_out:
        return ""
    first = [f"{c.name} {c.why}" for c in found.left_out[:6]]
    more = len(found.left_out) - len(first)
    return "Left out: " + "; ".join(first) + (f"; and {more:,} more." if more > 0 else ".")


def pattern_rows(found: Missingness) -> pd.DataFrame:
    """One row a pattern of missing values, most rows first."""
    import pandas as pd

    return pd.DataFrame(
        {
            "Missing together": [", ".join(p.columns) or "(nothing)" for p in found.patterns],
            "Columns": [len(p.columns) for p in found.patterns],
            "Rows": [p.rows for p in found.patterns],
            "Share of rows": [p.rows / found.n_rows for p in found.patterns],
        }
    )


def pair_rows(found: Associations) -> pd.DataFrame:
    """The strongest pairs, one a row."""
    rows = found.frame(LISTED)
    rows["measure"] = [MEASURES[key].label for key in rows["measure"]]
    return rows.drop(columns="reason").rename(
        columns={"a": "Column", "b": "Beside", "measure": "Measure", **_FIGURES}
    )


def relevance_rows(found: Relevance) -> pd.DataFrame:
    """Every column beside the target, the most relevant first."""
    from outfold.explore.relevance import measure_label

    rows = found.frame().drop(columns="strength")
    rows["measure"] = [measure_label(row) for row in found.rows]
    return rows.rename(
        columns={
            "column": "Column",
            "measure": "Measure",
            "low": "From",
            "high": "To",
            "interval": "Interval by",
            "reason": "No value because",
            **_FIGURES,
        }
    )


_FIGURES = {"value": "Value", "p_value": "p", "p_adjusted": "p adjusted", "n": "Rows"}


def columns(rows: pd.DataFrame) -> dict[str, Any]:
    """How the figures of a table are written: p-values and associations to three digits."""
    forms = {"Value": "%.3f", "From": "%.3f", "To": "%.3f", "p": "%.2g", "p adjusted": "%.2g"}
    forms |= {"Rows": "localized", "Share of rows": "percent"}
    return {
        name: st.column_config.NumberColumn(format=form)
        for name, form in forms.items()
        if name in rows
    }
