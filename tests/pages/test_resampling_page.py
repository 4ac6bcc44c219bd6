"""The Resampling page: what is shown before a trial, after it, and for a target of numbers."""

from __future__ import annotations

import pytest

from components.names import choice_name
from outfold.study.cluster import connected
from outfold.study.execute import execute
from outfold.study.run import new_run
from outfold.study.study import NONE, Choice
from outfold.study.table import study_table
from outfold.study.trial import trial_study
from outfold.study.workspace import Workspace
from tests.pages.conftest import assert_sound

PAGE = "pages/design/resampling.py"
METHODS = ("class_weight", "smotenc", "random_under")


@pytest.fixture(scope="module")
def tried(home):
    """A study of each task of classes, whose trial of three resamplers is finished."""
    workspace, studies = Workspace(home.root), {}
    with connected("", 2) as client:
        for task in ("binary", "multiclass"):
            study = home.made[task].study.replace(
                resamplers=(NONE, *(Choice(key) for key in METHODS))
            )
            workspace.save_study(study)
            trial = trial_study(
                study, study_table(workspace, study).facts, "resampler", study.resamplers
            )
            run = new_run(workspace, trial, "", claimed=True)
            execute(workspace, run, client)
            assert workspace.records.run(run).state == "finished"
            studies[task] = study
    return studies


def words(test) -> str:
    """All text of the page."""
    parts = [m.value for m in (*test.main.markdown, *test.main.caption)]
    return " ".join(parts)


@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_a_finished_trial_puts_thresholds_and_probabilities_beside_resampling(
    app, home, tried, task
):
    """Counts, the plane, scores, and what needs no resampling at all."""
    test = app(PAGE, home.root, study=tried[task].key)
    assert_sound(test)
    said = words(test)
    assert "Where its rows lie" in said
    assert "What it does to the probabilities" in said
    assert ("Or move the threshold" in said) == (task == "binary")
    before = next(m.value for m in test.main.markdown if "As predicted" in m.value)
    test.toggle(key="prior-corrected").set_value(True).run()
    assert_sound(test)
    after = next(m.value for m in test.main.markdown if "After prior correction" in m.value)
    assert before != after


def test_what_a_miss_costs_moves_the_threshold(app, home, tried):
    """The cost ratio gives the threshold of calibrated probabilities in words."""
    test = app(PAGE, home.root, study=tried["binary"].key)
    test.segmented_control(key="decided-by").set_value("cost").run()
    assert_sound(test)
    assert "= 0.167" in words(test)
    test.number_input(key="miss-ratio").set_value(9.0).run()
    assert_sound(test)
    assert "= 0.1 " in words(test)


def test_the_plane_shows_the_resampler_chosen(app, home, tried):
    """One resampler at a time, told by name."""
    test = app(PAGE, home.root, study=tried["binary"].key)
    key = Choice("smotenc").label()
    test.segmented_control(key="points-of").set_value(key).run()
    assert_sound(test)
    assert f"{choice_name('resampler', Choice('smotenc'))} makes " in words(test)


def test_a_target_of_numbers_is_told_why_there_is_none(app, home):
    """And what can be done instead."""
    test = app(PAGE, home.root, study=home.made["count"].study.key)
    assert_sound(test)
    assert "no classes to balance" in test.info[0].value
    assert "weights" in test.info[0].value


def test_compare_corrects_the_calibration_of_weighted_candidates(app, home):
    """The switch is there where fitting saw other class shares, and moves the curve."""
    test = app("pages/judge/compare.py", home.root, run=home.made["multiclass"].run,
               view="Calibration")  # fmt: skip
    assert_sound(test)
    before = test.get("plotly_chart")[-1].proto.spec
    test.toggle(key="prior").set_value(True).run()
    assert_sound(test)
    assert test.get("plotly_chart")[-1].proto.spec != before


def test_an_address_names_the_methods_by_their_keys(app, home):
    """What is not known is left out; the meter's model comes from the address as well."""
    study = home.made["binary"].study.key
    named = {"balancing": "smotenc,no_such_method", "leakage-resampler-model": "naive_bayes"}
    test = app("", home.root, study=study, **named).switch_page(PAGE).run()
    assert_sound(test)
    assert test.multiselect(key="balancing").value == ["smotenc"]
    assert test.selectbox(key="leakage-resampler-model").value == "naive_bayes"
