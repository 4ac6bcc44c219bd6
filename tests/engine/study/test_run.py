"""Runs on a real cluster: what is measured, what is reused, and what an error costs."""

from __future__ import annotations

import math
import threading
import time

import numpy as np
import pytest
from sklearn.metrics import get_scorer

from outfold.errors import StudyError, UnknownNameError
from outfold.study import run as runs
from outfold.study.candidate import pipeline
from outfold.study.cluster import connected
from outfold.study.execute import execute
from outfold.study.split import splits
from outfold.study.steps import fit_target
from outfold.study.study import Choice
from outfold.study.table import study_table
from outfold.study.workspace import Workspace
from tests.engine.study.conftest import carry_out, study_of

pytestmark = pytest.mark.cluster

GRID = {
    "models": (Choice("logistic"), Choice("decision_tree")),
    "selectors": (Choice("none"), Choice("mutual_info")),
    "resamplers": (Choice("none"), Choice("class_weight"), Choice("smotenc")),
}


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression", "count"])
def test_every_candidate_is_measured_on_every_split(client, workspace, task):
    """Each row is predicted once, by a fit that did not see it, and everything has its cost."""
    study = study_of(workspace, task)
    found = carry_out(workspace, study, client)
    assert found.state == "finished"
    assert [c.status for c in found.candidates] == ["finished"] * len(study.candidates())
    for candidate in found.candidates:
        assert candidate.splits_done == 3
        kept = runs.predictions(workspace, found.run, candidate.name)
        assert sorted(kept.rows) == list(range(240))
        costs = candidate.costs
        assert 0 < costs.model_seconds <= costs.fit_seconds
        assert costs.predict_seconds_one_row > 0
        assert costs.predict_seconds_per_1000 > 0
        assert costs.size_bytes > 100
        assert study.metric in candidate.scores
        assert all(math.isfinite(v) for v in candidate.scores[study.metric])


def test_steps_equal_the_pipeline_fitted_by_hand(client, workspace):
    """The shared steps give what one plain pipeline per candidate and split gives, to the bit."""
    study = study_of(workspace, **GRID)
    found = carry_out(workspace, study, client)
    table = study_table(workspace, study)
    cut = splits(study.validation, table.target, study.task, seed=study.seed)
    for candidate in study.candidates():
        kept = runs.predictions(workspace, found.run, candidate.name)
        for number, split in enumerate(cut):
            whole = pipeline(study, candidate)
            whole.fit(table.frame.iloc[split.train], fit_target(table, study)[split.train])
            expected = whole.predict_proba(table.frame.iloc[split.test])
            np.testing.assert_array_equal(kept.rows[kept.split == number], split.test)
            np.testing.assert_array_equal(kept.probability[kept.split == number], expected)
            # Scikit-learn's own scorers have to take it for the classifier that it is.
            score = get_scorer("roc_auc")(
                whole, table.frame.iloc[split.test], table.target[split.test]
            )
            found_here = found[candidate.name].scores["roc_auc"][number]
            assert score == pytest.approx(found_here, abs=1e-12)


def test_prepared_rows_are_there_once_and_only_while_needed(client, workspace):
    """Workers map one file a split; it goes when the split's last step is done."""
    study = study_of(workspace, **GRID)
    folder, seen = workspace.root / "work", []

    def look(_):
        seen.append({p.name.partition(".prepare-")[2] for p in folder.glob("*.prepare-*")} - {""})

    found = carry_out(workspace, study, client, told=look)
    plan = runs.plan_of(workspace, found.run)
    prepared = {s.key.partition("-")[2] for s in plan.steps if s.kind == "prepare"}
    # Events are told in batches, so a quick split may come and go between two looks.
    there = set().union(*seen)
    assert there
    assert {name.partition(".")[0] for name in there} <= prepared
    assert not list(folder.iterdir())


def test_one_worker_gives_the_numbers_of_two(client, tmp_path):
    """Numbers depend on the study alone, not on how many workers there are or which is first."""
    kept = []
    for name in ("two", "one"):
        workspace = Workspace(tmp_path / name)
        study = study_of(workspace, **GRID)
        if name == "two":
            found = carry_out(workspace, study, client)
        else:
            with connected("", 1) as alone:
                found = carry_out(workspace, study, alone)
        kept.append(
            {c.name: (runs.predictions(workspace, found.run, c.name).probability, c.scores)
             for c in found.candidates}
        )  # fmt: skip
    assert kept[0].keys() == kept[1].keys()
    for name, (probability, scores) in kept[0].items():
        np.testing.assert_array_equal(probability, kept[1][name][0])
        assert scores == kept[1][name][1]


