"""Tuning on the pages: every control changes the study, and a tuned run can be looked into."""

from __future__ import annotations

import pytest

from outfold.study.cluster import connected
from outfold.study.execute import execute
from outfold.study.run import new_run
from outfold.study.study import Choice
from outfold.study.tune.tuning import METHODS, Tuning
from outfold.study.workspace import Workspace
from tests.pages.conftest import assert_sound, small_study
from tests.pages.test_journeys import current

TRAIN = "pages/design/train.py"
COMPARE = "pages/judge/compare.py"


@pytest.fixture(scope="module")
def tuned_run(home) -> str:
    """A finished run of a tuned study."""
    workspace = Workspace(home.root)
    study = small_study(workspace, "binary").replace(
        models=(Choice("decision_tree"), Choice("naive_bayes")),
        tuning=Tuning("halton", trials=6),
    )
    with connected("", 2) as client:
        run = new_run(workspace, study, "", claimed=True)
        execute(workspace, run, client)
    assert workspace.records.run(run).state == "finished"
    return run


def test_each_control_of_tuning_changes_the_study(app, home):
    """Method, trials, seconds, inner folds and metric; what is tuned is listed."""
    test = app(TRAIN, home.root, study=home.made["binary"].study.key)
    assert not current(test).tuning.is_on
    for method in (m for m in METHODS if m != "none"):
        test.selectbox(key="tune-method").set_value(method).run()
        assert_sound(test)
        assert current(test).tuning == Tuning(method)
    assert any("trial fits" in m.value for m in test.markdown)
    test.number_input(key="tune-trials").set_value(7).run()
    test.number_input(key="tune-seconds").set_value(30.0).run()
    test.number_input(key="tune-folds").set_value(4).run()
    test.selectbox(key="tune-metric").set_value("log_loss").run()
    assert_sound(test)
    assert current(test).tuning == Tuning("tpe", 7, 30.0, 4, "log_loss")
    assert any("differs from run to run" in c.value for c in test.caption)
    ranges = next(d.value for d in test.dataframe if "Values" in d.value.columns)
    assert "0.0001 to 10,000, log scale" in set(ranges["Values"])
    assert ranges["Source"].str.len().min() > 0


def test_a_tuning_without_an_end_is_refused_in_words(app, home):
    """Emptying trials without seconds changes nothing and says what would be right."""
    study = home.made["binary"].study.replace(tuning=Tuning("halving"))
    Workspace(home.root).save_study(study)
    test = app(TRAIN, home.root, study=study.key)
    test.number_input(key="tune-trials").set_value(None).run()
    assert current(test).tuning == Tuning("halving")
    assert any("no end" in e.value for e in test.error)


def test_a_tuned_run_shows_what_tuning_found(app, home, tuned_run):
    """Optimism of every tuned candidate, the search, the importance and the chosen values."""
    test = app(COMPARE, home.root, run=tuned_run, view="Tuning")
    assert_sound(test)
    optimism = next(d.value for d in test.dataframe if "Optimism" in d.value.columns)
    assert len(optimism) == 2 * 2 * 2  # models × selectors × resamplers
    assert any("held out from tuning" in m.value for m in test.markdown)
    drawn = [chart.proto.id for chart in test.get("plotly_chart")]
    for name in ("tuning-history", "tuning-importance", "tuning-values"):
        assert any(name in key for key in drawn), drawn


def test_a_run_without_tuning_has_no_view_of_it(app, home):
    """Nothing is offered that has nothing to show."""
    test = app(COMPARE, home.root, run=home.made["binary"].run)
    assert_sound(test)
    assert "Tuning" not in test.segmented_control(key="view").options
