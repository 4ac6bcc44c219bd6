"""Explaining is carried out by workers like any other step, kept, found again and let go."""

from __future__ import annotations

import pytest

from outfold.errors import LetGoError
from outfold.judge.explanation import explain_study, explanation
from outfold.study.eviction import let_go_unused
from outfold.study.execute import execute
from outfold.study.explain.explaining import Explaining
from outfold.study.run import new_run, progress
from outfold.study.study import Study
from tests.engine.study.conftest import study_of


def carried_out(workspace, study, client):
    told = []
    run = new_run(workspace, study, "", claimed=True)
    execute(workspace, run, client, told=told.append)
    return run, told


def test_workers_explain_what_a_run_has_fitted(workspace, client):
    """With progress; a second time everything is there; a limit of the store lets it go."""
    study = study_of(workspace, n_rows=120)
    run, _ = carried_out(workspace, study, client)
    asked = explain_study(study, study.candidates()[1], Explaining(on=True, rows=60, repeats=1))
    explaining, told = carried_out(workspace, asked, client)
    now = progress(workspace, explaining)
    assert (now.state, now.done, now.total, now.failed) == ("finished", 9, 9, 0)
    assert now.reused == 6
    assert any(kind == "trial" and reason == "SHAP values" for kind, _, _, _, reason in told)
    found = explanation(workspace, explaining)
    assert found.reproduced == 0.0
    assert found.n_splits == 3
    again, _ = carried_out(workspace, asked, client)
    assert progress(workspace, again).reused == 9
    let_go_unused(workspace, [run])
    with pytest.raises(LetGoError, match="let go"):
        explanation(workspace, explaining)


def test_a_study_that_explains_survives_being_written_down(workspace):
    """So that a link and a resumed run find it."""
    asked = study_of(workspace, n_rows=60).replace(explaining=Explaining(on=True, rows=99))
    assert Study.from_json(asked.to_json()) == asked
    assert asked.key != asked.replace(explaining=Explaining()).key
