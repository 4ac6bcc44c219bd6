"""The explain page offers, follows and shows an explanation, and answers what is asked of it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from outfold.judge.explanation import explain_study
from outfold.study.explain.explaining import Explaining
from outfold.study.study import NONE
from outfold.study.table import typed_frame
from outfold.study.workspace import Workspace
from tests.here import carry_out_here
from tests.pages.conftest import Home, Made, assert_sound, small_study

PAGE = "pages/judge/explain.py"
VIEWS = {"Columns": 2, "One column": 3, "One row": 1, "Groups": 1, "Shuffled columns": 1,
         "Small tree": 1}  # fmt: skip


@pytest.fixture(scope="module")
def explained(tmp_path_factory) -> Home:
    """A workspace with an explained run of two classes and one of counts."""
    root = tmp_path_factory.mktemp("explained") / "home"
    workspace = Workspace(root)
    made = {}
    for task in ("binary", "multiclass", "count"):
        study = small_study(workspace, task)
        study = study.replace(
            selectors=(NONE,), resamplers=(NONE,), models=study.models[:1],
            validation=dataclasses.replace(study.validation, folds=2),
        )  # fmt: skip
        run, _ = carry_out_here(workspace, study)
        asked = explain_study(study, study.candidates()[1], Explaining(on=True))
        carry_out_here(workspace, asked)
        made[task] = Made(study, run)
    return Home(root, made)


def test_a_finished_run_is_offered_to_be_explained(app, home):
    """Nothing is computed before somebody asks."""
    test = app(PAGE, home.root, run=home.made["binary"].run)
    assert_sound(test)
    assert any(b.label == "Explain it" for b in test.button)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_of_an_explanation_is_drawn(app, explained, view):
    """Each view has its charts, and nothing fails."""
    test = app(PAGE, explained.root, run=explained.made["binary"].run, explain=view)
    assert_sound(test)
    assert len(test.get("plotly_chart")) == VIEWS[view]
    assert any("had not seen it" in c.value for c in test.caption)


@pytest.mark.parametrize("task", ["multiclass", "count"])
@pytest.mark.parametrize("view", ["One row", "Small tree"])
def test_classes_and_counts_are_explained_too(app, explained, task, view):
    """One of several classes, and a number."""
    test = app(PAGE, explained.root, run=explained.made[task].run, explain=view)
    assert_sound(test)
    assert test.get("plotly_chart")


def test_a_changed_value_changes_the_prediction_at_once(app, explained):
    """A slider moves the prediction; going back restores it."""
    test = app(PAGE, explained.root, run=explained.made["binary"].run, explain="One row")
    before = next(m for m in test.metric if m.label.startswith("Prediction"))
    assert not before.delta
    slider = next(s for s in test.slider if s.label == "signal")
    slider.set_value(slider.max).run()
    assert_sound(test)
    after = next(m for m in test.metric if m.label.startswith("Prediction"))
    assert after.value != before.value
    assert after.delta
    test.button(key="what-if-back").click().run()
    assert next(m for m in test.metric if m.label.startswith("Prediction")).value == before.value


def test_locked_columns_stay_as_they_are(app, explained):
    """What the person locks is in no counterfactual."""
    test = app(PAGE, explained.root, run=explained.made["binary"].run, explain="One row")
    found = test.dataframe[-1].value
    assert any("signal" in text for text in found["Changes"])
    test.multiselect(key="locked").set_value(["signal"]).run()
    assert_sound(test)
    assert not any("signal" in text for text in test.dataframe[-1].value["Changes"])


def test_any_row_is_explained_by_its_number(app, explained):
    """Drawn or not; the waterfall, the prediction and the what-if are of that row."""
    test = app(PAGE, explained.root, run=explained.made["multiclass"].run, explain="One row")
    for number in (7, 8):
        test.session_state["rows-shown"] = "By its number"
        test.run()
        test.number_input(key="row-number").set_value(number).run()
        assert_sound(test)
        assert next(m for m in test.metric if m.label == "Row").value == str(number)
        said = [m.value for m in test.metric if m.label.startswith("Predict")]
        assert len(said) == 2
        assert said[0] == said[1]


def test_a_row_has_one_number_on_every_page(app, explained):
    """The first data row is 1; a number stands for the same row on Compare and on Explain."""
    made = explained.made["binary"]
    workspace = Workspace(explained.root)
    frame, _ = typed_frame(workspace, made.study)
    worst = app("pages/judge/compare.py", explained.root, run=made.run, study=made.study.key,
                view="Worst rows")  # fmt: skip
    shown = worst.dataframe[-1].value
    np.testing.assert_array_equal(shown["signal"], frame["signal"].iloc[shown["row"] - 1])
    page = app(PAGE, explained.root, run=made.run, explain="One row")
    listed = next(d.value for d in page.dataframe if "row number" in d.value)
    np.testing.assert_array_equal(listed["signal"], frame["signal"].iloc[listed["row number"] - 1])
    assert next(m for m in page.metric if m.label == "Row").value == str(listed["row number"][0])
    assert any("of one model alone: of split" in c.value for c in page.caption)
