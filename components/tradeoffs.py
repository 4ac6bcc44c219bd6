"""Score beside cost: what to set against what, and the answer in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from components.leaderboard import interval
from components.text import duration, size

if TYPE_CHECKING:
    import pandas as pd

    from outfold.judge.tradeoff import Tradeoff

SHORT = {
    "fit_seconds": "Training, a fold",
    "predict_seconds_per_1000": "1,000 rows",
    "predict_seconds_one_row": "One row",
    "peak_memory_bytes": "Peak memory",
    "size_bytes": "Size",
}
"""Headings of the costs in a table."""
NAME_WIDTH, STANDING_WIDTH = 270, 170
"""Pixels; a longer name would leave no room for its figures on a narrow screen."""


def cost_picker() -> str:
    """Choose the cost to set the score against."""
    from outfold.judge.tradeoff import COSTS

    chosen: str = st.selectbox(
        "Against",
        list(COSTS),
        format_func=lambda key: COSTS[key][0],
        key="cost",
        bind="query-params",
    )
    return chosen


def tolerance_picker() -> float | None:
    """Choose how much worse than the best is still good enough; None for one standard error."""
    return st.number_input(
        "Good enough: worse than the best by at most",
        0.0,
        value=None,
        step=0.005,
        format="%g",
        placeholder="within its uncertainty",
        help="In the metric's own unit. Empty: not told apart from the best and within one "
        "standard error of it (Breiman et al. 1984).",
        key="tolerance",
        persist_state="session",
    )


def shown(cost: str, value: float) -> str:
    """A cost with its unit."""
    return size(value) if cost.endswith("_bytes") else duration(value)


def frame_of(found: Tradeoff, names: Mapping[str, str]) -> pd.DataFrame:
    """One row per candidate, cheapest first."""
    import pandas as pd

    rows = []
    for offer in found.offers:
        marks = [
            word
            for word, is_so in (
                ("on the front", offer.on_front),
                ("good enough", offer.good_enough),
                (
                    "tied, over 1 SE behind",
                    offer.tied and not offer.good_enough and found.tolerance.startswith("tied"),
                ),
                ("baseline", offer.baseline),
            )
            if is_so
        ]
        rows.append(
            {
                "Candidate": names.get(offer.candidate, offer.candidate),
                found.label: offer.score,
                "Interval": interval(offer.low, offer.high),
                "Standing": ", ".join(marks),
                **{SHORT[key]: shown(key, value) for key, value in offer.costs.items()},
            }
        )
    return pd.DataFrame(rows)


def columns_of(found: Tradeoff) -> dict[str, Any]:
    """How the columns of ``frame_of`` are shown."""
    return {
        "Candidate": st.column_config.TextColumn(pinned=True, width=NAME_WIDTH),
        "Standing": st.column_config.TextColumn(
            width=STANDING_WIDTH,
            help="On the front: nothing is better and cheaper. Good enough: as set above. Tied, "
            "over 1 SE behind: not told apart from the best by the test, but more than one "
            "standard error worse.",
        ),
        found.label: st.column_config.NumberColumn(format="%.4f"),
    }
