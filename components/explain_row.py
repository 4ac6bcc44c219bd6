"""One row’s prediction: which row, and what moves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components import cache
from components.chart import chart
from components.explain import cautions
from components.table import table
from components.text import ROW_HELP, plain, share, short
from components.text import number as rounded

if TYPE_CHECKING:
    import pandas as pd

    from outfold.judge.explanation import Explanation, View
    from outfold.study.study import Study


WAYS = ("Largest errors", "In the table’s order", "By its number")


def one_row(
    run: str, found: Explanation, view: View, study: Study, frame: pd.DataFrame
) -> tuple[Explanation, View, int]:
    """Choose a row, and see what moves its prediction.

    Returns:
        The explanation and the view that hold the row, which may be one more than was drawn, and
        its place among their rows.
    """
    from outfold.draw import shap_waterfall

    way = st.segmented_control(
        "Rows", WAYS, default=WAYS[0], required=True, key="rows-shown", persist_state="session"
    )
    if way == WAYS[2]:
        found, view, place = _numbered(run, found, view, study)
    else:
        place = row_picker(found, view, study, frame, way == WAYS[0])
    _said_of(found, view, study, place)
    st.caption(
        f"The prediction is that of one model alone: of split {view.split[place] + 1}, which did "
        "not train on this row."
        + " The worst rows on Compare average over the repeats."
        * (study.validation.repeats > 1)
    )
    chart(shap_waterfall.draw(view, place, frame, cache.table(study).rows), "waterfall")
    cautions(found)
    return found, view, place


def _numbered(
    run: str, found: Explanation, view: View, study: Study
) -> tuple[Explanation, View, int]:
    """Any row by its number; one that was not drawn is explained now."""
    import numpy as np

    from outfold.judge.one_more_row import explained_row, split_without, with_row

    data = cache.table(study)
    number: int = st.number_input(
        "Row number", 1, int(data.rows[-1]) + 1, int(data.numbers(view.rows[0])), step=1,
        key="row-number", persist_state="session", help=ROW_HELP,
    )  # fmt: skip
    row = data.position(number)
    places = np.flatnonzero(view.rows == row)
    if len(places):
        return found, view, int(places[0])
    loaded = cache.drawn(cache.study_of(run))
    split = split_without(loaded, range(found.n_splits), row)
    model = cache.fold_model(run, found.candidate, split)
    more = cache.remember(
        "explained row", run, found.candidate.name, row,
        compute=lambda: explained_row(model, loaded, row), say="Explaining this row",
    )  # fmt: skip
    longer = with_row(found, more)
    return longer, longer.of(found.classes.index(view.name) if view.name else None), len(view.rows)


def row_picker(
    found: Explanation, view: View, study: Study, frame: pd.DataFrame, worst_first: bool
) -> int:
    """Choose one of the rows explained from a table of them; its place."""
    import numpy as np

    truth = cache.table(study).target[view.rows]
    error = found.errors(truth)
    order = np.argsort(-error, kind="stable")
    if not worst_first:
        order = np.argsort(view.rows, kind="stable")
    shown = frame.iloc[view.rows[order]].reset_index(drop=True)
    said = [found.classes[int(t)] for t in truth[order]] if found.classes else truth[order]
    shown.insert(0, "prediction", np.round(view.predicted[order], 6))
    shown.insert(0, "truth", said)
    shown.insert(0, "row number", cache.table(study).numbers(view.rows[order]))
    shown = shown.set_axis(_distinct([str(c) for c in shown.columns]), axis=1)
    picked = table(shown, "rows-explained", alt="Rows explained", height=210,
                   columns={"row number": st.column_config.NumberColumn(help=ROW_HELP)},
                   select="single-row", download=False)  # fmt: skip
    if not picked:
        st.caption("The first row is shown; choose another by its mark at the left.")
    return int(order[picked[0] if picked and picked[0] < len(order) else 0])


def _said_of(found: Explanation, view: View, study: Study, place: int) -> None:
    """The row, its truth and its prediction."""
    data = cache.table(study)
    truth, number = data.target[view.rows[place]], int(data.numbers(view.rows[place]))
    said_truth = found.classes[int(truth)] if found.classes else short(float(truth))
    predicted = view.predicted[place]
    with st.container(horizontal=True):
        st.metric("Row", f"{number:,}", border=True, width=150, help=ROW_HELP)
        st.metric("Truth", plain(said_truth, 40), border=True, width=200)
        label = f"Predicted, {view.name}" if view.name else "Predicted"
        shown_as = share(predicted) if found.has_probability else rounded(predicted)
        st.metric(plain(label, 60), shown_as, border=True, width=240)


def _distinct(names: list[str]) -> list[str]:
    """Names of which none comes twice, should the table have a column of the same name."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found
