"""Scores on training rows beside those out of fold: never mixed up, and what they say together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics as sk

from outfold.draw import generalisation_gap as picture
from outfold.judge.corrected_t import corrected_t
from outfold.judge.generalisation_gap import generalisation_gap
from outfold.study import training_rows
from outfold.study.defaults import default_study, with_target
from outfold.study.explain.fold_model import refit
from outfold.study.plan import make_plan
from outfold.study.run import predictions, result
from outfold.study.steps import with_splits
from outfold.study.study import NONE, Choice, Study, Validation
from outfold.study.table import study_table
from outfold.study.training_rows import gap_study, rows_predicted
from outfold.study.workspace import Workspace
from tests.here import carry_out_here
from tests.tables import mixed_table

TREE = Choice.of("decision_tree", max_depth=40, min_samples_leaf=1)
STUMP = Choice.of("decision_tree", max_depth=1)


def study_of(workspace: Workspace, task: str, *models: Choice, folds: int = 3) -> Study:
    dataset = workspace.datasets.add_frame(mixed_table(240, task), f"{task} table")
    frame = workspace.datasets.frame(dataset.key)
    study = with_target(default_study(dataset, frame), dataset, frame, "y", task)
    return study.replace(
        validation=Validation(study.validation.scheme, folds=folds), models=models,
        selectors=(NONE,), resamplers=(NONE,),
    )  # fmt: skip


def test_a_tree_that_repeats_its_rows_overfits(tmp_path: Path) -> None:
    """In training it is perfect; out of fold it scores as in the ordinary run."""
    workspace = Workspace(tmp_path)
    study = study_of(workspace, "binary", TREE, Choice("logistic"))
    plain, _ = carry_out_here(workspace, study)
    run, _ = carry_out_here(workspace, gap_study(study, study.candidates()))
    found = generalisation_gap(workspace, run, "roc_auc")
    ordinary = result(workspace, plain)
    for one in found.candidates:
        assert one.held_out == pytest.approx(ordinary[one.candidate].scores["roc_auc"])
    tree = next(c for c in found.candidates if c.model == "decision_tree")
    assert tree.train == pytest.approx((1.0,) * 3)
    gap = corrected_t(1 - np.array(tree.held_out), ordinary.test_train_ratio)
    assert (tree.gap, tree.low, tree.high) == pytest.approx((gap.mean, gap.low, gap.high))
    assert tree.lost == pytest.approx(tree.gap / 0.5)
    assert tree.verdict == "overfits"
    assert "not there on new rows" in found.sentence(tree.candidate)
    assert found.candidates[-1].baseline
    assert found.candidates[-1].train_mean == pytest.approx(0.5)
    assert len(found.by_split()) == 9
    assert found.to_json()["candidates"][0]["by_split"]["train"]
    drawn = picture.draw(found)
    assert any("not out of fold" in (t.name or "") for t in drawn.data)


def test_predictions_in_training_are_those_of_the_splits_model(tmp_path: Path) -> None:
    """Refitting by hand gives the same score; nothing of it is among predictions out of fold."""
    workspace = Workspace(tmp_path)
    study = study_of(workspace, "regression", Choice("ridge"), folds=2)
    asked = gap_study(study, study.candidates())
    run, plan = carry_out_here(workspace, asked)
    loaded = with_splits(study_table(workspace, asked), asked)
    candidate = study.candidates()[1]
    found = generalisation_gap(workspace, run, "rmse")[candidate.name]
    for split, cut in enumerate(loaded.splits):
        model = refit(loaded, study, candidate, split)
        said = model.answer(loaded.table.frame.iloc[cut.train])[:, 0]
        own = np.sqrt(sk.mean_squared_error(loaded.table.target[cut.train], said))
        assert found.train[split] == pytest.approx(own)
        assert found.rows == pytest.approx(len(cut.train))
    assert not found.sampled
    made = predictions(workspace, run, candidate.name)
    assert sorted(made.rows.tolist()) == list(range(loaded.table.n_rows))
    assert plan.train_sizes == tuple(len(cut.train) for cut in loaded.splits)


def test_less_is_better_where_less_is_better(tmp_path: Path) -> None:
    """A gap is positive where training looks better, also for an error."""
    workspace = Workspace(tmp_path)
    study = study_of(workspace, "regression", TREE, Choice("ridge"))
    run, _ = carry_out_here(workspace, gap_study(study, study.candidates()))
    found = generalisation_gap(workspace, run, "rmse")
    tree = next(c for c in found.candidates if c.model == "decision_tree")
    assert tree.train_mean < tree.held_mean
    assert tree.gap == pytest.approx(tree.held_mean - tree.train_mean)


def test_what_is_worse_in_training_than_others_out_of_fold_underfits(tmp_path: Path) -> None:
    """A stump learns one split only; more is there, as another candidate shows."""
    workspace = Workspace(tmp_path)
    study = study_of(workspace, "regression", STUMP, Choice("ridge"), folds=8)
    run, _ = carry_out_here(workspace, gap_study(study, study.candidates()))
    found = generalisation_gap(workspace, run, "r2")
    stump = next(c for c in found.candidates if c.model == "decision_tree")
    best = found.best
    assert best is not None
    assert best.model == "ridge"
    assert stump.train_mean < best.held_mean
    assert stump.verdict == "underfits"
    assert "underfits" in found.sentence(stump.candidate)
    assert best.verdict == "holds"
    assert "holds on new rows" in found.sentence()


def test_a_single_hold_out_has_its_interval_from_the_rows(tmp_path: Path) -> None:
    """There is one split, so the validation rows are drawn again."""
    workspace = Workspace(tmp_path)
    study = study_of(workspace, "binary", TREE).replace(validation=Validation("holdout"))
    run, _ = carry_out_here(workspace, gap_study(study, study.candidates()))
    found = generalisation_gap(workspace, run, "accuracy")
    tree = found.best
    assert tree is not None
    assert "bootstrap" in found.interval
    assert tree.low < tree.gap < tree.high
    assert tree.gap == pytest.approx((tree.low + tree.high) / 2, abs=0.02)


def test_only_these_fits_have_keys_of_their_own(tmp_path: Path) -> None:
    """Everything before a fit is shared with the run, and older studies keep their keys."""
    workspace = Workspace(tmp_path)
    study = study_of(workspace, "binary", TREE)
    loaded = with_splits(study_table(workspace, study), study)
    asked = gap_study(study, study.candidates())
    here, there = (make_plan(s, loaded.table, loaded.splits) for s in (study, asked))
    shared = {s.key for s in here.steps} & {s.key for s in there.steps}
    assert {s.kind for s in here.steps if s.key in shared} == {"prepare", "select", "resample"}
    assert not {s.key for s in here.steps if s.kind == "fit"} & shared
    assert "train_scores" not in study.to_json()
    assert Study.from_json(asked.to_json()) == asked
    assert asked.is_aside
    assert not study.is_aside


def test_of_many_training_rows_a_sample_is_predicted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawn by the seed and the split, each row once."""
    monkeypatch.setattr(training_rows, "MOST_ROWS", 50)
    train = np.arange(100, 400)
    places = rows_predicted(train, 3, 0)
    assert len(set(places.tolist())) == 50
    assert places.max() < 300
    assert np.array_equal(places, rows_predicted(train, 3, 0))
    assert not np.array_equal(places, rows_predicted(train, 3, 1))
