"""Methods are compared, one is taken into the study, and columns are chosen by hand."""

from __future__ import annotations

import pytest

from outfold.study.study import Study
from outfold.study.workspace import Workspace
from tests.browser.conftest import Server, Tab
from tests.engine.study.conftest import study_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def study(server: Server) -> Study:
    """A small table with two classes, nothing chosen but the quick model."""
    workspace = Workspace(server.home)
    found = study_of(workspace, n_rows=160)
    workspace.save_study(found)
    return found


def test_compare_methods_take_one_and_choose_by_hand(server: Server, tab: Tab, study: Study):
    """The matrix, what each is worth, the path; what is taken stands on Train, with its mark."""
    tab.open(f"{server.url}/features?study={study.key}")
    tab.sees("Try the methods first")
    tab.click("button", "Try them", exact=False)
    tab.sees("What is the consensus?", 240)
    tab.rest()
    assert tab.page.locator(".js-plotly-plot").count() == 1
    tab.sound()
    for name in ("What it is worth", "Repeats", "L1 path", "Stability"):
        tab.click("tab", name)
        tab.sound()
    tab.click("button", "Take mRMR", exact=False)
    tab.sees("mRMR is in the study")
    tab.click("tab", "By hand")
    tab.page.get_by_role("combobox", name="Start from").first.click()
    tab.page.get_by_role("option").filter(has_text="mRMR").first.click()
    tab.page.wait_for_timeout(250)
    tab.rest()
    tab.click("button", "Take exactly", exact=False)
    tab.sees("chosen by hand: compared from now on")

    tab.go("Train")
    tab.click("tab", "Feature selection")
    for label in ("mRMR", "Chosen by hand"):
        box = tab.page.get_by_test_id("stCheckbox").filter(has_text=label)
        assert box.locator("input").first.is_checked()
    tab.sees("chosen by hand on all rows")
    tab.sound()