def test_a_second_run_computes_only_what_is_new(client, workspace):
    """Nothing changed: all reused. A model more: its fits. Another metric or class: nothing."""
    study = study_of(workspace, **GRID)
    first = carry_out(workspace, study, client)
    again = carry_out(workspace, study, client)
    record = workspace.records.run(again.run)
    assert record.reused == record.total == 3 * len(study.candidates())
    assert all(c.reused for c in again.candidates)
    assert not any(c.reused for c in first.candidates)
    assert [c.scores for c in again.candidates] == [c.scores for c in first.candidates]

    other = study.replace(metric="brier", positive="no")
    record = workspace.records.run(carry_out(workspace, other, client).run)
    assert record.reused == record.total

    more = study.replace(models=(*study.models, Choice("knn")))
    record = workspace.records.run(carry_out(workspace, more, client).run)
    # class weights cannot be given to nearest neighbours: those two candidates fail in each split
    assert record.total - record.reused == 3 * 6
    assert record.failed == 3 * 2


def test_reused_equals_recomputed(client, workspace):
    """A stored fit is what computing it again gives."""
    study = study_of(workspace)
    first = carry_out(workspace, study, client)
    before = runs.predictions(workspace, first.run, first.candidates[1].name).probability
    workspace.records.forget_steps(
        [k for keys in runs.plan_of(workspace, first.run).fits.values() for k in keys]
    )
    again = carry_out(workspace, study, client)
    assert workspace.records.run(again.run).reused == 0
    after = runs.predictions(workspace, again.run, again.candidates[1].name).probability
    np.testing.assert_array_equal(before, after)


def test_a_damaged_step_file_is_computed_again(client, workspace):
    """A file cut short by a full disk is not believed."""
    study = study_of(workspace)
    first = carry_out(workspace, study, client)
    victim = sorted((workspace.root / "steps").rglob("*.npz"))[0]
    victim.write_bytes(victim.read_bytes()[:50])
    again = carry_out(workspace, study, client)
    record = workspace.records.run(again.run)
    assert record.total - record.reused == 1
    assert [c.scores for c in again.candidates] == [c.scores for c in first.candidates]


def test_a_failing_candidate_is_a_row_with_its_reason(client, workspace):
    """One candidate cannot be fitted; the others are measured all the same."""
    study = study_of(
        workspace,
        models=(Choice("knn"), Choice("logistic")),
        resamplers=(Choice("none"), Choice("class_weight")),
    )
    found = carry_out(workspace, study, client)
    assert found.state == "finished"
    failed = [c for c in found.candidates if c.status == "failed"]
    assert [c.name for c in failed] == ["none + class_weight + knn"]
    assert "cannot weigh rows" in failed[0].reason
    assert len(found.finished()) == len(found.candidates) - 1


def test_a_study_that_cannot_run_fails_with_a_sentence(client, workspace):
    """One class only: the run ends at once and says why."""
    study = study_of(workspace)
    dataset = workspace.datasets.add_frame(
        workspace.datasets.frame(study.dataset).assign(y="same"), "one class"
    )
    found = carry_out(workspace, study.replace(dataset=dataset.key), client)
    assert found.state == "failed"
    assert "one class only" in found.reason


def test_a_run_without_a_model_is_refused(workspace):
    """The baseline alone is no comparison."""
    with pytest.raises(StudyError, match="No model is chosen"):
        runs.new_run(workspace, study_of(workspace, models=()))


def test_an_unknown_run_is_said_to_be_unknown(workspace):
    """A link from another workspace gets a sentence."""
    with pytest.raises(UnknownNameError, match="not known here"):
        runs.progress(workspace, "nosuchrun")


def test_workers_without_the_workspace_get_the_table_sent(client, workspace):
    """A remote scheduler needs no shared folder; the numbers are the same."""
    study = study_of(workspace)
    sent = carry_out(workspace, study, client, shared_storage=False)
    apart = Workspace(workspace.root.parent / "apart")
    read = carry_out(apart, study_of(apart), client)
    assert [c.scores for c in sent.candidates] == [c.scores for c in read.candidates]


