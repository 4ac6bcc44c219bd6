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
    tab.open(
        f"{server.url}/features?study={study.key}&methods=mutual_info&methods=anova_f&methods=cfs"
    )
    tab.sees("Try the methods first")
    tab.click("button", "Try them", exact=False)
    tab.sees("Consensus", 120)
    tab.rest()
    assert tab.page.locator(".js-plotly-plot").count() == 1
    tab.sound()
    for name in ("What it is worth", "Repeats", "L1 path", "Stability"):
        tab.click("tab", name)
        tab.sound()
    tab.click("button", "Take Mutual information", exact=False)
    tab.sees("Mutual information is in the study")
    tab.go("Train")
    tab.click("tab", "Feature selection")
    box = tab.page.get_by_test_id("stCheckbox").filter(has_text="Mutual information")
    assert box.locator("input").first.is_checked()
    tab.sound()

    tab.go("Features")
    tab.click("tab", "By hand")
    tab.choose("Start from", "Mutual information (3)")
    tab.click("button", "Take exactly these 3 columns", exact=False)
    tab.sees("3 columns chosen by hand")
    tab.go("Train")
    tab.click("tab", "Feature selection")
    tab.sees("3 columns were chosen by hand on all rows")
    tab.sound()
