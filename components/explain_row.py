"""One row’s prediction: which row, and what moves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components import cache
from components.chart import chart
from components.explain import cautions
from components.table import table
from components.text import number, plain, share, short

if TYPE_CHECKING:
    import pandas as pd

    from outfold.judge.explanation import Explanation, View
    from outfold.study.study import Study


def one_row(found: Explanation, view: View, study: Study, frame: pd.DataFrame) -> int:
    """Choose a row, and see what moves its prediction; its place among the rows explained."""
    from outfold.draw import shap_waterfall

    place = row_picker(found, view, study, frame)
    chart(shap_waterfall.draw(view, place, frame), "waterfall")
    cautions(found)
    return place


def row_picker(found: Explanation, view: View, study: Study, frame: pd.DataFrame) -> int:
    """Choose one of the rows explained, those with the largest errors first."""
    import numpy as np

    truth = cache.table(study).target[view.rows]
    error = found.errors(truth)
    order = np.argsort(-error, kind="stable")
    which = st.segmented_control(
        "Rows", ("Largest errors", "In the table’s order"), default="Largest errors",
        required=True, key="rows-shown", persist_state="session",
    )  # fmt: skip
    if which != "Largest errors":
        order = np.argsort(view.rows, kind="stable")
    shown = frame.iloc[view.rows[order]].reset_index(drop=True)
    said = [found.classes[int(t)] for t in truth[order]] if found.classes else truth[order]
    shown.insert(0, "prediction", np.round(view.predicted[order], 6))
    shown.insert(0, "truth", said)
    shown.insert(0, "row number", view.rows[order])
    shown = shown.set_axis(_distinct([str(c) for c in shown.columns]), axis=1)
    picked = table(shown, "rows-explained", alt="Rows explained", height=210,
                   select="single-row", download=False)  # fmt: skip
    if not picked:
        st.caption("The first row is shown; choose another by its mark at the left.")
    place = int(order[picked[0] if picked and picked[0] < len(order) else 0])
    said_truth = found.classes[int(truth[place])] if found.classes else short(float(truth[place]))
    predicted = view.predicted[place]
    with st.container(horizontal=True):
        st.metric("Row", f"{view.rows[place]:,}", border=True, width=150)
        st.metric("Truth", plain(said_truth, 40), border=True, width=200)
        label = f"Predicted, {view.name}" if view.name else "Predicted"
        shown_as = share(predicted) if found.has_probability else number(predicted)
        st.metric(plain(label, 60), shown_as, border=True, width=240)
    return place


def _distinct(names: list[str]) -> list[str]:
    """Names of which none comes twice, should the table have a column of the same name."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found
