"""The leakage meter by clicking: asked, followed, read; another one found again and cancelled."""

from __future__ import annotations

import re

import pytest

from outfold.judge.leakage import leakage
from outfold.study.defaults import default_study, with_target
from outfold.study.leaky_scores import leaky_scores
from outfold.study.study import Study
from outfold.study.table import study_table
from outfold.study.workspace import Workspace
from tests.browser.conftest import PATIENCE, Server, Tab
from tests.tables import mixed_table

pytestmark = pytest.mark.browser

OFFER = "Measure it on this table"
BEGUN = re.compile(r" of at most 10 min|Waiting for workers")
TIME = "at most 10 min"
"""So that a busy machine gets to the end, and another measurement is not over before its cancel."""


@pytest.fixture(scope="module")
def study(server: Server) -> Study:
    """A study of a table with a rare class."""
    workspace = Workspace(server.home)
    dataset = workspace.datasets.add_frame(mixed_table(900), "customers")
    frame = workspace.datasets.frame(dataset.key)
    made = with_target(default_study(dataset, frame), dataset, frame, "y", "binary")
    workspace.save_study(made)
    return made


def measure(tab: Tab) -> None:
    """Ask for a measurement, and wait until it is followed."""
    tab.choose("Time", TIME)
    tab.page.get_by_role("button", name=OFFER).click()
    tab.page.get_by_text(BEGUN).first.wait_for(timeout=PATIENCE)


def newest(server: Server) -> tuple[Workspace, str, Study]:
    """The run that was asked for last, and its study."""
    workspace = Workspace(server.home)
    record = workspace.recent_runs(1)[0]
    return workspace, record.id, workspace.study(record.study)


def test_a_measurement_is_asked_followed_and_read(server: Server, tab: Tab, study: Study):
    """The bar is there at once, and in the end the optimism that the engine measured."""
    tab.open(f"{server.url}/resampling?study={study.key}")
    measure(tab)
    assert tab.page.get_by_role("button", name="Cancel").is_visible()
    tab.sees("The figures as a table")
    tab.rest()
    workspace, run, asked = newest(server)
    assert workspace.records.run(run).state == "finished"
    measured = leaky_scores(workspace, asked, study_table(workspace, asked).positive)
    assert measured is not None
    found = leakage(measured)
    line = found["resampling"]
    assert line.measured
    # Above the line in the chart, with its sign.
    sign = "+" if line.optimism >= 0 else "−"
    drawn = tab.page.locator(".js-plotly-plot .textpoint")
    assert any(
        t.startswith(sign + found.said(abs(line.optimism))) for t in drawn.all_text_contents()
    )
    assert found.sentence() in tab.text().replace("\xa0", " ")
    legend = " ".join(tab.page.locator(".legendtext").all_text_contents())
    assert "a guess that looks at no column" in legend
    assert not tab.page.get_by_role("button", name=OFFER).count()
    tab.sound()


def test_another_is_found_again_after_a_reload_and_cancelled(
    server: Server, tab: Tab, study: Study
):
    """What was chosen stands in the address, so a new session follows the same measurement."""
    tab.open(f"{server.url}/resampling?study={study.key}")
    tab.choose("Model", "Random forest")
    measure(tab)
    tab.page.reload()
    tab.page.get_by_text(BEGUN).first.wait_for(timeout=PATIENCE)
    assert tab.page.get_by_role("combobox", name="Model").input_value() == "Random forest"
    tab.page.get_by_role("button", name="Cancel").click(timeout=PATIENCE)
    tab.sees("The measurement was cancelled.")
    tab.rest()
    assert tab.page.get_by_role("button", name=OFFER).is_visible()
    workspace, run, asked = newest(server)
    assert workspace.records.run(run).state == "cancelled"
    assert asked.models[0].key == "random_forest"
    assert leaky_scores(workspace, asked, 1) is None
    tab.sound()
