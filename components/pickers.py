"""Controls for the parts of a study that are not strategies: target, task, metric, seed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import cache, state
from outfold.data.schema import Schema
from outfold.metrics.catalogue import catalogue, metrics_for
from outfold.study.study import Study
from outfold.task import TASK_LABELS, TASKS, Task, is_classification


def retarget(study: Study, target: str, task: Task | None = None) -> Study:
    """The study with another target or task; what no longer applies goes, which is told."""
    from outfold.study.defaults import left_behind, with_target

    frame, _ = cache.typed(study)
    dataset = cache.dataset(study.dataset)
    there = with_target(study, dataset, frame, target, task)
    if lost := left_behind(study, there, dataset, frame):
        what = target if target != study.target else TASK_LABELS[there.task].lower()
        state.note(f"Left out, as it does not apply to {what}: {'; '.join(lost)}.")
    return there


def target_and_task(study: Study, schema: Schema) -> None:
    """Choose what is predicted and what kind of prediction it is."""
    left, right = st.columns(2)
    with left:
        st.selectbox(
            "Target: the column to predict",
            schema.names(),
            **state.bound("target", study.target, lambda name: retarget(study, name), redraw=True),
        )
    with right:
        st.selectbox(
            "Task",
            TASKS,
            format_func=lambda task: TASK_LABELS[task],
            help="Proposed from the target's values. A count is a whole number from 0.",
            **state.bound(
                "task", study.task, lambda task: retarget(study, study.target, task), redraw=True
            ),
        )


def positive_class(study: Study, classes: Sequence[str], code: int) -> None:
    """Choose the class that is called positive; this refits nothing."""
    st.selectbox(
        "Positive class",
        classes,
        help="The class that precision, recall and the threshold are about; by default the rarer.",
        **state.bound("positive", classes[code], lambda name: study.replace(positive=name)),
    )


def metric(study: Study, label: str = "Metric that ranks the candidates") -> None:
    """Choose the metric of the leaderboard; this refits nothing."""
    known = catalogue()
    options = [m.key for m in metrics_for(study.task)]
    st.selectbox(
        label,
        options,
        format_func=lambda key: known[key].label,
        help=known[study.metric].summary if study.metric in known else None,
        **state.bound("metric", study.metric, lambda key: study.replace(metric=key)),
    )


def seed_and_transform(study: Study) -> None:
    """Choose the seed, and for a regression whether the target is fitted on a log scale."""
    cells = st.columns(3)
    with cells[0]:
        st.number_input(
            "Seed",
            0,
            2**31 - 1,
            step=1,
            help="The same study with the same seed gives the same numbers.",
            **state.bound("seed", study.seed, lambda seed: study.replace(seed=int(seed))),
        )
    if not is_classification(study.task):
        with cells[1]:
            st.selectbox(
                "Scale of the target while fitting",
                ("none", "log"),
                format_func=lambda v: "As it is" if v == "none" else "log(1 + target)",
                **state.bound(
                    "transform",
                    study.target_transform,
                    lambda v: study.replace(target_transform=v),
                ),
            )
