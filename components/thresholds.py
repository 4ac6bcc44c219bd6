"""The threshold of a binary candidate: a slider, what follows from it, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components import cache
from components.chart import chart
from components.costs import cost_inputs, said
from components.judging import names_of, one_of
from components.text import number, plain
from outfold.metrics.cost import is_cost

if TYPE_CHECKING:
    from outfold.judge.cost_matrix import CostMatrix
    from outfold.judge.threshold import Thresholds
    from outfold.study.study import Candidate

FIGURES = ("recall", "precision", "specificity", "f1", "flagged")


def threshold(run: str, candidates: Sequence[Candidate], metric: str) -> None:
    """Move the threshold and see every figure follow; nothing is fitted again.

    Args:
        run: The run.
        candidates: The candidates looked into.
        metric: Key of the metric that ranks; an expected cost brings its own costs.
    """
    from outfold.draw import confusion, threshold_curve
    from outfold.judge.expected_cost import matrix_of
    from outfold.judge.threshold import LABELS, thresholds

    chosen = one_of(candidates, "threshold-of")
    done = cache.workspace().records.run(run).done
    found: Thresholds = cache.remember(
        "thresholds", run, chosen.name, done,
        compute=lambda: thresholds(cache.predictions(run, chosen.name)),
    )  # fmt: skip
    span = found.high - found.low
    at = st.slider(
        "Predict the positive class from this probability on"
        if found.probabilities
        else "Predict the positive class from this score on",
        found.low,
        found.high,
        found.default,
        step=0.01 if found.probabilities else span / 200,
        key="threshold",
        bind="query-params",
    )
    if is_cost(metric):
        costs = matrix_of(metric)
        st.caption(f"Costs as above: {said(costs)}.")
    else:
        costs = cost_inputs()
    drawn: list[str] = st.multiselect(
        "Metrics along the threshold",
        list(LABELS),
        default=list(threshold_curve.SHOWN),
        format_func=LABELS.__getitem__,
        key="along",
        bind="query-params",
    )
    now = found.at(at)
    with st.container(horizontal=True):
        for key in FIGURES:
            st.metric(LABELS[key], number(now.metrics[key]), border=True, width=130)
        st.metric("Cost per row", number(found.cost(costs, at)), border=True, width=130)
    left, right = st.columns([2, 3])
    names = names_of(run)
    with left:
        chart(confusion.draw(found.confusion(at), names), "threshold-confusion")
    with right:
        chart(threshold_curve.draw(found, at, drawn, costs, names), "threshold-curve")
    _cheapest(found, costs)


def _cheapest(found: Thresholds, costs: CostMatrix) -> None:
    """Say in words which threshold costs least, and how honest that figure is."""
    best = found.best(costs)
    if best.threshold == float("inf"):
        text = f"Predicting **{plain(found.positive)}** for nobody costs least"
    else:
        text = f"The cheapest threshold is **{best.threshold:.3g}**"
    text += f": {number(best.cost)} per row, measured on the rows it was chosen on"
    if best.honest_cost == best.honest_cost:
        text += f", and {number(best.honest_cost)} where it is chosen on the other splits"
    text += f". Never predicting it costs {number(best.flag_none)}, always {number(best.flag_all)}."
    if found.probabilities:
        text += (
            f" If the probabilities were calibrated, a threshold of {best.elkan:.3g} would be "
            "right (Elkan 2001)."
        )
    st.markdown(text)
