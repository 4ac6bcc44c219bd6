"""What the pages say of time and room: before a run, after it, and when predictions were let go."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from outfold.study import eviction
from outfold.study.run import new_run
from outfold.study.workspace import Workspace
from tests.pages.conftest import Home, Made, assert_sound

TRAIN = "pages/design/train.py"
COMPARE = "pages/judge/compare.py"
HOME = "pages/start/home.py"


def words(test) -> str:
    """Everything that the page says in its running text, as a person reads it."""
    said = "\n".join([m.value for m in test.markdown] + [c.value for c in test.caption])
    return said.replace("\\", "")


def test_a_study_that_was_run_has_nothing_to_compute(app, home):
    """The line beside Run counts what the store can answer, and ends with the last run's time."""
    test = app(TRAIN, home.root, run=home.made["binary"].run)
    assert_sound(test)
    assert "9 candidates, 27 fits: all reused, nothing to compute" in words(test)
    assert "27 of 27 fits: predicted " in test.progress[0].text
    assert ", took " in test.progress[0].text


def test_a_cancelled_run_says_after_how_much_and_shows_at_once_that_it_ends(app, home):
    """The button answers before the steps under way have ended; no forecast is held against it."""
    workspace, study = Workspace(home.root), home.made["count"].study.replace(seed=91)
    run = new_run(workspace, study, "", claimed=True)
    workspace.records.set_plan(run, 6, "")
    workspace.records.set_forecast(run, 5.0, 1)
    test = app(TRAIN, home.root, run=run)
    assert not test.button(key=f"cancel-{run}").disabled
    assert "Running" in words(test)
    test.button(key=f"cancel-{run}").click().run()
    assert test.button(key=f"cancel-{run}").disabled
    assert test.progress[0].text == "Cancelling: waiting for steps under way"
    workspace.records.finish(run, "cancelled")
    test.run()
    assert_sound(test)
    assert test.progress[0].text.startswith("Cancelled after 0 of 6 fits, ")


def test_a_ticked_model_is_foreseen_before_run_is_pressed(app, home):
    """What is there is reused, the rest has a time and says how sure it is."""
    test = app(TRAIN, home.root, study=home.made["binary"].study.key)
    test.checkbox(key="model-naive_bayes").check().run()
    assert_sound(test)
    said = words(test)
    assert "13 candidates, 39 fits: 27 reused, 12 to compute, about " in said
    assert "eight times in ten" in said


def test_a_study_that_cannot_be_run_says_why_instead_of_a_time(app, home):
    """The reason stands where the time would, before anything is started."""
    workspace = Workspace(home.root)
    study = home.made["binary"].study
    from outfold.study.study import Validation

    few = study.replace(validation=Validation(study.validation.scheme, folds=50))
    small = workspace.datasets.add_frame(
        workspace.datasets.frame(study.dataset).head(60), "sixty rows"
    )
    key = workspace.save_study(few.replace(dataset=small.key))
    test = app(TRAIN, home.root, study=key)
    assert not test.exception
    assert "rows are too few for 50 folds" in words(test)


@pytest.fixture
def emptied(home: Home, tmp_path: Path) -> tuple[Path, Made]:
    """A copy of the workspace in which all predictions were let go."""
    root = tmp_path / "emptied"
    shutil.copytree(home.root, root)
    assert eviction.let_go_unused(Workspace(root), []).steps > 0
    return root, home.made["binary"]


def test_a_run_without_predictions_keeps_its_leaderboard_and_offers_to_resume(
    app, emptied, monkeypatch
):
    """One sentence says what happened; views that need no predictions stay."""
    monkeypatch.setattr("outfold.study.service.ensure", lambda workspace: None)
    root, made = emptied
    test = app(COMPARE, root, run=made.run)
    assert_sound(test)
    assert "The predictions of 27 of 27 fits were let go to make room" in words(test)
    views = test.segmented_control(key="view").options
    assert "By split" in views
    assert "ROC" not in views
    test.button(key=f"again-{made.run}").click().run()
    assert Workspace(root).records.run(made.run).state == "queued"


def test_the_start_page_shows_the_room_that_predictions_take(app, home, tmp_path):
    """Opened, it tells use and limit, and the limit can be changed."""
    root = tmp_path / "room"
    shutil.copytree(home.root, root)
    test = app(HOME, root)
    assert_sound(test)
    test.session_state["room"] = True
    test.run()
    assert_sound(test)
    assert "that they may. Beyond that" in words(test)
    test.number_input(key="room-limit").set_value(500).run()
    assert_sound(test)
    assert eviction.limit_mb(Workspace(root)) == (500, False)
