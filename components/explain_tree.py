"""A small tree beside a candidate, and how far it may be believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components.chart import chart
from components.shell import why
from components.table import table

if TYPE_CHECKING:
    from outfold.judge.explanation import Explanation, View


def small_tree(found: Explanation, view: View) -> None:
    """A tree of few questions beside the model, and how much it may be believed."""
    import pandas as pd

    from outfold.draw import surrogate_tree
    from outfold.judge.column_effect import outcome_of

    trees = [body["surrogate"] for body in found.bodies]
    if not all(len(t) > view.place for t in trees):
        st.info("There is no column that a tree could ask for.", icon=":material/info:")
        return
    at = 0
    if found.n_splits > 1:
        at = st.selectbox(
            "Split", range(found.n_splits), format_func=lambda i: f"Split {i + 1}",
            key="tree-of-split", persist_state="session",
        )  # fmt: skip
    nodes = trees[at][view.place]["nodes"]
    if view.mirrored:
        turn = 1.0 if found.has_probability else 0.0
        nodes = [{**n, "value": turn - n["value"]} for n in nodes]
    fidelity = [t[view.place]["fidelity"] for t in trees]
    chart(surrogate_tree.draw(nodes, fidelity, outcome_of(found, view), at), "surrogate")
    with st.expander("The tree as rules"):
        rules = pd.DataFrame(surrogate_tree.leaves(nodes))
        table(rules, "surrogate-rules", alt="One rule for each leaf", height="content")
    why(
        "A decision tree of at most four questions is fitted to what the model says of its "
        "training rows, and judged by how much of the variance of the model’s predictions it "
        "catches on rows that neither has seen. It stands for the model only as far as that goes "
        "(Craven & Shavlik 1996)."
    )
