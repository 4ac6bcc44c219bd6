"""What is measured again with one thing varied: a parameter's values, or seeds."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from outfold.draw import parameter_curve, seed_variance
from outfold.errors import NotApplicableError, StudyError
from outfold.judge.leaderboard import leaderboard
from outfold.judge.seed_variance import seed_variance as over_seeds
from outfold.registry import registry
from outfold.study.study import BASELINE, NONE, Candidate, Choice, Study
from outfold.study.varied import own_value, seed_studies, values_of, variable, varied_study
from tests.engine.judge.small_runs import binary_run

STUDY = Study("t", "y", "binary", models=(Choice("logistic"), Choice("knn")), seed=3)
LOGISTIC = Candidate(NONE, NONE, Choice("logistic"))


def test_every_model_can_be_varied_within_what_its_parameters_allow():
    """Each value passes the parameter's own check, the candidate's own value among them."""
    for model in registry("model"):
        choice = Choice(model.key)
        for param in variable(choice):
            values = values_of(choice, param)
            assert list(values) == sorted(values)
            for value in values:
                param.check(int(value) if param.kind == "int" else value)
            own = own_value(choice, param)
            assert own is None or own in values


def test_the_fit_at_the_candidates_own_value_is_the_runs():
    """The own value is the candidate's own choice, so its steps have the keys that they had."""
    param = next(p for p in variable(LOGISTIC.model) if p.key == "C")
    varied = varied_study(STUDY, LOGISTIC, param).checked()
    assert LOGISTIC.model in varied.models
    assert len(varied.models) == len(values_of(LOGISTIC.model, param))
    assert varied.validation == STUDY.validation
    with pytest.raises(StudyError, match="baseline"):
        varied_study(STUDY, BASELINE, param)


def test_seeds_differ_and_nothing_else_does():
    """The chosen candidates with further seeds."""
    found = seed_studies(STUDY, [LOGISTIC], 3)
    assert [s.seed for s in found] == [4, 5, 6]
    assert {s.replace(seed=3).key for s in found} == {
        STUDY.replace(models=(Choice("logistic"),)).key
    }


def test_the_spread_over_seeds_is_that_of_the_mean_scores():
    """By hand for two runs; the order of the seeds is kept."""
    one = binary_run().result
    shifted = tuple(
        dataclasses.replace(
            c, scores={k: tuple(v - 0.02 for v in values) for k, values in c.scores.items()}
        )
        for c in one.candidates
    )
    other = dataclasses.replace(one, candidates=shifted, study=one.study.replace(seed=1))
    found = over_seeds([one, other], "roc_auc")
    assert found.seeds == (0, 1)
    assert "dummy" not in {c.model for c in found.candidates}
    first = found.candidates[0]
    assert first.scores[0] == pytest.approx(np.mean(one[first.candidate].scores["roc_auc"]))
    assert first.std == pytest.approx(0.02 / np.sqrt(2))
    assert found.leads == (first.candidate,) * 2
    assert "same candidate leads" in found.sentence()
    with pytest.raises(NotApplicableError, match="One seed"):
        over_seeds([one])
    figure = seed_variance.draw(found, {first.candidate: "<b>a</b>"})
    assert "&lt;b&gt;" in figure.data[0].hovertemplate


def test_a_validation_curve_marks_the_values_tied_with_the_best():
    """A point per value, in their order, with the one of the run marked."""
    board = leaderboard(binary_run().result, "roc_auc")
    names = [r.name for r in board.rows if not r.baseline]
    values = {name: float(10**i) for i, name in enumerate(names)}
    param = next(p for p in variable(LOGISTIC.model) if p.key == "C")
    figure = parameter_curve.draw(board, param, values, 1.0)
    assert list(figure.data[0].x) == sorted(values.values())
    full = [s == "diamond" for s in figure.data[0].marker.symbol]
    assert full == [r.tied for name in names for r in board.rows if r.name == name]
    assert figure.layout.xaxis.type == "log"
