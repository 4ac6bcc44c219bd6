"""Quick look: samples that keep what matters; a run that ends with a plain run's numbers."""

from __future__ import annotations

import dataclasses
import threading
import time

import numpy as np
import pytest

from outfold.study import run as runs
from outfold.study.defaults import default_study, with_target
from outfold.study.execute import execute
from outfold.study.order import Order
from outfold.study.plan import make_plan
from outfold.study.quick import fits_on_samples, sample_rows, sampled, samples_of, sizes
from outfold.study.racing import order_of, places
from outfold.study.speed import Quick, Racing
from outfold.study.steps import with_splits
from outfold.study.study import Choice, Validation
from outfold.study.table import study_table
from outfold.study.workspace import Workspace
from tests.engine.study.conftest import carry_out, study_of

QUICK = Quick(on=True, rows=300)


def with_roles(workspace: Workspace, n_rows: int, roles: dict, **columns):
    """A study of a generated table with more columns that have roles."""
    frame = workspace.datasets.frame(study_of(workspace, n_rows=n_rows).dataset)
    dataset = workspace.datasets.add_frame(frame.assign(**columns), "roles")
    table = workspace.datasets.frame(dataset.key)
    study = with_target(default_study(dataset, table), dataset, table, "y", "binary", roles)
    return study.replace(models=(Choice("logistic"),), quick=QUICK)


def test_a_small_table_is_not_sampled():
    """Less than twice the sample: the whole table is quick enough."""
    assert sizes(Quick(), 100_000) == ()
    assert sizes(Quick(on=True), 3_999) == ()
    assert sizes(Quick(on=True), 4_000) == (2_000,)
    assert sizes(Quick(on=True, samples=3), 50_000) == (2_000, 8_000)


@pytest.mark.parametrize("samples", [1, 2])
def test_the_fits_of_a_quick_look_are_known_before_its_table_is_read(workspace, samples):
    """The count beside the menu and that of the plan are one number."""
    study = study_of(workspace, n_rows=2600).replace(
        models=(Choice("logistic"),), quick=Quick(on=True, rows=300, samples=samples)
    )
    table = study_table(workspace, study)
    loaded = with_splits(table, study)
    plan = make_plan(study, table, loaded.splits)
    plan = dataclasses.replace(plan, samples=samples_of(study, loaded).plans)
    own = len(study.candidates()) * study.validation.n_splits
    assert own + fits_on_samples(study, 2600) == len(plan.every_fit()) > own


def test_a_sample_keeps_the_classes_and_spares_the_rare_one(workspace):
    """Shares stay within a row; a class with few rows keeps what the folds need of it."""
    study = study_of(workspace, "multiclass", n_rows=4000)
    table = study_table(workspace, study)
    rows = sample_rows(table, 500, 5, 0)
    assert len(set(rows)) == len(rows)
    before = np.bincount(table.target) / table.n_rows
    after = np.bincount(table.target[rows])
    np.testing.assert_allclose(after, 500 * before, atol=1)

    frame = workspace.datasets.frame(study.dataset)
    rare = frame["y"].astype(str).where(np.arange(4000) >= 12, "rare")
    dataset = workspace.datasets.add_frame(frame.assign(y=rare.astype("category")), "rare")
    table = study_table(workspace, study.replace(dataset=dataset.key))
    kept = np.bincount(table.target[sample_rows(table, 500, 5, 0)])
    assert kept[table.classes.index("rare")] == 10


def test_a_sample_of_numbers_spans_their_range(workspace):
    """Every tenth of the target's ranks is there as often as any other."""
    table = study_table(workspace, study_of(workspace, "regression", n_rows=3000))
    rows = sample_rows(table, 300, 5, 0)
    assert len(rows) == 300
    tenth = np.argsort(np.argsort(table.target)) * 10 // 3000
    np.testing.assert_allclose(np.bincount(tenth[rows]), 30, atol=1)


