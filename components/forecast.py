"""What pressing Run would reuse and compute, and how long that would take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components import cache
from components.text import count, plain
from outfold.errors import OutfoldError

if TYPE_CHECKING:
    from outfold.study.forecast import Forecast
    from outfold.study.study import Study


def forecast_line(study: Study, also: str = "") -> None:
    """One line for the study as it stands; where it cannot be run, why.

    Args:
        study: The study.
        also: What is to be said besides, at its end.
    """
    candidates = len(study.candidates())
    with st.container(gap=None, width="stretch"):
        if candidates < 2:
            st.markdown(f"**{count(candidates, 'candidate')}**: choose a model to compare.")
            return
        try:
            found = forecast_of(study)
        except OutfoldError as error:
            st.markdown(f"**{plain(error.message, 300)}** {plain(error.hint, 300)}")
            return
        st.markdown(f"**{plain(found.sentence(), 200)}**{also}")
        if sure := found.how_sure():
            st.caption(plain(sure, 200))


def forecast_of(study: Study) -> Forecast:
    """The forecast of a study as it stands, from what is stored at this moment.

    Raises:
        OutfoldError: The study cannot be run as it stands.
    """
    from outfold.study.cluster import scheduler_address
    from outfold.study.forecast import forecast, size_of_table, usual_workers

    workspace = cache.workspace()
    table, plan = cache.table(study), cache.plan(study)
    return forecast(
        workspace, plan, usual_workers(workspace, scheduler_address()), size_of_table(table),
        study.tuning,
    )  # fmt: skip
