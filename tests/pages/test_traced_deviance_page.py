"""The deviance page measures deviances in training, tree by tree and along a penalty."""

from __future__ import annotations

import dataclasses

import pytest

from outfold.judge.deviance_trace import path_study, traced_study
from outfold.study.study import NONE, Choice
from outfold.study.workspace import Workspace
from tests.here import carry_out_here
from tests.pages.conftest import Home, Made, assert_sound, small_study

PAGE = "pages/judge/deviance.py"


@pytest.fixture(scope="module")
def traced(tmp_path_factory) -> Home:
    """A workspace with a run of two classes, measured in training and along its penalty."""
    root = tmp_path_factory.mktemp("traced") / "home"
    workspace = Workspace(root)
    study = small_study(workspace, "binary")
    study = study.replace(
        selectors=(NONE,), resamplers=(NONE,),
        models=(Choice("logistic"), Choice("hist_gradient_boosting", (("max_iter", 15),))),
        validation=dataclasses.replace(study.validation, folds=2),
    )  # fmt: skip
    run, _ = carry_out_here(workspace, study)
    carry_out_here(workspace, traced_study(study))
    carry_out_here(workspace, path_study(study, study.candidates()[1]))
    return Home(root, {"binary": Made(study, run)})


def test_nothing_is_refitted_before_it_is_asked_for(app, home):
    """Both measurements are offered with the number of fits that they take."""
    page = app(PAGE, home.root, run=home.made["binary"].run)
    assert_sound(page)
    labels = [b.label for b in page.button]
    assert "Measure it" in labels
    assert "Measure the path" in labels
    assert any("in the background" in m.value for m in page.markdown)


def test_deviances_in_training_stand_beside_those_out_of_fold(app, traced):
    """On one scale, with the curves by tree and by penalty, and named for what they are."""
    page = app(PAGE, traced.root, run=traced.made["binary"].run)
    assert_sound(page)
    assert len(page.get("plotly_chart")) == 4
    found = " ".join(m.value for m in page.markdown)
    assert "out of fold after" in found or "still improves out of fold" in found
    assert "least deviance out of fold at C" in found
    shown = next(d.value for d in page.dataframe if "D², in training" in d.value)
    grown = shown[shown["Candidate"].str.contains("boosting")].iloc[0]
    assert grown["A row, in training"] < grown["A row"]