def test_whole_groups_are_drawn_where_there_are_many(workspace):
    """A group is in the sample with all of its rows or with none."""
    study = with_roles(workspace, 4000, {"person": "group"}, person=np.arange(4000) // 4)
    loaded = with_splits(study_table(workspace, study), study)
    table = loaded.table
    rows = sample_rows(table, 300, 5, 0)
    assert 300 <= len(rows) <= 304
    counts = np.bincount(table.groups[rows], minlength=1000)
    assert set(counts) == {0, 4}
    small = sampled(loaded, study, 300)
    for split in small.splits:
        held = set(small.table.groups[split.test])
        assert not held & set(small.table.groups[split.train])


def test_few_large_groups_are_all_kept_in_part(workspace):
    """With twelve groups five folds need them all, so rows are left out within each."""
    study = with_roles(workspace, 4000, {"person": "group"}, person=np.arange(4000) % 12)
    table = study_table(workspace, study)
    rows = sample_rows(table, 300, 5, 0)
    assert len(set(table.groups[rows])) == 12
    assert 290 <= len(rows) <= 310


def test_a_sample_of_time_spans_it_and_is_still_judged_by_later_rows(workspace):
    """Rows come from every stretch of time, and each validation row is later than the training."""
    study = with_roles(workspace, 4000, {"day": "time"}, day=np.arange(4000) // 2)
    study = study.replace(validation=Validation("time", folds=4, gap=100))
    loaded = with_splits(study_table(workspace, study), study)
    small = sampled(loaded, study, 400)
    order = small.table.order
    assert np.bincount(order * 10 // 2001).min() > 30
    for split in small.splits:
        gap = order[split.test].min() - order[split.train].max()
        assert gap > 40  # a hundred rows are 50 days; a tenth of the rows spans the same time


def test_a_sample_has_keys_of_its_own_and_leaves_those_of_the_whole_table(workspace):
    """No step of a sample can be taken for one of the table, nor of another sample or seed."""
    study = study_of(workspace, n_rows=2000, quick=Quick(on=True, rows=200, samples=2))
    loaded = with_splits(study_table(workspace, study), study)
    plain = make_plan(study.replace(quick=Quick()), loaded.table, loaded.splits)
    whole = make_plan(study, loaded.table, loaded.splits)
    assert plain.by_key().keys() == whole.by_key().keys()
    samples = samples_of(study, loaded)
    assert [sample.table.n_rows for sample in samples.tables] == [200, 800]
    keys = [set(p.by_key()) for p in (*samples.plans, whole)]
    assert len(set().union(*keys)) == sum(map(len, keys))
    again = samples_of(study, loaded)
    assert again.plans == samples.plans
    other = samples_of(study.replace(seed=7), loaded)
    assert not set(other.plans[0].by_key()) & keys[0]


def test_a_sample_on_which_the_folds_cannot_be_cut_is_left_out_with_the_reason(workspace):
    """What cannot be done on a sample costs that look, not the run."""
    study = study_of(workspace, n_rows=2000, quick=QUICK)
    loaded = with_splits(study_table(workspace, study), study)
    found = samples_of(study.replace(validation=Validation("grouped")), loaded)
    assert found.plans == ()
    assert found.refused[0].startswith("No first look at 300 rows: ")
    assert "group" in found.refused[0]


def test_samples_come_first_and_then_splits_in_the_order_of_the_race(workspace):
    """A worker takes every step of the sample, then opens splits as the race takes them."""
    study = study_of(workspace, n_rows=2000, quick=QUICK, racing=Racing(on=True),
                     validation=Validation("stratified", folds=3, repeats=3))  # fmt: skip
    loaded = with_splits(study_table(workspace, study), study)
    samples = samples_of(study, loaded)
    whole = make_plan(study, loaded.table, loaded.splits)
    plan = dataclasses.replace(whole, samples=samples.plans)
    steps = {step.key: step for step in plan.every_step()}
    order = Order(steps, steps, lambda step: 1.0, samples.turn(places(study, plan)))
    taken = []
    while (step := order.next_for("worker", 1)) is not None:
        order.sent(step.key, "worker")
        order.ended(step.key)
        taken.append(step)
    assert len(taken) == len(steps)
    first = len(samples.plans[0].steps)
    assert {samples.rows_of(s.key) for s in taken[:first]} == {300}
    assert {samples.rows_of(s.key) for s in taken[first:]} == {0}
    opened = dict.fromkeys(step.split for step in taken[first:])
    assert tuple(opened) == order_of(study, 9)
    assert tuple(opened) != tuple(range(9))


def test_what_a_step_takes_on_a_sample_is_not_expected_of_the_whole_table(workspace):
    """Times are learnt for the other splits of the same sample alone."""
    study = study_of(workspace, n_rows=2000, quick=QUICK)
    loaded = with_splits(study_table(workspace, study), study)
    samples = samples_of(study, loaded)
    whole = make_plan(study, loaded.table, loaded.splits)
    plan = dataclasses.replace(whole, samples=samples.plans)
    steps = {step.key: step for step in plan.every_step()}
    order = Order(steps, steps, lambda step: 5.0, samples.turn(places(study, plan)))
    on_sample = [s for s in samples.plans[0].steps if s.kind == "prepare"]
    order.learn(on_sample[0].key, 0.25)
    assert order.seconds(on_sample[1].key) == 0.25
    assert order.seconds(next(s.key for s in whole.steps if s.kind == "prepare")) == 5.0


@pytest.mark.cluster
def test_the_final_numbers_are_those_of_a_plain_run(client, tmp_path):
    """With a quick look and without: the same scores, predictions, statuses, and rows."""
    found = []
    for name, quick in (("plain", Quick()), ("quick", QUICK)):
        workspace = Workspace(tmp_path / name)
        study = study_of(workspace, n_rows=1500, quick=quick,
                         models=(Choice("logistic"), Choice("decision_tree")))  # fmt: skip
        found.append((workspace, carry_out(workspace, study, client)))
    (plain_home, plain), (quick_home, quick) = found
    assert quick.state == "finished"
    for a, b in zip(plain.candidates, quick.candidates, strict=True):
        assert (a.name, a.status, a.scores, a.rows) == (b.name, b.status, b.scores, b.rows)
        assert a.rows == 1500
        np.testing.assert_array_equal(
            runs.predictions(plain_home, plain.run, a.name).probability,
            runs.predictions(quick_home, quick.run, b.name).probability,
        )
    record = quick_home.records.run(quick.run)
    assert record.done == record.total == 2 * 3 * 3
    again = carry_out(quick_home, quick.study, client)
    record = quick_home.records.run(again.run)
    assert record.reused == record.total


@pytest.mark.cluster
def test_lines_stand_on_the_sample_until_the_whole_table_is_in(client, workspace):
    """While a slow model is fitted to all rows, every line shows what the sample said."""
    slow = Choice.of("random_forest", n_estimators=400)
    study = study_of(workspace, n_rows=8000, quick=QUICK, models=(slow,))
    run = runs.new_run(workspace, study, "", claimed=True)
    thread = threading.Thread(target=execute, args=(workspace, run, client))
    thread.start()
    seen: dict[int, tuple] = {}
    deadline = time.monotonic() + 180
    while thread.is_alive() and time.monotonic() < deadline:
        now = runs.result(workspace, run)
        forest = now.candidates[-1]
        seen.setdefault(forest.rows, (forest.status, forest.splits_done, now.state))
        if forest.rows == 300 and len(seen) == 2:
            assert all(len(v) <= 3 for v in forest.scores.values())
        time.sleep(0.05)
    thread.join(60)
    assert list(seen) == [0, 300, 8000]
    assert seen[300] == ("running", 0, "running")
    done = runs.result(workspace, run)
    assert {c.rows for c in done.candidates} == {8000}
    assert {c.status for c in done.candidates} == {"finished"}
