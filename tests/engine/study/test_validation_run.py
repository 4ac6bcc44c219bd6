"""Validation schemes through a whole run: what is fitted, what is shown, and what is reused."""

from __future__ import annotations

import dataclasses
import itertools
import json

import numpy as np
import pytest

from outfold.errors import LetGoError, StudyError
from outfold.judge.bootstrap_632 import estimate
from outfold.judge.compare import compare
from outfold.judge.leaderboard import leaderboard
from outfold.judge.tradeoff import tradeoff
from outfold.metrics.catalogue import metric_named
from outfold.study.fold_view import MOST_BLOCKS, fold_view
from outfold.study.run import plan_of, predictions, result
from outfold.study.steps import with_splits
from outfold.study.study import Choice, Validation
from outfold.study.table import study_table
from outfold.study.validation_advice import advise
from outfold.validate.catalogue import schemes
from tests.engine.study.conftest import carry_out, study_of

BOOTSTRAP = Validation("bootstrap_632_plus", resamples=10)
MODELS = (Choice("logistic"), Choice("decision_tree"))


@pytest.fixture
def bootstrapped(workspace, client):
    """A finished bootstrap of two models."""
    study = study_of(workspace, n_rows=120, validation=BOOTSTRAP, models=MODELS)
    return workspace, study, carry_out(workspace, study, client)


@pytest.mark.cluster
def test_a_bootstrap_shows_only_rows_out_of_bag_and_corrects_by_the_rest(bootstrapped, client):
    """Scores, curves and pooled predictions never hold the fit that was judged on its own rows."""
    workspace, study, found = bootstrapped
    assert found.n_splits == 10
    names = [row.name for row in found.candidates]
    for row in found.candidates:
        assert row.status == "finished"
        assert row.splits_done == 10 == len(row.scores["roc_auc"]) == len(row.selected)
        stored = predictions(workspace, found.run, row.name)
        assert set(stored.split) == set(range(10))
        assert (stored.drawn.times[stored.split, stored.rows] == 0).all()
        assert (stored.drawn.times.sum(axis=1) == 120).all()
        assert (stored.drawn.apparent.rows == np.arange(120)).all()

    def lookup(name):
        return predictions(workspace, found.run, name)

    board = leaderboard(found, predictions=lookup)
    assert board.estimate.startswith(".632+ bootstrap over 10 draws (Sahiner")
    assert "jackknife" in board.interval
    for row in board.rows:
        figure, stored = row.figures["roc_auc"], lookup(row.name)
        made = estimate(stored, metric_named("roc_auc"))
        assert figure.mean == made.value
        assert figure.low <= figure.mean <= figure.high
        assert figure.values == row.result.scores["roc_auc"]
    tree = next(r for r in board.rows if "decision_tree" in r.name)
    assert tree.figures["accuracy"].mean > np.mean(tree.figures["accuracy"].values)
    assert "no .632+ form" in leaderboard(found, "f1", predictions=lookup).estimate

    pairs = compare(found, predictions=lookup)
    assert len(pairs.pairs) == 3
    assert "jackknife" in pairs.method
    assert all(0 <= p.p_value <= 1 and p.low <= p.difference <= p.high for p in pairs.pairs)
    offers = tradeoff(found, predictions=lookup).offers
    assert all(np.isfinite(o.std_error) for o in offers)

    bare = leaderboard(found)
    assert bare.estimate == "plain mean out of bag, not corrected"
    assert bare.interval.startswith("none")
    assert bare.test.startswith("none")
    assert "without its predictions" in bare.sentence()

    def gone(name):
        raise LetGoError("They were let go.")

    told = [json.dumps(b.to_json()) for b in (leaderboard(found, predictions=gone), bare)]
    assert told[0] == told[1]
    assert all(np.isnan(p.p_value) for p in compare(found).pairs)
    assert compare(found).method.startswith("none")
    assert np.isnan(bare.rows[0].figures["roc_auc"].low)

    more = study.replace(validation=dataclasses.replace(BOOTSTRAP, resamples=12))
    again = carry_out(workspace, more, client)
    assert again.n_splits == 12
    assert workspace.records.run(again.run).reused == 3 * 11
    assert again[names[1]].scores["roc_auc"][:10] == found[names[1]].scores["roc_auc"]


@pytest.mark.cluster
def test_one_more_repeat_computes_only_itself(workspace, client):
    """The same rows are the same step, whichever validation drew them."""
    study = study_of(workspace, n_rows=90)
    first = carry_out(workspace, study, client)
    twice = study.replace(validation=dataclasses.replace(study.validation, repeats=2))
    second = carry_out(workspace, twice, client)
    assert workspace.records.run(second.run).reused == 2 * 3
    for row in first.candidates:
        assert second[row.name].scores["roc_auc"][:3] == row.scores["roc_auc"]


@pytest.mark.cluster
def test_each_group_is_left_out_in_turn(workspace, client):
    """The number of fits follows from the table."""
    study = study_of(workspace, n_rows=120, roles={"kind": "group"})
    groups = study_table(workspace, study).groups
    left = study.replace(validation=Validation("leave_one_group_out"))
    found = carry_out(workspace, left, client)
    assert found.n_splits == len(np.unique(groups)) > 2
    stored = predictions(workspace, found.run, found.candidates[1].name)
    for split in range(found.n_splits):
        assert len(set(groups[stored.rows[stored.split == split]])) == 1
    assert sorted(stored.rows) == list(range(120))