def test_a_cancelled_run_stops_soon_and_keeps_what_it_has(client, workspace):
    """Cancelling stops a long fit too, and the cluster goes on to serve the next run."""
    slow = Choice.of("random_forest", n_estimators=1000)
    study = study_of(workspace, n_rows=6000, models=(Choice("logistic"), slow))
    run = runs.new_run(workspace, study, "", claimed=True)
    thread = threading.Thread(target=execute, args=(workspace, run, client))
    thread.start()
    deadline = time.monotonic() + 60
    while workspace.records.run(run).done == 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    runs.cancel(workspace, run)
    asked = time.monotonic()
    thread.join(60)
    assert not thread.is_alive()
    assert time.monotonic() - asked < 40
    found = runs.result(workspace, run)
    assert found.state == "cancelled"
    assert any(c.status == "cancelled" for c in found.candidates)
    done = workspace.records.run(run).done
    assert 0 < done < workspace.records.run(run).total
    small = study.replace(models=(Choice("logistic"),), seed=3)
    after = carry_out(workspace, small, client)
    assert after.state == "finished"


def test_a_cancelled_run_can_be_resumed_at_once(client, workspace):
    """Resuming sends the steps that were cancelled again, and the run ends with all of them."""
    study = study_of(workspace, n_rows=2000, models=(Choice("extra_trees"), Choice("logistic")))
    run = runs.new_run(workspace, study, "", claimed=True)
    thread = threading.Thread(target=execute, args=(workspace, run, client))
    thread.start()
    deadline = time.monotonic() + 60
    while workspace.records.run(run).done == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    runs.cancel(workspace, run)
    thread.join(90)
    assert runs.result(workspace, run).state == "cancelled"
    workspace.records.requeue(run)
    assert workspace.records.take_queued() == run
    execute(workspace, run, client)
    found = runs.result(workspace, run)
    assert found.state == "finished"
    assert len(found.finished()) == 3
    assert workspace.records.run(run).reused > 0


def test_the_grouped_and_timed_roles_reach_the_folds(client, workspace):
    """Roles decide the scheme, and predictions come from splits that keep to it."""
    frame = workspace.datasets.frame(study_of(workspace).dataset)
    dataset = workspace.datasets.add_frame(
        frame.assign(person=np.arange(240) % 24, day=np.arange(240) // 2), "roles"
    )
    table = workspace.datasets.frame(dataset.key)
    from outfold.study.defaults import default_study, with_target

    base = default_study(dataset, table)
    grouped = with_target(base, dataset, table, "y", "binary", {"person": "group"})
    grouped = grouped.replace(models=(Choice("logistic"),))
    assert grouped.validation.scheme == "stratified_grouped"
    found = carry_out(workspace, grouped, client)
    kept = runs.predictions(workspace, found.run, found.candidates[1].name)
    people = np.arange(240) % 24
    for split in np.unique(kept.split):
        held = set(people[kept.rows[kept.split == split]])
        assert not held & set(people[kept.rows[kept.split != split]])

    timed = with_target(base, dataset, table, "y", "binary", {"day": "time"})
    timed = timed.replace(models=(Choice("logistic"),))
    assert timed.validation.scheme == "time"
    found = carry_out(workspace, timed, client)
    kept = runs.predictions(workspace, found.run, found.candidates[1].name)
    ends = [kept.rows[kept.split == s].max() for s in np.unique(kept.split)]
    starts = [kept.rows[kept.split == s].min() for s in np.unique(kept.split)]
    assert all(s > e for s, e in zip(starts[1:], ends[:-1], strict=True))


def test_a_run_goes_on_when_all_workers_are_replaced_at_once(workspace):
    """As when another run is cancelled that kept every worker busy: what was begun begins again."""
    slow = Choice.of("random_forest", n_estimators=400)
    study = study_of(workspace, models=(slow,), selectors=(Choice("none"), Choice("mutual_info")))
    run = runs.new_run(workspace, study, "", claimed=True)
    begun = threading.Event()
    with connected("", 2) as client:
        going = threading.Thread(
            target=execute, args=(workspace, run, client),
            kwargs={"told": lambda event: begun.set() if event[2].startswith("fit") else None},
            daemon=True,
        )  # fmt: skip
        going.start()
        for _ in range(2):
            assert begun.wait(60)
            client.restart_workers(list(client.scheduler_info()["workers"]), timeout=60)
            begun.clear()
        going.join(120)
        assert not going.is_alive()
    assert workspace.records.run(run).state == "finished"
    assert not workspace.records.failures(run)
