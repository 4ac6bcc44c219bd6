"""A small run beside the study: what selectors or resamplers do for one quick model."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components import cache, progress, state
from components.text import count
from outfold.registry import registry
from outfold.study.study import Study


def trial(
    study: Study, what: str, filling: Callable[[str], None], known: Study | None = None
) -> str | None:
    """Offer a trial, follow it, and return its run once it has ended.

    Args:
        study: The small study; its run is found by the study's key, also after a refresh.
        what: What is tried, such as ``selectors``.
        filling: Draws what the run has found so far.
        known: A study that has been tried and is shown meanwhile: only the rest is offered.
    """
    from outfold.study.selections import latest_run
    from outfold.study.split import fits_each

    run = latest_run(cache.workspace(), study)
    if run is None:
        model = registry("model")[study.models[0].key].label
        each = fits_each(study.validation, cache.table(study).groups)
        done = set(known.candidates()) if known else set()
        fits = len(set(study.candidates()) - done) * each
        rest = f"the rest of these {what}, such as columns chosen by hand,"
        named = rest if known else f"these {what}"
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"Try {named} out of fold with **{model}**: {count(fits, 'fit')}. "
                "What is computed here is not computed again by the comparison.",
                width="stretch",
            )
            st.button(
                "Try them",
                key=f"try-{what}",
                type="primary",
                icon=":material/science:",
                on_click=state.attempt,
                args=(_start, study),
            )
        return None
    progress.run_progress(run, filling, compact=True)
    return run if progress.has_ended(run) else None


def _start(study: Study) -> None:
    from outfold.study.run import start

    start(cache.workspace(), study)
