"""Races on a real cluster: who is stopped, what is spared, and that workers change nothing."""

from __future__ import annotations

import pytest

from outfold.judge.leaderboard import leaderboard
from outfold.study import racing
from outfold.study import run as runs
from outfold.study.cluster import connected
from outfold.study.execute import execute
from outfold.study.results import RunResult
from outfold.study.speed import Racing
from outfold.study.study import Choice, Validation
from outfold.study.workspace import Workspace
from tests.engine.study.conftest import carry_out, study_of

pytestmark = pytest.mark.cluster

STUMP = Choice.of("decision_tree", max_depth=1)
RACED = {
    "n_rows": 600,
    "models": (Choice("logistic"), Choice("naive_bayes"), STUMP),
    "validation": Validation("stratified", folds=5, repeats=2),
    "racing": Racing(on=True),
}


def told(found: RunResult) -> list[tuple]:
    """Everything of a result that does not measure time."""
    return [
        (c.name, c.status, c.reason, c.splits_done, c.scores, c.selected, c.rows)
        for c in found.candidates
    ]


def test_a_hopeless_candidate_is_stopped_and_says_so(client, workspace):
    """A tree of depth one against real models: stopped, with reason, unranked, its fits spared."""
    study = study_of(workspace, **RACED)
    found = carry_out(workspace, study, client)
    assert found.state == "finished"
    by_model = {c.candidate.model.label(): c for c in found.candidates}
    stump, baseline = by_model["decision_tree(max_depth=1)"], by_model["dummy"]
    assert stump.status == "stopped"
    assert stump.reason.startswith(f"Stopped after {stump.splits_done} of 10 splits: ")
    assert "it is stopped below" in stump.reason
    assert 3 <= stump.splits_done < 10
    assert all(len(values) == stump.splits_done for values in stump.scores.values())
    assert (baseline.status, baseline.splits_done) == ("finished", 10)

    board = leaderboard(found)
    row = next(r for r in board.rows if r.name == stump.name)
    assert row.rank is None
    assert row.reason == stump.reason
    assert row.figures[study.metric].n == stump.splits_done
    assert sum(r.rank is not None for r in board.rows) == len(found.finished()) >= 2

    kept = runs.predictions(workspace, found.run, stump.name)
    assert len(set(kept.split)) == stump.splits_done
    record = workspace.records.run(found.run)
    spared = racing.saved(workspace, found.run)
    assert record.done == record.total == 40
    stopped = [c for c in found.candidates if c.status == "stopped"]
    assert spared.candidates == len(stopped)
    assert 0 < spared.fits <= sum(10 - c.splits_done for c in stopped)
    assert spared.seconds > 0


def test_one_worker_and_two_give_the_same_race(client, tmp_path):
    """Decisions are taken between splits, so it does not matter who computed what, and when."""
    seen = []
    for name in ("two", "one"):
        workspace = Workspace(tmp_path / name)
        study = study_of(workspace, **RACED)
        if name == "two":
            found = carry_out(workspace, study, client)
        else:
            with connected("", 1) as alone:
                found = carry_out(workspace, study, alone)
        seen.append(told(found))
    assert seen[0] == seen[1]
    assert "stopped" in [status for _, status, *_ in seen[0]]


def test_a_race_over_stored_fits_ends_as_the_first_one_did(client, workspace):
    """With every fit in the store, from a run without a race, the same candidates are stopped."""
    study = study_of(workspace, **RACED)
    whole = carry_out(workspace, study.replace(racing=Racing()), client)
    assert {c.status for c in whole.candidates} == {"finished"}
    raced = carry_out(workspace, study, client)
    apart = Workspace(workspace.root.parent / "apart")
    alone = carry_out(apart, study_of(apart, **RACED), client)
    assert told(raced) == told(alone)
    assert workspace.records.run(raced.run).reused == workspace.records.run(raced.run).total
    for c in raced.finished():
        assert c.scores == whole[c.name].scores

    again = carry_out(apart, study_of(apart, **RACED), client)
    assert told(again) == told(alone)
    record = apart.records.run(again.run)
    assert record.done == record.total


def test_a_race_that_was_interrupted_ends_as_one_that_was_not(client, workspace):
    """What is known is judged again, and only what is still needed is computed."""
    study = study_of(workspace, **RACED)
    whole = carry_out(workspace, study, client)
    keys = runs.plan_of(workspace, whole.run).fits
    late = [key for fits in keys.values() for split, key in enumerate(fits) if split % 3 == 1]
    workspace.records.forget_steps(late)
    workspace.records.requeue(whole.run)
    assert workspace.records.take_queued() == whole.run
    execute(workspace, whole.run, client)
    again = runs.result(workspace, whole.run)
    assert again.state == "finished"
    assert told(again) == told(whole)


def test_without_a_race_nothing_is_stopped(client, workspace):
    """It is off unless asked for."""
    study = study_of(workspace, **(RACED | {"racing": Racing(), "n_rows": 300}))
    found = carry_out(workspace, study, client)
    assert {c.status for c in found.candidates} == {"finished"}
    assert racing.saved(workspace, found.run) is None


def test_f_race_drops_the_hopeless_too(client, workspace):
    """The published rule stops the stump as well, and its reason speaks of ranks."""
    study = study_of(workspace, **(RACED | {"racing": Racing(on=True, test="friedman")}))
    found = carry_out(workspace, study, client)
    stump = next(c for c in found.candidates if c.candidate.model == STUMP)
    assert stump.status == "stopped"
    assert "ranks are worse" in stump.reason
