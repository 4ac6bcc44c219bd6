"""Two candidates side by side: paired where splits are shared, careful where they are not."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from outfold.errors import NotApplicableError
from outfold.judge.corrected_t import corrected_t
from outfold.judge.delong import compare_auc
from outfold.judge.side_by_side import side_by_side
from outfold.registry import registry
from outfold.study.difference import differences
from outfold.study.study import NONE, Candidate, Choice, Study, Validation
from outfold.validate.catalogue import schemes
from tests.engine.judge.small_runs import Measured, binary_run, holdout_run, regression_run


def side(run: Measured, model: str):
    return run.result, run.of(model)


def test_on_shared_splits_each_metric_is_the_corrected_t_test():
    """Difference, interval and p-value are those of the pair, Holm over the metrics."""
    run = binary_run()
    found = side_by_side(side(run, "decision_tree"), side(run, "logistic"))
    assert found.paired
    change = next(c for c in found.changes if c.metric == "roc_auc")
    scores = [np.array(run.result[run.of(m).candidate.name].scores["roc_auc"])
              for m in ("decision_tree", "logistic")]  # fmt: skip
    t = corrected_t(scores[1] - scores[0], run.result.test_train_ratio)
    assert (change.difference, change.low, change.high) == pytest.approx((t.mean, t.low, t.high))
    assert change.p_value == pytest.approx(t.p_value)
    assert all(c.p_adjusted >= c.p_value for c in found.changes)
    assert change.verdict == "better"


def test_less_is_better_where_less_is_better():
    """The other way round every verdict turns."""
    run = binary_run()
    there = side_by_side(side(run, "decision_tree"), side(run, "logistic"))
    back = side_by_side(side(run, "logistic"), side(run, "decision_tree"))
    turned = {"better": "worse", "worse": "better"}
    for one, other in zip(there.changes, back.changes, strict=True):
        assert other.verdict == turned.get(one.verdict, one.verdict)
        assert other.difference == pytest.approx(-one.difference)
    loss = next(c for c in there.changes if c.metric == "log_loss")
    assert (loss.difference < 0, loss.verdict) == (True, "better")


def test_the_same_candidate_beside_itself_is_noise():
    """Nothing changed: no difference, p of 1."""
    run = binary_run()
    found = side_by_side(side(run, "logistic"), side(run, "logistic"))
    assert {c.verdict for c in found.changes} == {"noise"}
    assert found.otherwise == 0
    assert "within noise" in found.sentence()


def test_other_splits_are_not_paired_and_say_less():
    """The same models on other splits: wider intervals than on shared ones."""
    once, twice = binary_run(1), binary_run(2)
    apart = side_by_side(side(once, "decision_tree"), side(twice, "logistic"))
    assert not apart.paired
    assert apart.rows == 0
    paired = side_by_side(side(once, "decision_tree"), side(once, "logistic"))
    for key in ("roc_auc", "brier"):
        wide, narrow = (next(c for c in f.changes if c.metric == key) for f in (apart, paired))
        assert wide.high - wide.low > narrow.high - narrow.low


def test_a_hold_out_is_compared_row_by_row():
    """For the AUC that is DeLong's test."""
    run = holdout_run()
    found = side_by_side(side(run, "decision_tree"), side(run, "logistic"))
    change = next(c for c in found.changes if c.metric == "roc_auc")
    a, b = run.of("decision_tree").scored(), run.of("logistic").scored()
    direct = compare_auc(a.is_positive(), b.positive_score(), a.positive_score())
    assert direct is not None
    assert change.difference == pytest.approx(direct.difference)
    assert change.difference / (change.high - change.low) == pytest.approx(
        direct.statistic / (2 * 1.959964), rel=0.01
    )


def test_other_questions_are_refused():
    """Two targets have no common metric; two positive classes neither."""
    run = binary_run()
    with pytest.raises(NotApplicableError, match="the other y"):
        side_by_side(side(run, "logistic"), side(regression_run(), "linear"))
    other = dataclasses.replace(run.of("naive_bayes"), positive=0)
    with pytest.raises(NotApplicableError, match="different classes positive"):
        side_by_side(side(run, "logistic"), (run.result, other))


def test_what_differs_between_two_studies_is_said_field_by_field():
    """Strategies of the two candidates, and every choice around them; not their neighbours."""
    models = (Choice("logistic"), Choice("knn"))
    one = Study("t", "y", "binary", models=models[:1], seed=0, roles=(("a", "ignore"),))
    other = Study(
        "t", "y", "binary", models=models, seed=1, validation=Validation("kfold", folds=10),
        roles=(("b", "ignore"),), preparation=Choice.of("standard", min_count=3), metric="mcc",
    )  # fmt: skip
    first = next(c for c in one.candidates() if c.model == models[0])
    second = next(c for c in other.candidates() if c.model == models[1])
    found = {d.what: (d.first, d.second) for d in differences((one, first), (other, second))}
    rare = next(p for p in registry("preparation")["standard"].params if p.key == "min_count")
    standard = registry("preparation")["standard"].label
    assert found == {
        "Model": ("Logistic regression", registry("model")["knn"].label),
        "Roles of columns": ("a: ignore", "b: ignore"),
        "Validation: scheme": (schemes()["stratified"].label, schemes()["kfold"].label),
        "Validation: folds": ("5", "10"),
        f"{standard}: {rare.label.lower()}": (str(rare.default), "3"),
        "Ranking metric": ("–", "Matthews correlation"),
        "Seed": ("0", "1"),
    }
    assert not differences((one, first), (one, first))
    assert first.selector == NONE


def test_one_strategy_with_other_parameters_differs_by_their_labels():
    """What was left at its default is told too; a chain is told as a whole."""
    study = Study("t", "y", "binary", models=(Choice("logistic"),))
    plain = Candidate(NONE, NONE, Choice("logistic"))
    strong = Candidate(NONE, NONE, Choice.of("logistic", C=0.1))
    found = differences((study, plain), (study, strong))
    param = next(p for p in registry("model")["logistic"].params if p.key == "C")
    assert [(d.what, d.first, d.second) for d in found] == [
        (f"Logistic regression: {param.label.lower()}", f"{param.default:g}", "0.1")
    ]
    chain = Choice.chain([Choice("variance"), Choice("cfs")])
    told = differences((study, plain), (study, dataclasses.replace(plain, selector=chain)))
    assert [d.what for d in told] == ["Selector"]
    assert " then " in told[0].second
    assert told[0].first == registry("selector")["none"].label
