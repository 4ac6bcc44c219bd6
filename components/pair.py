"""Two columns beside each other: their picture, and every measure that fits them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from components import cache, chart, explore, state, table, waiting
from components.chart import Drawn, drawn
from components.text import plain
from outfold.errors import NotApplicableError
from outfold.explore.measures import MEASURES, Report
from outfold.explore.multiplicity import shown_p
from outfold.study.study import Study
from outfold.task import is_classification

if TYPE_CHECKING:
    import pandas as pd

    from outfold.explore.associations import Associations

ONE, OTHER = "pair-a", "pair-b"
HELD = ("Partial correlation", "Partial rank correlation")
"""Measures of a pair with others held fixed, as their names begin."""


def take(key: str) -> None:
    """Show the pair that was clicked on in a chart."""
    if names := state.pointed(key):
        state.put({ONE: names[0], OTHER: names[1]})


def section(study: Study, found: Associations) -> None:
    """Choose two columns, or show the strongest pair; everything about them."""
    if not len(found):
        return
    best = found.strongest(1)
    first = found.at(int(best[0]) if len(best) else 0)
    st.markdown("## One pair")
    names = [*found.columns]
    cells = st.columns(3)
    with cells[0]:
        a = st.selectbox(
            "Column", names, index=names.index(first.a), key=ONE, bind="query-params"
        ) or first.a  # fmt: skip
    # Another measure may leave out one of two columns chosen: the other must not meet itself.
    rest = [name for name in names if name != a]
    beside = first.a if first.b == a else first.b
    with cells[1]:
        b = st.selectbox(
            "Beside", rest, index=rest.index(beside), key=OTHER, bind="query-params"
        ) or beside  # fmt: skip
    kinds = ("numeric", "datetime", "boolean")
    schema = explore.schema_of(study)
    numbers = [c.name for c in schema.columns if c.type in kinds and c.name not in (a, b)]
    with cells[2]:
        given = st.multiselect(
            "Given",
            numbers,
            placeholder="Nothing held fixed",
            help="Columns whose influence is taken out of two numbers: partial correlation. The "
            "picture then shows what is left of both.",
            key="pair-given",
        )
    rows = measured(study, a, b, tuple(given))
    fixed = rows["name"].str.startswith(HELD)
    if given and fixed.any():
        rows = rows.loc[[*rows.index[fixed], *rows.index[~fixed]]]
        shown = with_held_fixed(study, a, b, tuple(given))
    else:
        if given:
            st.info(
                "Others can be held fixed between two numbers only; shown is the pair as it is.",
                icon=":material/info:",
            )
        shown = by_its_measure(study, found, a, b, rows)
    if shown:
        chart.chart(shown, "pair")
    if len(rows):
        listed = worded(rows)
        forms = explore.columns(listed.drop(columns="p")) | widths(listed)
        alt = "One row per measure that fits the pair"
        table.table(listed, "measures-of-the-pair", columns=forms, alt=alt)
        if given and fixed.any():
            st.caption("Rows without “given” are of the pair before anything is held fixed.")


def with_held_fixed(study: Study, a: str, b: str, given: tuple[str, ...]) -> Drawn | None:
    """What the columns held fixed leave of two numbers, by values or ranks."""
    of = st.segmented_control(
        "Its measure", HELD, default=HELD[0], required=True, key="pair-held"
    )  # fmt: skip
    return picture_or_reason(study, a, b, "auto", given, ranked=of == HELD[1])


def by_its_measure(
    study: Study, found: Associations, a: str, b: str, rows: pd.DataFrame
) -> Drawn | None:
    """The picture of a pair by one of its measures, which is chosen."""
    keys = [k for k in rows["key"] if isinstance(k, str)]
    measure = "auto"
    if len(keys) > 1:
        usual = usual_of(found, a, b, keys)
        measure = st.segmented_control(
            "Its measure",
            keys,
            default=usual,
            required=True,
            format_func=lambda k: MEASURES[k].label,
            key=f"pair-measure-{a}-{b}-{usual}",
        ) or usual  # fmt: skip
    return picture_or_reason(study, a, b, measure)


def usual_of(found: Associations, a: str, b: str, keys: list[Any]) -> Any:
    """The measure that the matrix shows of a pair, else the usual one of its types."""
    try:
        shown = found.of(a, b).measure
    except KeyError:
        shown = None
    return shown if shown in keys else keys[0]


def measured(study: Study, a: str, b: str, given: tuple[str, ...]) -> pd.DataFrame:
    """Every measure of a pair, one a row."""
    from outfold.explore.pair_measures import measures_frame, pair_measures

    def compute(report: Report) -> pd.DataFrame:
        frame, schema = cache.typed(study)
        found = pair_measures(
            frame, schema, a, b, given=given, as_levels=explore.classes(study), report=report
        )
        return measures_frame(found)

    return waiting.remember(
        "pair measures", *explore.parts(study), a, b, given,
        compute=compute, say="Measuring the pair in every way",
    )  # fmt: skip


INTERVALS = (
    "How From and To were found, with 95 % confidence. Variances: 1.06 / (n − 3) of "
    "Spearman's rho, 0.437 / (n − 4) of Kendall's tau-b (Fieller, Hartley & Pearson 1957)."
)


def worded(rows: pd.DataFrame) -> pd.DataFrame:
    """The measures under the names that a person reads, p-values never as nought."""
    listed = rows.assign(
        p_value=[shown_p(p) for p in rows["p_value"]],
        interval=[how.partition(", variance")[0] for how in rows["interval"]],
    )
    listed = listed.drop(columns="key").rename(
        columns={
            "name": "Measure",
            "value": "Value",
            "low": "From",
            "high": "To",
            "interval": "Interval by",
            "p_value": "p",
            "test": "Test",
            "n": "Rows",
            "note": "Note",
        }
    )
    shown = ["Measure", "Value", "From", "To", "p", "Rows", "Test", "Interval by"]
    return listed[[*shown, "Note"] if listed["Note"].any() else shown]


LETTER, BESIDE = 6.6, 22
"""Pixels that a letter of a table is wide, and that stand beside a text."""


def widths(listed: pd.DataFrame) -> dict[str, Any]:
    """As much room for texts as the longest needs: tables otherwise cut those on their right."""
    texts = [name for name in ("Measure", "p", "Test", "Interval by") if name in listed]
    longest = {name: max(len(name), int(listed[name].str.len().max())) for name in texts}
    told = {"Interval by": INTERVALS}
    return {
        name: st.column_config.TextColumn(
            width=int(LETTER * letters + BESIDE), help=told.get(name)
        )
        for name, letters in longest.items()
    }  # fmt: skip


def picture(
    study: Study, a: str, b: str, measure: Any, given: tuple[str, ...], ranked: bool
) -> Drawn:
    """The picture of two columns beside each other, split by a target of classes.

    Raises:
        NotApplicableError: The pair has no picture.
    """
    from outfold.draw import pair_plot
    from outfold.explore.held_fixed import held_fixed
    from outfold.explore.pair import pair

    by = study.target if is_classification(study.task) and study.target not in (a, b) else None

    def compute() -> Drawn:
        frame, schema = cache.typed(study)
        levels = explore.classes(study)
        if given:
            view = held_fixed(
                frame, schema, a, b, given, ranked=ranked, by=by, as_levels=levels
            )  # fmt: skip
        else:
            view = pair(frame, schema, a, b, by=by, measure=measure, as_levels=levels)
        return drawn(pair_plot.draw(view))

    return cache.remember(
        "pair", *explore.parts(study), a, b, by, measure, given, ranked,
        compute=compute, say="Drawing the pair",
    )  # fmt: skip


def picture_or_reason(
    study: Study, a: str, b: str, measure: Any, given: tuple[str, ...] = (), ranked: bool = False
) -> Drawn | None:
    """A pair's picture; where it has none, the reason is said."""
    try:
        return picture(study, a, b, measure, given, ranked)
    except NotApplicableError as error:
        st.info(f"{plain(error.message, 300)} {plain(error.hint, 300)}", icon=":material/info:")
        return None
