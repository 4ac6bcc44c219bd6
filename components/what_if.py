"""One row with other values: a live prediction, and few changes that would tip it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import cache, state
from components.shell import why
from components.table import table
from components.text import count, cut, duration, number, plain, share, short

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from outfold.judge.explanation import Explanation, View
    from outfold.study.explain.fold_model import FoldModel
    from outfold.study.study import Study

CONTROLS = 6
"""Columns with a control unless others are chosen: each makes the answer a little slower."""
QUICK = 8.0
"""Seconds that a model may take to fit without being asked for by a click."""


def what_if(
    run: str, found: Explanation, view: View, study: Study, frame: pd.DataFrame, place: int
) -> None:
    """Controls for the row's columns, the prediction that follows, and a search for few changes."""
    split = int(view.split[place])
    seconds = cache.result(run)[found.candidate.name].costs.fit_seconds
    if seconds > QUICK and not st.toggle(
        f"Fit the model of split {split + 1} for this (about {duration(seconds)})",
        key="fit-for-what-if", persist_state="session",
    ):  # fmt: skip
        return
    model = cache.fold_model(run, found.candidate, split)
    row = frame.iloc[[int(view.rows[place])]].reset_index(drop=True)
    train = cache.training_rows(run, split)

    before = float(answer_of(model, found, view)(row)[0])
    columns = _columns(found, view)

    @st.fragment
    def live() -> None:
        _live(model, found, view, row, train, place, run, before, columns)

    live()
    st.markdown("### Few changes that would tip it")
    _search(model, found, view, row, train, study)


def _columns(found: Explanation, view: View) -> list[str]:
    """The columns with a control: those that matter most, or others that are chosen."""
    import numpy as np

    order = np.argsort(-np.abs(view.shap[view.chance()]).mean(axis=0), kind="stable")
    used = [view.features[i] for i in order if view.features[i] in found.used]
    if len(used) <= CONTROLS:
        return used
    chosen: list[str] = st.multiselect(
        "Columns to change", used, default=used[:CONTROLS],
        key=f"controls-{found.candidate.name}-{view.place}", persist_state="session",
        help="Those that matter most to the model come first; all others stay as they are.",
    )  # fmt: skip
    return chosen


def answer_of(model: FoldModel, found: Explanation, view: View) -> Any:
    """What the model says of rows as they were read, for the class looked at."""
    from outfold.study.worker import numeric_libraries

    def answer(rows: pd.DataFrame) -> np.ndarray:
        # More threads for a few rows cost more than they bring, and workers want them.
        with numeric_libraries().limit(limits=1):
            said = model.answer(rows)[:, view.place]
        if view.mirrored:
            return (1.0 if found.has_probability else 0.0) - said
        return said

    return answer


def _live(
    model: FoldModel, found: Explanation, view: View, row: pd.DataFrame, train: pd.DataFrame,
    place: int, run: str, before: float, columns: list[str],
) -> None:  # fmt: skip
    from outfold.study.explain.effects import put

    answer = answer_of(model, found, view)
    changed = row
    touched = []
    stem = f"wi-{run}-{view.rows[place]}-{state.current().epoch}"
    cells = st.columns(3)
    for i, column in enumerate(columns):
        with cells[i % 3]:
            now = row[column].iloc[0]
            value = _control(column, now, train[column], f"{stem}-{view.features.index(column)}")
            if value is not None:
                changed = put(changed, column, [value])
                touched.append(column)
    began = time.perf_counter()
    after = float(answer(changed)[0])
    took = time.perf_counter() - began
    show = share if found.has_probability else number
    with st.container(horizontal=True, vertical_alignment="center"):
        name = f"Prediction, {view.name}" if view.name else "Prediction"
        gap = float(after - before)
        st.metric(
            plain(name, 60), show(float(after)),
            delta=(f"{gap:+.3g}" if touched else None), delta_color="off", border=True, width=260,
        )  # fmt: skip
        st.caption(
            f"{count(len(touched), 'column')} changed; as it is, {show(float(before))}. Said by "
            f"the model of split {int(view.split[place]) + 1}, which did not train on this row, in "
            f"{duration(took)}." + (" Per unit of exposure." if found.exposed else ""),
            width="stretch",
        )
        if touched:
            st.button("Back to the row as it is", key="what-if-back", icon=":material/undo:",
                      on_click=_back)  # fmt: skip


def _back() -> None:
    state.current().epoch += 1