@pytest.mark.cluster
@pytest.mark.parametrize("task", ["regression", "count", "multiclass"])
def test_every_task_has_a_corrected_figure(workspace, client, task):
    """The default metric of each task has a .632+ form."""
    study = study_of(workspace, task, 120, validation=BOOTSTRAP)
    found = carry_out(workspace, study, client)
    board = leaderboard(found, predictions=lambda name: predictions(workspace, found.run, name))
    assert board.estimate.startswith(".632+")
    for row in board.rows:
        figure = row.figures[board.metric]
        assert np.isfinite([figure.mean, figure.low, figure.high]).all()
        assert figure.std_error > 0 or row.baseline


def test_a_gap_in_time_is_in_days(workspace):
    """Dates are measured, so a week is a week however many rows it holds."""
    study = study_of(workspace, n_rows=200, roles={"when": "time"})
    made = study.replace(validation=Validation("time", folds=3, gap_time=7.0))
    table = study_table(workspace, made)
    when = workspace.datasets.frame(study.dataset)["when"].to_numpy()
    for split in with_splits(table, made).splits:
        apart = when[split.test].min() - when[split.train].max()
        assert apart > np.timedelta64(7, "D")


def test_a_gap_in_time_of_a_column_that_measures_none_is_refused(workspace):
    """Words have an order and no distance."""
    study = study_of(workspace, n_rows=200, roles={"when": "time"})
    made = study.replace(validation=Validation("time_holdout", gap_time=1.0))
    table = dataclasses.replace(study_table(workspace, made), moments=None)
    with pytest.raises(StudyError, match="neither dates nor numbers"):
        with_splits(table, made)


def test_a_learning_curve_of_a_bootstrap_is_refused(workspace):
    """Parts of drawn rows would still hold copies."""
    study = study_of(workspace, n_rows=120, validation=BOOTSTRAP, train_shares=(0.5,))
    with pytest.raises(StudyError, match="learning curve"):
        with_splits(study_table(workspace, study), study)


@pytest.mark.parametrize("scheme", schemes())
def test_every_scheme_has_a_picture_of_a_few_hundred_blocks(workspace, scheme):
    """Blocks of one split follow each other without gaps, and each validates on something."""
    declared = schemes()[scheme]
    task = declared.tasks[0]
    roles = {"kind": "group"} if "group" in declared.needs else {}
    roles |= {"when": "time"} if "time" in declared.needs else {}
    study = study_of(workspace, task, 240, roles=roles).replace(
        validation=Validation(scheme, folds=3, repeats=2)
    )
    view = fold_view(study_table(workspace, study), study)
    assert 0 < len(view.blocks) <= MOST_BLOCKS
    for number in range(1, view.shown + 1):
        own = [b for b in view.blocks if b.split == number]
        assert own[0].start == 0
        assert own[-1].stop == 1
        assert all(a.stop == b.start and a.state != b.state for a, b in itertools.pairwise(own))
        assert any(b.state == "validated on" for b in own)
    assert 0 < view.train_shares[0] <= view.train_shares[1] < 1
    assert view.n_splits >= view.shown


def test_advice_follows_roles_size_and_the_rarest_class(workspace):
    """One sentence says why, and what is advised can be drawn."""

    def advised(n_rows=240, task="binary", **changes):
        study = study_of(workspace, task, n_rows, **changes)
        table = study_table(workspace, study)
        made = advise(table, task)
        with_splits(table, study.replace(validation=made.validation))
        assert made.why.endswith(".")
        return made.validation

    assert advised() == Validation("stratified")
    assert advised(task="regression") == Validation("kfold")
    assert advised(n_rows=100).repeats == 3
    assert advised(roles={"when": "time"}).scheme == "time"
    assert advised(roles={"kind": "group"}).scheme == "stratified_grouped"
    study = study_of(workspace, "binary", 300)
    table = study_table(workspace, study)
    rare = dataclasses.replace(table, facts=dataclasses.replace(table.facts, smallest_class=3))
    assert advise(rare, "binary").validation == Validation("stratified", folds=3, repeats=3)
    few = dataclasses.replace(table, groups=np.arange(300) % 4)
    assert advise(few, "binary").validation.scheme == "leave_one_group_out"
    many = dataclasses.replace(table, groups=np.arange(300) % 30)
    assert advise(many, "binary").validation.scheme == "stratified_grouped"
    large = dataclasses.replace(table, frame=table.frame.iloc[np.zeros(200_000, dtype=int)])
    assert advise(large, "binary").validation.scheme == "holdout"


def test_a_plan_remembers_that_its_last_split_is_apparent(bootstrapped):
    """What is written down with a run says which figures are no scores."""
    workspace, _, found = bootstrapped
    plan = plan_of(workspace, found.run)
    assert plan.apparent
    assert len(plan.train_sizes) == 11
    assert len(plan.judged().train_sizes) == 10
    assert result(workspace, found.run).test_train_ratio == plan.judged().test_train_ratio
