"""A finished run is asked why: progress, all columns, one row, and the row with other values."""

from __future__ import annotations

import dataclasses

import pytest

from outfold.study.workspace import Workspace
from tests.here import carry_out_here
from tests.pages.conftest import small_study

pytestmark = pytest.mark.browser


def test_a_finished_run_is_explained_while_one_watches(server, tab):
    """The service computes it in the background; a refresh in the middle loses nothing."""
    workspace = Workspace(server.home)
    study = small_study(workspace, "binary")
    study = study.replace(
        validation=dataclasses.replace(study.validation, folds=2), models=study.models[:1]
    )
    run, _ = carry_out_here(workspace, study)

    tab.open(f"{server.url}/explain?run={run}")
    tab.page.get_by_role("button", name="Explain it").click()
    tab.page.get_by_role("progressbar").first.wait_for(timeout=60_000)
    tab.page.reload(wait_until="commit")
    tab.sees("adds up")
    tab.rest()
    assert "same models as in the run" in tab.text()
    assert "moves predictions most" in tab.text()
    charts = tab.page.locator(".js-plotly-plot")
    assert charts.count() == 2
    assert charts.nth(1).locator(".scatterlayer .point, .gl-canvas").count() > 0
    tab.sound()

    tab.click("radio", "One row")
    tab.sees("this row’s prediction most")
    assert charts.count() == 1
    assert charts.first.locator(".barlayer .point").count() >= 3
    tab.sound()

    told = tab.page.get_by_test_id("stMetric").filter(has_text="Prediction, ")
    before = told.inner_text()
    slider = tab.page.get_by_role("slider", name="signal")
    slider.focus()
    slider.press("End" if slider.get_attribute("aria-valuenow") != slider.get_attribute(
        "aria-valuemax") else "Home")  # fmt: skip
    tab.sees("Back to the row as it is")
    tab.rest()
    assert told.inner_text() != before
    tab.click("button", "Back to the row as it is")
    assert told.inner_text() == before
    tab.sound()
