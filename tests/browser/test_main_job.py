"""From a file to a leaderboard, a deviance table and a Pareto chart, by clicking."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from outfold.study import run as runs
from outfold.study.study import Study
from outfold.study.workspace import Workspace
from tests.browser.conftest import Server, Tab
from tests.tables import mixed_table

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table whose last column is not the one to predict."""
    path = tmp_path_factory.mktemp("files") / "customers <b>2024.csv"
    frame = mixed_table(400)
    frame.insert(0, "outcome", frame.pop("y"))
    frame.assign(score=frame["signal"].round(1)).to_csv(path, index=False)
    return path


def upload(tab: Tab, path: Path) -> None:
    """Give a file to the page's uploader."""
    tab.page.locator("input[type=file]").first.set_input_files(str(path))
    tab.page.wait_for_timeout(500)
    tab.rest()


def last_run(server: Server) -> tuple[Workspace, str, Study]:
    """The newest run of the server's workspace."""
    workspace = Workspace(server.home)
    record = workspace.recent_runs(1)[0]
    return workspace, record.id, workspace.study(record.study)


def test_the_main_job(server: Server, tab: Tab, csv: Path, tmp_path: Path):
    """Upload, change the target, pick strategies, run, watch, judge: all in one sitting."""
    tab.open(server.url)
    upload(tab, csv)
    tab.sees("customers <b>2024.csv")  # the name is text, not markup
    tab.choose("Target: the column to predict", "outcome")
    tab.sees("Positive class")
    tab.sound()

    tab.go("Train")
    for model in ("Random forest", "Gradient boosting", "Decision tree", "Naive Bayes"):
        tab.tick(model)  # the first two are ticked at first: off; the others: on
    tab.click("tab", "Feature selection")
    tab.tick("Mutual information")
    tab.click("tab", "Rare classes")
    tab.tick("Class weights")
    tab.sees("13 candidates")
    tab.click("button", "Run", exact=False)
    # The leaderboard fills while one watches: some fits are done, others are not.
    tab.page.wait_for_function(
        """() => /\\b([1-9]|[1-5]\\d) of 65 fits/.test(document.body.innerText)""", timeout=120_000
    )
    tab.sees("Run finished", 240)
    tab.rest()
    tab.sound()
    workspace, run, study = last_run(server)
    assert study.target == "outcome"
    assert {c.key for c in study.models} == {"logistic", "decision_tree", "naive_bayes"}
    assert {c.key for c in study.selectors} == {"none", "mutual_info"}
    assert {c.key for c in study.resamplers} == {"none", "class_weight"}
    measured = runs.result(workspace, run)
    assert len(measured.finished()) == 13
    assert run in tab.page.url

    tab.go("Compare")
    tab.click("radio", "Threshold")
    tab.page.screenshot(path=tmp_path / "compare.png")
    slider = tab.page.get_by_role("slider").first
    before = tab.text()
    slider.focus()
    for _ in range(20):
        slider.press("ArrowRight")
    tab.page.wait_for_timeout(1000)
    tab.rest()
    assert tab.text() != before
    assert workspace.recent_runs(5)[0].id == run  # moving it started nothing
    for view in ("ROC", "Precision and recall", "Calibration", "Pairs", "By split"):
        tab.click("radio", view)
        tab.sound()

    tab.click("radio", "ROC")  # a view that stands in the address
    assert "view=ROC" in tab.page.url
    tab.click("button", "Weigh it against its cost", exact=False)
    tab.sees("Is it worth what it costs?")
    tab.sound()

    tab.go("Deviance")
    tab.sees("Residual deviance")
    tab.sees("Every candidate on one scale")
    tab.sound()

    tab.go("Trade-offs")
    assert tab.page.locator(".js-plotly-plot").count() >= 1
    tab.sound()
    for title in ("Explore", "Features", "Resampling", "Data", "Home"):
        tab.go(title)
        tab.sound()


def test_a_bad_upload_is_refused_and_loses_nothing(server: Server, tab: Tab, csv: Path, tmp_path):
    """A file that is no table gets a sentence; the table that was open stays."""
    tab.open(server.url)
    upload(tab, csv)
    tab.go("Data")
    noise = tmp_path / "noise.csv"
    noise.write_bytes(bytes(range(256)) * 50)
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    for bad in (noise, empty):
        tab.page.get_by_text("Load another table").first.click()
        tab.rest()
        upload(tab, bad)
        assert tab.page.get_by_test_id("stAlertContentError").count() == 1
        tab.sound()
        assert "customers" in tab.page.get_by_test_id("stSidebar").inner_text()


def test_a_refresh_finds_the_run_and_cancel_stops_it(server: Server, tab: Tab, csv: Path):
    """The address carries the run: a refresh shows it again in its middle; Cancel stops it."""
    tab.open(server.url)
    upload(tab, csv)
    tab.choose("Target: the column to predict", "outcome")
    tab.go("Train")
    tab.tick("SVM, Gaussian kernel")
    tab.tick("Extra trees")
    tab.click("tab", "Validation and preparation")
    folds = tab.page.get_by_role("spinbutton", name="Folds").first
    folds.fill("40")
    folds.press("Enter")
    tab.page.wait_for_timeout(500)
    tab.rest()
    tab.page.get_by_role("button", name=re.compile("Run$")).last.click()
    # The forecast before the run counts fits in the same words.
    tab.page.wait_for_url(re.compile("run="), timeout=120_000)
    tab.page.wait_for_function("() => /[1-9]\\d* of \\d+ fits/.test(document.body.innerText)",
                               timeout=120_000)  # fmt: skip
    _, run, _ = last_run(server)
    assert run in tab.page.url
    tab.page.reload()
    tab.page.wait_for_function("() => /[1-9]\\d* of \\d+ fits/.test(document.body.innerText)",
                               timeout=120_000)  # fmt: skip
    tab.page.get_by_text(re.compile(r"\bRunning\b")).first.wait_for(timeout=30_000)
    tab.page.get_by_role("button", name=re.compile("Cancel$")).first.click()
    tab.sees("Run cancelled", 90)
    tab.rest()
    tab.sound()
    workspace, run, _ = last_run(server)
    assert runs.progress(workspace, run).state == "cancelled"
    assert any(c.splits_done for c in runs.result(workspace, run).candidates)
