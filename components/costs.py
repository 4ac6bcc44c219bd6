"""What right and wrong decisions cost, asked for once on a page and used wherever costs count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from outfold.judge.cost_matrix import CostMatrix


def cost_inputs() -> CostMatrix:
    """Ask for the four costs; they are part of the address and shared by all views.

    Raises:
        ParameterError: A wrong decision costs no more than the right one.
    """
    from outfold.judge.cost_matrix import CostMatrix

    left, middle, right = st.columns([2, 2, 3], vertical_alignment="bottom")
    with left:
        false_alarm = st.number_input(
            "Cost of a false alarm", 0.0, value=1.0, step=1.0, key="cost-fp", bind="query-params"
        )
    with middle:
        miss = st.number_input(
            "Cost of a miss", 0.0, value=1.0, step=1.0, key="cost-fn", bind="query-params"
        )
    with right, st.popover("Costs of right decisions", icon=":material/payments:", type="tertiary"):
        hit = st.number_input(
            "Cost of a hit", value=0.0, step=1.0, key="cost-tp", bind="query-params",
            help="What acting on a positive row costs; negative if it earns.",
        )  # fmt: skip
        rejection = st.number_input(
            "Cost of a correct rejection", value=0.0, step=1.0, key="cost-tn", bind="query-params",
            help="What leaving a negative row alone costs; negative if it earns.",
        )  # fmt: skip
    return CostMatrix(false_alarm, miss, hit, rejection)


def said(costs: CostMatrix) -> str:
    """The costs in words: ``a false alarm costs 1, a miss 5``."""
    parts = [f"a false alarm costs {costs.fp:g}", f"a miss {costs.fn:g}"]
    parts += [f"a hit {costs.tp:g}"] * bool(costs.tp)
    parts += [f"a correct rejection {costs.tn:g}"] * bool(costs.tn)
    return ", ".join(parts)
