"""Every view of the Compare page in a browser: nothing raised, and what is moved moves figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest

from outfold.study.defaults import default_study, with_target
from outfold.study.study import NONE, Choice, Study, Validation
from outfold.study.training_rows import gap_study
from outfold.study.workspace import Workspace
from outfold.task import Task
from tests.browser.conftest import Server, Tab, serve
from tests.here import carry_out_here
from tests.tables import mixed_table

pytestmark = pytest.mark.browser

VIEWS = ("By split", "Threshold", "ROC", "Precision and recall", "Gain and lift", "Calibration",
         "Decision curve", "Slices", "Groups", "Worst rows", "Pairs", "Side by side",
         "Across tables", "Training gap", "Learning curve", "Parameter", "Seeds",
         "What mattered", "Code")  # fmt: skip
DRAWN = ("By split", "Threshold", "ROC", "Precision and recall", "Calibration", "Decision curve",
         "Slices", "Groups", "Side by side", "Across tables", "Training gap",
         "What mattered")  # fmt: skip


@dataclass(frozen=True)
class Made:
    """An app over finished runs.

    Attributes:
        server: The app.
        study: Key of the study of two selectors and two models on two classes.
        run: Its run.
        other: A run of the same table with a stronger penalty.
    """

    server: Server
    study: str
    run: str
    other: str

    def address(self, **parts: str) -> str:
        query = urlencode({"study": self.study, "run": self.run} | parts)
        return f"{self.server.url}/compare?{query}"


def _study(workspace: Workspace, task: Task) -> Study:
    dataset = workspace.datasets.add_frame(mixed_table(200, task), f"{task} table")
    frame = workspace.datasets.frame(dataset.key)
    study = with_target(default_study(dataset, frame), dataset, frame, "y", task)
    return study.replace(
        validation=Validation("stratified", folds=3), selectors=(NONE, Choice("cfs")),
        resamplers=(NONE,), models=(Choice("logistic"), Choice("naive_bayes")),
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """One app and its finished runs for all tests of this file."""
    home = tmp_path_factory.mktemp("compared") / "home"
    workspace = Workspace(home)
    study = _study(workspace, "binary")
    stronger = study.replace(models=(Choice.of("logistic", C=0.01), Choice("naive_bayes")))
    other, _ = carry_out_here(workspace, stronger)
    carry_out_here(workspace, _study(workspace, "multiclass"))
    carry_out_here(workspace, gap_study(study, study.candidates()))
    run, _ = carry_out_here(workspace, study)
    server = serve(home)
    yield Made(server, study.key, run, other)
    server.stop()


def _look_at(tab: Tab, view: str) -> None:
    group = tab.page.get_by_test_id("stButtonGroup").filter(has_text="Across tables").first
    group.get_by_text(view, exact=True).click()
    tab.page.wait_for_timeout(250)
    tab.rest()


def test_every_view_opens_and_nothing_is_raised(made: Made, tab: Tab) -> None:
    """One after the other, as a person walks through them; those that draw have drawn."""
    tab.open(made.address())
    for view in VIEWS:
        _look_at(tab, view)
        tab.sound()
        assert tab.page.get_by_test_id("stAlertContentError").count() == 0, view
        if view in DRAWN:
            assert tab.page.get_by_test_id("stPlotlyChart").count() > 1, view
    # Nothing is wider than a narrow screen, where most columns stand below each other.
    tab.page.set_viewport_size({"width": 390, "height": 844})
    for view in ("Across tables", "Training gap", "Side by side"):
        _look_at(tab, view)
        over = tab.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
        assert over <= 1, view


def test_a_moved_threshold_moves_the_figures(made: Made, tab: Tab) -> None:
    """Fewer rows are flagged from a higher probability on, and dearer misses cost more."""
    tab.open(made.address(view="Threshold"))

    def figure(label: str) -> str:
        card = tab.page.get_by_test_id("stMetric").filter(has_text=label).first
        return card.get_by_test_id("stMetricValue").inner_text()

    before = float(figure("Share flagged"))
    thumb = tab.page.get_by_role("slider").first
    thumb.focus()
    for _ in range(30):
        thumb.press("ArrowRight")
    tab.page.wait_for_timeout(400)
    tab.rest()
    assert float(figure("Share flagged")) < before
    cost = float(figure("Cost per row"))
    box = tab.page.get_by_label("Cost of a miss")
    box.fill("20")
    box.press("Enter")
    tab.page.wait_for_timeout(400)
    tab.rest()
    assert float(figure("Cost per row")) > cost
    tab.sound()


def test_two_runs_stand_side_by_side(made: Made, tab: Tab) -> None:
    """What differs is said in words, and what it did to each metric is drawn."""
    tab.open(made.address(view="Side by side", beside=made.other))
    said = tab.text()
    assert "What differs:" in said
    assert "logistic regression" in said.lower()
    assert "within noise" in said or "beyond noise" in said
    tab.sound()


def test_a_leaderboard_by_cost_is_its_own_address(made: Made, tab: Tab) -> None:
    """The costs stand in it, so that the page can be shared."""
    tab.open(made.address(by="Expected cost", **{"cost-fn": "7"}))
    assert "a false alarm costs 1, a miss 7" in tab.text()
    assert "Expected cost" in tab.text()
    tab.sound()
