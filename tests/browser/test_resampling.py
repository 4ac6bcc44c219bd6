"""Resamplers side by side: what they make of the classes, of scores and of probabilities."""

from __future__ import annotations

import pytest

from outfold.study.study import Study
from outfold.study.workspace import Workspace
from tests.browser.conftest import Server, Tab
from tests.engine.study.conftest import study_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def study(server: Server) -> Study:
    """A small table with two classes, one of them rarer."""
    workspace = Workspace(server.home)
    found = study_of(workspace, n_rows=160)
    workspace.save_study(found)
    return found


def test_compare_resamplers_and_correct_their_probabilities(server: Server, tab: Tab, study: Study):
    """Counts before and after at once; after the trial the threshold moved, and the correction."""
    tab.open(f"{server.url}/resampling?study={study.key}")
    assert tab.page.locator(".js-plotly-plot").count() >= 1
    tab.click("button", "Try them", exact=False)
    tab.sees("Or move the threshold", 240)
    tab.sees("What it does to the probabilities")
    tab.rest()
    tab.sound()
    switch = tab.page.get_by_test_id("stCheckbox").filter(has_text="Correct for the class shares")
    switch.locator("label").first.click()
    tab.page.wait_for_timeout(500)
    tab.rest()
    tab.sees("After prior correction")
    tab.sound()
    tab.click("button", "Add Random oversampling to the comparison", exact=False)
    tab.go("Train")
    tab.click("tab", "Rare classes")
    box = tab.page.get_by_test_id("stCheckbox").filter(has_text="Random oversampling")
    assert box.locator("input").first.is_checked()
    tab.sound()
