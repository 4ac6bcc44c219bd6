"""Racing and the quick look on the pages: controls, marks, and what was saved."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from outfold.study.cluster import connected
from outfold.study.execute import execute
from outfold.study.run import new_run, result
from outfold.study.speed import Quick, Racing
from outfold.study.study import Choice, Study, Validation
from outfold.study.workspace import Workspace
from tests.pages.conftest import MAIN, assert_sound
from tests.pages.test_journeys import current

TRAIN = "pages/design/train.py"
COMPARE = "pages/judge/compare.py"


@dataclass(frozen=True)
class Raced:
    """A workspace with one raced run."""

    root: Path
    study: Study
    run: str


@pytest.fixture(scope="module")
def raced(tmp_path_factory) -> Raced:
    """A finished run in which a tree of depth one was stopped."""
    from tests.engine.study.conftest import study_of

    # AppTest leaves the app as the main module, which worker processes would import.
    sys.modules["__main__"] = MAIN
    root = tmp_path_factory.mktemp("raced") / "home"
    workspace = Workspace(root)
    study = study_of(
        workspace,
        n_rows=900,
        models=(Choice("logistic"), Choice.of("decision_tree", max_depth=1)),
        validation=Validation("stratified", folds=6),
        racing=Racing(on=True, level=0.2),
        quick=Quick(on=True, rows=300),
    )
    with connected("", 2) as client:
        run = new_run(workspace, study, "", claimed=True)
        execute(workspace, run, client)
    assert "stopped" in [c.status for c in result(workspace, run).candidates]
    return Raced(root, study, run)


def test_each_control_of_speed_changes_the_study(app, raced):
    """Switches, rule, level, first decision, rows and samples; the rule stands in words."""
    plain = raced.study.replace(racing=Racing(), quick=Quick())
    Workspace(raced.root).save_study(plain)
    test = app(TRAIN, raced.root, study=plain.key)
    assert not any("racing-test" in (box.key or "") for box in test.selectbox)
    test.toggle(key="racing-on").set_value(True).run()
    test.toggle(key="quick-on").set_value(True).run()
    assert_sound(test)
    assert current(test).racing == Racing(on=True)
    assert any("2 rivals and 3 decisions" in c.value for c in test.caption)
    assert any("less than twice the sample" in c.value for c in test.caption)
    test.selectbox(key="racing-test").set_value("friedman").run()
    test.number_input(key="racing-level").set_value(0.1).run()
    test.number_input(key="racing-first").set_value(4).run()
    test.number_input(key="quick-rows").set_value(200).run()
    test.number_input(key="quick-samples").set_value(2).run()
    assert_sound(test)
    assert current(test).racing == Racing(True, "friedman", 0.1, 4)
    assert current(test).quick == Quick(True, 200, 2)
    assert any("Friedman's test" in c.value.replace("\\", "") for c in test.caption)
    assert any("about 200 and then on all 900 rows" in c.value for c in test.caption)


def test_the_leaderboard_marks_who_was_stopped_and_why(app, raced):
    """Status, partial interval, no rank, the reason below, what was saved, and the rows."""
    test = app(COMPARE, raced.root, run=raced.run)
    assert_sound(test)
    board = next(d.value for d in test.dataframe if "Rank" in d.value.columns)
    stopped = board[board["Status"].str.contains("stopped early")]
    assert len(stopped) == 1
    assert stopped["Rank"].item() == ""
    assert "partial" in stopped["Interval"].item()
    assert set(board["Rows"]) == {900}
    said = [c.value.replace("\\", "") for c in test.caption]
    assert any("Stopped after" in s and "against" in s and "Logistic" in s for s in said)
    assert any("stopped early" in i.value for i in test.info)
