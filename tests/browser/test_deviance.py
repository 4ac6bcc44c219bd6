"""The deviance page in a browser: a formula by builder and by hand, its views, and candidates."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from outfold.data.source import open_data
from outfold.study.defaults import with_target
from outfold.study.study import NONE, Choice, Study, Validation
from outfold.study.workspace import Workspace
from tests.browser.conftest import Server, Tab
from tests.here import carry_out_here

pytestmark = pytest.mark.browser

TABLE = Path(__file__).parents[1] / "reference" / "data" / "warpbreaks.csv"


@pytest.fixture(scope="module")
def finished(server: Server) -> str:
    """A finished run on the warpbreaks, of a penalised and a boosted model."""
    workspace = Workspace(server.home)
    dataset = open_data(TABLE, workspace.datasets)
    frame = workspace.datasets.frame(dataset.key)
    study = with_target(Study(dataset.key, "breaks", "count"), dataset, frame, "breaks", "count")
    study = study.replace(
        selectors=(NONE,), resamplers=(NONE,),
        models=(Choice("poisson"), Choice("hist_gradient_boosting", (("max_iter", 20),))),
        validation=Validation(study.validation.scheme, folds=2),
    )  # fmt: skip
    return carry_out_here(workspace, study)[0]


def residual_deviance(tab: Tab) -> str:
    """The figure on its card."""
    card = tab.page.get_by_test_id("stMetric").filter(has_text="Residual deviance")
    return card.get_by_test_id("stMetricValue").inner_text()


def test_a_formula_is_built_read_and_judged(server: Server, tab: Tab, finished: str):
    """Builder and box write each other; type II, stepwise and residuals follow the formula."""
    tab.open(f"{server.url}/deviance?run={finished}")
    box = tab.page.get_by_role("textbox", name="Formula")
    expect(box).to_have_value("breaks ~ wool + tension")
    assert residual_deviance(tab) == "210.392"

    tab.page.get_by_text("Add a curve or an interaction").click()
    tab.choose("As", "in interaction with", exact=True)
    tab.click("button", "Add it")  # wool, with tension: the first two columns
    expect(box).to_have_value("breaks ~ wool + tension + wool:tension")
    assert residual_deviance(tab) == "182.305"

    box.fill("breaks ~ tension")
    box.press("Enter")
    tab.page.wait_for_timeout(300)
    tab.rest()
    terms = tab.page.get_by_test_id("stMultiSelect").filter(has_text="Terms")
    assert "tension" in terms.inner_text()
    assert "wool" not in terms.inner_text()
    assert residual_deviance(tab) == "226.431"

    box.fill("breaks ~ wool * tension")
    box.press("Enter")
    tab.page.wait_for_timeout(300)
    tab.rest()
    tab.click("radio", "Type II", exact=True)
    shown = tab.page.get_by_test_id("stDataFrame").first.locator("td").all_inner_texts()
    assert [t for t in shown if t in ("wool", "tension", "wool:tension")] == [
        "wool", "tension", "wool:tension",
    ]  # fmt: skip
    tab.sound()

    tab.click("tab", "Stepwise")
    tab.click("radio", "Forward")
    tab.click("radio", "BIC")
    assert "steps lower the BIC" in tab.text()
    assert tab.page.locator(".xtick").filter(has_text="Saturated").count() == 1
    tab.sees("chosen by a stepwise search on the same rows")
    tab.click("tab", "Residuals", exact=True)
    assert tab.page.get_by_test_id("stTabs").locator(".js-plotly-plot:visible").count() == 5
    tab.sound()


def test_a_mistake_is_answered_and_put_right_in_place(server: Server, tab: Tab, finished: str):
    """The box keeps what was typed, one sentence says what is wrong, and the page goes on."""
    tab.open(f"{server.url}/deviance?run={finished}")
    box = tab.page.get_by_role("textbox", name="Formula")
    for typed, answer in (("breaks ~ wol", "Did you mean wool?"),
                          ("breaks ~ __import__(wool)", "no function here")):  # fmt: skip
        box.fill(typed)
        box.press("Enter")
        tab.sees(answer)
        tab.rest()
        expect(box).to_have_value(typed)
        assert tab.page.get_by_test_id("stAlertContentError").count() == 1
        tab.sound()
    box.fill("breaks ~ wool")
    box.press("Enter")
    tab.sees("Residual deviance")
    tab.rest()
    assert tab.page.get_by_test_id("stAlertContentError").count() == 0


def test_deviance_in_training_is_measured_by_the_run_service(
    server: Server, tab: Tab, finished: str
):
    """Out of fold at once; in training, and tree by tree, after the fits that are asked for."""
    tab.open(f"{server.url}/deviance?run={finished}")
    tab.sees("Every candidate on one scale")
    assert "of the null deviance out of fold" in tab.text()
    assert "Tree by tree" not in tab.text()
    tab.click("button", "Measure it", exact=False)
    tab.sees("Tree by tree")
    tab.rest()
    assert "out of fold after" in tab.text() or "still improves out of fold" in tab.text()
    assert tab.page.locator(".legendtext").filter(has_text="In training").count() >= 1
    tab.sound()
    tab.page.reload()  # what was measured is found again
    tab.sees("Tree by tree")
    tab.rest()
    tab.sound()
