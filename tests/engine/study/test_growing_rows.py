"""Growing training rows: parts within each other, the same validation rows, whole fits reused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from outfold.errors import NotApplicableError, StudyError
from outfold.judge.learning_curve import learning_curve
from outfold.study.growing_rows import curve_study, default_shares, part
from outfold.study.grown_scores import grown_scores
from outfold.study.plan import make_plan
from outfold.study.run import predictions
from outfold.study.selections import latest_run
from outfold.study.steps import with_splits
from outfold.study.study import BASELINE, Study
from outfold.study.table import study_table
from tests.engine.study.conftest import carry_out, study_of

SHARES = (0.6, 0.3)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_smaller_parts_lie_within_larger_ones(workspace, task):
    """A curve rises because rows are added, not because others are drawn."""
    study = study_of(workspace, task)
    table = study_table(workspace, study)
    train = with_splits(table, study).splits[0].train
    before: set[int] = set()
    for share in (0.1, 0.2, 0.5, 0.9):
        rows = part(train, share, table, 7, 0)
        assert before <= set(rows.tolist()) <= set(train.tolist())
        assert (np.diff(rows) > 0).all()
        assert len(rows) == pytest.approx(share * len(train), abs=len(table.classes) or 1)
        before = set(rows.tolist())


def test_classes_keep_their_proportions(workspace):
    """Each class gives its share, rounded up, so none is lost."""
    table = study_table(workspace, study_of(workspace, "multiclass"))
    train = np.arange(table.n_rows)
    rows = part(train, 0.25, table, 0, 0)
    whole, kept = (np.bincount(table.target[r].astype(int)) for r in (train, rows))
    assert kept.tolist() == np.ceil(whole * 0.25).astype(int).tolist()


def test_groups_are_taken_whole(workspace):
    """A group is in a part with all of its training rows, or not at all."""
    table = study_table(workspace, study_of(workspace))
    table = dataclasses.replace(table, groups=np.arange(table.n_rows) // 8)
    train = np.arange(0, table.n_rows, 2)
    rows = part(train, 0.5, table, 0, 0)
    taken = set(table.groups[rows].tolist())
    assert set(rows.tolist()) == {r for r in train.tolist() if table.groups[r] in taken}
    assert set(part(train, 0.2, table, 0, 0).tolist()) < set(rows.tolist())


def test_of_ordered_rows_the_latest_are_taken(workspace):
    """More rows means a longer history, so the end of it stays."""
    table = study_table(workspace, study_of(workspace))
    order = np.random.default_rng(0).permutation(table.n_rows)
    table = dataclasses.replace(table, order=order)
    rows = part(np.arange(table.n_rows), 0.25, table, 0, 0)
    assert order[rows].min() == table.n_rows - len(rows)


def test_whole_splits_keep_their_keys(workspace):
    """A study's own fits are part of its curve's, and no part shares a key with another."""
    study = study_of(workspace)
    grown = curve_study(study, study.candidates(), SHARES)
    table = study_table(workspace, study)
    plans = [make_plan(s, table, with_splits(table, s).splits) for s in (study, grown)]
    for name, keys in plans[0].fits.items():
        assert plans[1].fits[name][: len(keys)] == keys
        assert len(set(plans[1].fits[name])) == 3 * len(keys)
    assert plans[1].whole(grown).fits == plans[0].fits
    assert plans[1].whole(grown).test_train_ratio == plans[0].test_train_ratio


def test_shares_that_mean_nothing_are_refused(workspace):
    """A share is between 0 and 1 and comes once; the whole is always measured."""
    study = study_of(workspace)
    with pytest.raises(StudyError, match="training share of 1 was asked for"):
        study.replace(train_shares=(1.0,))
    with pytest.raises(StudyError, match="comes twice"):
        study.replace(train_shares=(0.5, 0.5))
    with pytest.raises(StudyError, match="Only the baseline"):
        curve_study(study, [BASELINE], SHARES)
    assert Study.from_json(study.replace(train_shares=SHARES).to_json()).train_shares == SHARES


def test_default_shares_leave_enough_rows(workspace):
    """The smallest part has 30 rows and three of the rarest class; each step is as large."""
    study = study_of(workspace, "multiclass")
    table = study_table(workspace, study)
    cut = with_splits(table, study).splits
    shares = default_shares(cut, table)
    assert len(shares) == 5
    assert shares[-1] * len(cut[0].train) >= 29.9
    steps = np.diff(np.log([1.0, *shares]))
    assert steps == pytest.approx(steps[0], rel=1e-2)
    small = study_table(workspace, study_of(workspace, n_rows=40))
    with pytest.raises(StudyError, match="nothing to leave out"):
        default_shares(with_splits(small, study_of(workspace, n_rows=40)).splits, small)


@pytest.mark.cluster
def test_a_curve_reuses_the_fits_on_all_rows_and_judges_on_the_same_rows(workspace, client):
    """After a comparison only the smaller sizes are computed; its own figures do not change."""
    study = study_of(workspace)
    plain = carry_out(workspace, study, client)
    grown = curve_study(study, study.candidates(), SHARES)
    measured = carry_out(workspace, grown, client)
    assert measured.n_splits == plain.n_splits == 3
    run = latest_run(workspace, grown)
    assert workspace.records.run(run).reused == 6
    for mine, other in zip(measured.candidates, plain.candidates, strict=True):
        assert mine.scores == other.scores
    name = plain.candidates[1].name
    assert np.array_equal(
        predictions(workspace, run, name).rows, predictions(workspace, plain.run, name).rows
    )
    found = grown_scores(workspace, run)
    assert found.shares == (0.3, 0.6, 1.0)
    assert found.rows.tolist() == sorted(found.rows.tolist())
    assert found.scores[name]["roc_auc"].shape == (3, 3)
    assert found.scores[name]["roc_auc"][-1] == pytest.approx(plain[name].scores["roc_auc"])
    for size in range(3):
        assert len(found.scored(name, size).truth) == len(found.scored(name, 2).truth)
    curve = learning_curve(found)[name]
    assert curve.mean[-1] == pytest.approx(np.mean(plain[name].scores["roc_auc"]))
    with pytest.raises(NotApplicableError, match="no learning curve"):
        grown_scores(workspace, plain.run)
