"""Deviance in training and out of fold: by candidate, by boosting stage, along a penalty."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics as sk

from outfold.draw.deviance_path import deviance_path as path_picture
from outfold.draw.deviance_stages import deviance_stages
from outfold.errors import NotApplicableError
from outfold.judge.candidate_deviance import deviance_of
from outfold.judge.deviance_trace import (
    deviance_path,
    path_study,
    penalty_of,
    strengths,
    traced,
    traced_study,
)
from outfold.models.stages import n_stages, staged
from outfold.registry import registry
from outfold.study.defaults import default_study, with_target
from outfold.study.plan import make_plan
from outfold.study.run import predictions
from outfold.study.steps import with_splits
from outfold.study.study import NONE, Choice, Study, Validation
from outfold.study.table import study_table
from outfold.study.workspace import Workspace
from tests.here import carry_out_here
from tests.tables import mixed_table

TREES = {"hist_gradient_boosting": "max_iter", "lightgbm": "n_estimators"}


def study_of(workspace: Workspace, task: str, *models: Choice) -> Study:
    dataset = workspace.datasets.add_frame(mixed_table(160, task), f"{task} table")
    frame = workspace.datasets.frame(dataset.key)
    study = with_target(default_study(dataset, frame), dataset, frame, "y", task)
    return study.replace(
        validation=Validation(study.validation.scheme, folds=2), models=models,
        selectors=(NONE,), resamplers=(NONE,),
    )  # fmt: skip


@pytest.mark.parametrize("task", ["binary", "multiclass", "count", "regression"])
@pytest.mark.parametrize("model", TREES)
def test_the_last_stage_is_the_models_own_prediction(model: str, task: str) -> None:
    """Stages add up to what the finished model says, in every task."""
    frame = mixed_table(120, task)
    y = frame.pop("y")
    x = frame.select_dtypes("number").fillna(0.0)
    target = y.astype("category").cat.codes if task in ("binary", "multiclass") else y
    made = registry("model")[model].build(task=task, seed=0, **{TREES[model]: 12})
    made.fit(x, np.asarray(target))
    assert n_stages(made) == 12
    first, last = staged(made, x, (1, 12))
    classes = task in ("binary", "multiclass")
    own = made.predict_proba(x) if classes else made.predict(x)
    np.testing.assert_allclose(last, own, rtol=1e-9, atol=1e-12)
    assert not np.allclose(first, own)


def test_other_models_have_no_stages() -> None:
    """A forest's trees are no sequence."""
    frame = mixed_table(60, "regression").select_dtypes("number").fillna(0.0)
    made = registry("model")["ridge"].build(task="regression", seed=0)
    assert n_stages(made.fit(frame.drop(columns="y"), frame["y"])) == 0


def test_both_sides_of_a_split_are_judged(tmp_path: Path) -> None:
    """Out of fold it is the run's own deviance; in training, that of the rows fitted on."""
    workspace = Workspace(tmp_path)
    tree = Choice("decision_tree")
    boosted = Choice("hist_gradient_boosting", (("max_iter", 25),))
    study = traced_study(study_of(workspace, "binary", tree, boosted))
    run, _ = carry_out_here(workspace, study)
    found = traced(workspace, run)
    assert set(found) == {c.name for c in study.candidates()}
    for name, candidate in found.items():
        assert candidate.test == pytest.approx(deviance_of(predictions(workspace, run, name)).mean)
    null = found[study.candidates()[0].name]
    assert null.test_d2 == pytest.approx(0, abs=1e-12)
    assert null.train_d2 == pytest.approx(0, abs=1e-12)
    grown = next(c for c in found.values() if c.candidate.model == boosted)
    assert grown.train < grown.test
    stages = grown.stages
    assert stages is not None
    assert list(stages.at) == list(range(1, 26))
    assert stages.test[-1] == pytest.approx(grown.test)
    assert stages.train[-1] == pytest.approx(grown.train)
    assert (np.diff(stages.train) < 0).all()
    assert stages.test[stages.best] == stages.test.min()
    assert grown.stages is not None
    figure = deviance_stages(grown, "Boosting")
    assert f"after {stages.best_stage} of 25" in figure.layout.title.text.replace("<br>", " ")
    assert next(c for c in found.values() if c.candidate.model == tree).stages is None


def test_training_rows_count_as_they_were_before_resampling(tmp_path: Path) -> None:
    """The training deviance of a resampled model is that of the rows there were."""
    workspace = Workspace(tmp_path)
    study = study_of(workspace, "binary", Choice("logistic"))
    study = traced_study(study.replace(resamplers=(Choice("random_under"),)))
    carry_out_here(workspace, study)
    loaded = with_splits(study_table(workspace, study), study)
    plan = make_plan(study, loaded.table, loaded.splits)
    keys = plan.fits[study.candidates()[1].name]
    bodies = workspace.records.steps(list(keys))
    for key, cut in zip(keys, loaded.splits, strict=True):
        assert bodies[key]["deviance"]["train"]["rows"] == len(cut.train)
        share = loaded.table.target[cut.train].mean()
        own = 2 * sk.log_loss(
            loaded.table.target[cut.train], np.full(len(cut.train), share), normalize=False
        )
        assert bodies[key]["deviance"]["train"]["null"] == pytest.approx(own)


def test_only_traced_fits_have_keys_of_their_own(tmp_path: Path) -> None:
    """Everything before the fit is shared with the run."""
    workspace = Workspace(tmp_path)
    study = study_of(workspace, "count", Choice("poisson"))
    loaded = with_splits(study_table(workspace, study), study)
    plain = make_plan(study, loaded.table, loaded.splits)
    asked = make_plan(traced_study(study), loaded.table, loaded.splits)
    shared = {s.key for s in plain.steps} & {s.key for s in asked.steps}
    assert {s.kind for s in plain.steps if s.key in shared} == {"prepare", "select", "resample"}
    assert not {s.key for s in plain.steps if s.kind == "fit"} & shared


def test_a_weaker_penalty_lowers_the_deviance_in_training(tmp_path: Path) -> None:
    """Along the path training falls, and the least out of fold is marked."""
    workspace = Workspace(tmp_path)
    study = study_of(workspace, "regression", Choice("ridge"))
    candidate = study.candidates()[1]
    asked = path_study(study, candidate)
    assert len(asked.models) == len(strengths(penalty_of("ridge")))  # type: ignore[arg-type]
    found = deviance_path(workspace, carry_out_here(workspace, asked)[0], candidate)
    assert found is not None
    assert (np.diff(found.values) < 0).all()
    assert (np.diff(found.train) <= 1e-9 * found.train[0]).all()
    assert found.test[found.best] == found.test.min()
    assert found.simplest <= found.best
    assert found.chosen == 1.0
    assert f"alpha = {found.values[found.best]:.3g}" in path_picture(
        found, "Ridge"
    ).layout.title.text.replace("<br>", " ")


def test_a_model_without_a_penalty_has_no_path(tmp_path: Path) -> None:
    """Said in words."""
    study = study_of(Workspace(tmp_path), "binary", Choice("knn"))
    with pytest.raises(NotApplicableError, match="no penalty"):
        path_study(study, study.candidates()[1])


def test_a_traced_study_is_written_and_read(tmp_path: Path) -> None:
    """The run service reads it from its text."""
    study = traced_study(study_of(Workspace(tmp_path), "binary", Choice("logistic")))
    assert Study.from_json(study.to_json()) == study
    assert dataclasses.replace(study, trace_deviance=False).key != study.key
