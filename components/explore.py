"""How the columns relate: what the exploration asks for, remembered by what it depends on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import cache, large, waiting
from components.among import MOST_COLUMNS, Among
from components.among import USUAL as ALL
from components.among import narrowed as choose_among
from components.chart import Drawn, dark, drawn
from components.measuring import Measuring
from components.text import plain
from outfold.data.propose import default_role
from outfold.data.schema import Schema
from outfold.explore.measures import MEASURES
from outfold.study.study import Study
from outfold.task import is_classification

if TYPE_CHECKING:
    import pandas as pd

    from outfold.explore.associations import Associations
    from outfold.explore.missing import Missingness
    from outfold.explore.network import Network
    from outfold.explore.redundancy import Redundancy
    from outfold.explore.relevance import Relevance

SAME = 0.8
"""Columns count as saying the same from this strength on, unless the person moves it."""
LISTED = 500
"""Pairs that the table lists."""

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
INFLATED = (
    "The variance inflation factor is 1 / (1 − R²) of a column regressed on all others: how much "
    "wider the interval of its coefficient becomes because the others say the same. Levels are "
    "judged together, by the generalised factor brought to one coefficient (Fox & Monette 1992). "
    "It sees mixtures of several columns that no pair shows. Measured on rows without any gap, the "
    "target left out. Trees and penalised models suffer little from it."
)


def parts(study: Study) -> tuple[object, ...]:
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

    return waiting.remember(
        "relevance", *parts(study),
        compute=lambda report: relevance(
            cache.typed(study)[0], schema_of(study), study.target, task=study.task, report=report
        ),
        say="Measuring every column against the target",
    )  # fmt: skip


def narrowed(study: Study, among: Among = ALL) -> tuple[Schema, str]:
    """The columns whose pairs are measured, and a sentence where these are not all."""
    schema = schema_of(study)
    ranked: list[str] = []
    if len(schema) > MOST_COLUMNS and among.by == "relevant":
        ranked = [row.column for row in relevance(study).rows]
    return choose_among(schema, study.target, among, ranked)


USUAL = Measuring()


def associations(study: Study, how: Measuring = USUAL, among: Among = ALL) -> Associations:
    """The associations of all pairs of columns."""
    from outfold.explore.associate import associate

    measure: Any = how.measure
    missing: Any = how.missing
    schema = narrowed(study, among)[0]

    def compute(report: Callable[[float], None]) -> Associations:
        frame = cache.typed(study)[0]
        found = associate(
            frame, schema, measure, by_kind=dict(how.kinds), missing=missing,
            as_levels=classes(study), report=report,
        )  # fmt: skip
        return large.with_all_rows(found, study)

    return waiting.remember(
        "associations", *parts(study), how, among,
        compute=compute, say="Measuring every two columns",
    )  # fmt: skip


def matrix(study: Study, how: Measuring, only_significant: bool, among: Among = ALL) -> Drawn:
    """The picture of all pairs; drawn once, because it holds thousands of cells."""
    from outfold.draw import association_matrix

    found, ground = associations(study, how, among), dark()
    return cache.remember(
        "matrix", *parts(study), how, among, only_significant, ground,
        compute=lambda: drawn(
            association_matrix.draw(found, hide_insignificant=only_significant, dark=ground)
        ),
        say="Drawing the matrix",
    )  # fmt: skip


def network(study: Study, threshold: float, among: Among = ALL) -> Network:
    """The strong links, with a place for each column."""
    from outfold.explore.network import network

    found, groups = associations(study, USUAL, among), redundancy(study, SAME, among)
    relevant = relevance(study).strengths()
    return cache.remember(
        "network", *parts(study), threshold, among,
        compute=lambda: network(
            found, relevant, groups, threshold=threshold, target=study.target
        ),
        say="Placing the columns",
    )  # fmt: skip


def inflation(study: Study, among: Among = ALL) -> Drawn:
    """The picture of how far each column is a mixture of the others.

    Raises:
        NotApplicableError: There are too few columns or rows.
    """
    from outfold.draw import variance_inflation
    from outfold.explore.collinearity import collinearity

    columns = Schema(tuple(c for c in narrowed(study, among)[0].columns if c.name != study.target))

    def compute() -> Drawn:
        return drawn(variance_inflation.draw(collinearity(cache.typed(study)[0], columns)))

    return cache.remember(
        "inflation", *parts(study), among,
        compute=compute, say="Setting every column against all others",
    )  # fmt: skip


def redundancy(study: Study, threshold: float, among: Among = ALL) -> Redundancy:
    """Groups of columns that say nearly the same, the most relevant standing for each."""
    from outfold.explore.redundancy import redundancy

    found, relevant = associations(study, USUAL, among), relevance(study).strengths()
    return cache.remember(
        "redundancy", *parts(study), threshold, among,
        compute=lambda: redundancy(
            found, relevant, threshold=threshold, apart=(study.target,)
        ),
    )  # fmt: skip


def not_features(study: Study) -> tuple[str, ...]:
    """The columns that are ignored or name rows: text often, which can have gaps like any other."""
    taking_part = schema_of(study)
    return tuple(name for name in cache.typed(study)[1].names() if name not in taking_part)


def missingness(study: Study) -> Missingness:
    """Where values of all columns are missing, and whether that goes with the target."""
    from outfold.explore.missing import missingness

    return waiting.remember(
        "missingness", *parts(study),
        compute=lambda report: missingness(
            *cache.typed(study), study.target, task=study.task, report=report
        ),
        say="Looking where values are missing",
    )  # fmt: skip


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


def pair_rows(found: Associations, top: int = LISTED) -> pd.DataFrame:
    """The strongest pairs, one a row."""
    rows = found.frame(top)
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