def _control(column: str, now: Any, values: pd.Series, key: str) -> Any:
    """A control for one column within what training rows have; None where nothing was changed."""
    import pandas as pd

    known = values.dropna()
    if not len(known):
        return None
    label = plain(column, 40)
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        low, high = known.min().to_pydatetime(), known.max().to_pydatetime()
        start = low if pd.isna(now) else min(max(now.to_pydatetime(), low), high)
        if low >= high:
            return None
        chosen = st.slider(label, low, high, start, format="YYYY-MM-DD", key=key)
        return None if chosen == start else pd.Timestamp(chosen)
    is_truth = pd.api.types.is_bool_dtype(values.dtype)
    if pd.api.types.is_numeric_dtype(values.dtype) and not is_truth:
        return _number(label, now, known, key)
    levels = [False, True] if is_truth else known.value_counts().index.tolist()
    options = levels if (not pd.isna(now) and now in levels) else [None, *levels]
    start = None if pd.isna(now) else now
    place = options.index(start) if start in options else 0
    picked = st.selectbox(
        label, options, index=place,
        format_func=lambda v: "as it is" if v is None else cut(v, 40), key=key,
    )  # fmt: skip
    return None if picked == options[place] else picked


def _number(label: str, now: Any, known: pd.Series, key: str) -> Any:
    import pandas as pd

    low, high = float(known.min()), float(known.max())
    if low >= high:
        return None
    start = float(known.median()) if pd.isna(now) else float(now)
    low, high = min(low, start), max(high, start)
    whole = bool(pd.api.types.is_integer_dtype(known.dtype))
    if whole:
        chosen: float = st.slider(label, int(low), int(high), int(start), key=key)
    else:
        chosen = st.slider(label, low, high, start, step=(high - low) / 200, format="%.4g", key=key)
    return None if abs(chosen - start) <= (high - low) * 1e-9 else chosen


def _search(
    model: FoldModel, found: Explanation, view: View, row: pd.DataFrame, train: pd.DataFrame,
    study: Study,
) -> None:  # fmt: skip
    import numpy as np
    import pandas as pd

    from outfold.judge.what_if import counterfactuals

    answer = answer_of(model, found, view)
    before = float(answer(row)[0])
    left, middle, right = st.columns([1, 1, 2])
    with left:
        up = st.selectbox(
            "Wanted prediction", (True, False), index=0 if _starts_up(before, found) else 1,
            format_func=lambda v: "at least" if v else "at most", key="wanted-way",
            persist_state="session",
        )  # fmt: skip
    with middle:
        if found.has_probability:
            goal = st.number_input("Value", 0.01, 0.99, 0.5, step=0.05, key="wanted-p",
                                   persist_state="session")  # fmt: skip
        else:
            goal = st.number_input(
                "Value", value=float(np.round(np.median(view.predicted), 4)), key="wanted-v",
                persist_state="session",
            )  # fmt: skip
    with right:
        locked = st.multiselect(
            "Columns that stay as they are", list(found.used), key="locked",
            persist_state="session", help="Such as age, or anything nobody can change.",
        )  # fmt: skip
    if (before >= goal) if up else (before <= goal):
        st.info("The row’s prediction is there already.", icon=":material/check:")
        return

    def wanted(said: np.ndarray) -> np.ndarray:
        return np.maximum(0.0, goal - said) if up else np.maximum(0.0, said - goal)

    key = (model.study.key, found.candidate.name, model.split, view.place, view.mirrored)
    result = cache.remember(
        "counterfactuals", *key, int(pd.util.hash_pandas_object(row).iloc[0]), up, float(goal),
        sorted(locked),
        compute=lambda: counterfactuals(
            answer, row, train, wanted, locked=locked, columns=list(found.used)
        ),
        say="Trying changes of one, two and three columns",
    )  # fmt: skip
    show = share if found.has_probability else number
    answers = result.found or ((result.closest,) if result.closest else ())
    if not result.found:
        st.warning(
            "No change of up to three columns to values seen in training rows gets there. The "
            "nearest is shown." if answers else "Nothing can be changed.",
            icon=":material/info:",
        )  # fmt: skip
    if answers:
        table(
            pd.DataFrame(
                [
                    {
                        # First, because it is all that a narrow screen has room for beside them.
                        "Prediction": show(a.prediction),
                        "Changes": "; ".join(
                            f"{c.column}: {_said(c.before)} → {_said(c.after)}" for c in a.changes
                        ),
                        "Columns": len(a.changes),
                        "Distance": number(a.distance),
                    }
                    for a in answers
                ]
            ),
            "counterfactuals",
            alt="Few changes that bring the prediction where it is wanted",
            height="content",
        )
    why(
        f"{result.tried:,} changed rows were tried: every single change, then the best of them "
        "with one and with two more, among values that training rows of this split have; levels "
        "and numbers are never invented. The distance adds up, over the changes, the share of "
        "training rows between the two values of a number, and 1 for anything else (Wachter, "
        "Mittelstadt & Russell 2017). The model may say so; that a person could make the change, "
        "or that it would do what the model says, is not known from data like these."
    )


def _starts_up(before: float, found: Explanation) -> bool:
    return before < 0.5 if found.has_probability else True


def _said(value: object) -> str:
    import pandas as pd

    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return "missing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return short(float(value))
    return str(value)
