"""Work that takes seconds can be stopped, and is computed once."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from outfold.hashing import key_of


def script(part: str) -> None:
    """A page that waits for one result."""
    import streamlit as st

    from components import waiting

    def compute(report):
        report(0.5)
        st.session_state["computed"] = st.session_state.get("computed", 0) + 1
        return 7

    st.write(f"found {waiting.remember('work', part, compute=compute, say='Working')}")


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.setenv("OUTFOLD_HOME", str(tmp_path))
    monkeypatch.setattr("components.waiting.SOON", -1.0)
    return AppTest.from_function(script, args=(str(tmp_path),), default_timeout=30)


def test_a_result_is_computed_once_and_the_bar_goes(page):
    """A rerun finds what is kept."""
    page.run().run()
    assert not page.exception
    assert page.session_state["computed"] == 1
    assert page.markdown[0].value == "found 7"
    assert not page.button


def test_what_was_stopped_is_offered_and_not_begun_by_itself(page, tmp_path):
    """The page says what it does not compute; one press starts it again."""
    from components.state import Session

    page.session_state["outfold"] = Session(stopped=key_of("work", (str(tmp_path),)))
    page.run()
    assert not page.exception
    assert "computed" not in page.session_state
    assert "Stopped: working" in page.info[0].value
    page.button[0].click().run()
    assert page.markdown[0].value == "found 7"
