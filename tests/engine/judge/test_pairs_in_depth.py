"""Pairs of candidates: practical equivalence, the same rows, and which of the tied to take."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import stats

from outfold.errors import NotApplicableError, ParameterError
from outfold.judge.bayesian_t import bayesian_t, equivalence
from outfold.judge.delong import compare_auc
from outfold.judge.leaderboard import leaderboard
from outfold.judge.same_rows import one_pass, same_rows
from outfold.judge.tied_group import tied_group
from tests.engine.judge.small_runs import binary_run, holdout_run, multiclass_run, regression_run
from tests.engine.judge.test_slices import repeated
from tests.reference.cases import case


def test_without_a_region_the_posterior_mirrors_the_corrected_t_test():
    """P(second better) is half of the two-sided p of the reference."""
    reference = case("metrics.json", "met-corrected-t-10x5")
    frame = reference.frame()
    d = (frame[reference.inputs["a"]] - frame[reference.inputs["b"]]).to_numpy(float)
    above, same, below = bayesian_t(d, reference.inputs["n_test"] / reference.inputs["n_train"], 0)
    assert below == pytest.approx(reference.expected["p"] / 2)
    assert above == pytest.approx(1 - reference.expected["p"] / 2)
    assert same == pytest.approx(0, abs=1e-12)


def test_the_posterior_is_students_t_with_the_correlation_of_the_splits():
    """Student(J - 1, mean, s² (1/J + rho/(1 - rho))) with rho = n_test / n (Benavoli 2017)."""
    d, rho, rope = np.array([0.02, 0.05, -0.01, 0.03, 0.04]), 0.2, 0.01
    scale = np.sqrt(d.var(ddof=1) * (1 / 5 + rho / (1 - rho)))
    law = stats.t(4, d.mean(), scale)
    above, same, below = bayesian_t(d, rho / (1 - rho), rope)
    assert above == pytest.approx(law.sf(rope))
    assert below == pytest.approx(law.cdf(-rope))
    assert same == pytest.approx(law.cdf(rope) - law.cdf(-rope))


def test_equal_differences_leave_no_doubt():
    """Without spread the posterior is a point, inside the region or outside."""
    assert bayesian_t([0.02] * 5, 0.25, 0.01) == (1.0, 0.0, 0.0)
    assert bayesian_t([0.0] * 5, 0.25, 0.01) == (0.0, 1.0, 0.0)
    assert np.isnan(bayesian_t([0.1], 0.25, 0.01)).all()


def test_a_wide_region_makes_every_pair_equivalent_and_none_leaves_the_sure_ones():
    """What is decided follows from what was said to matter; less is better turns the sides."""
    result = binary_run().result
    assert {p.verdict for p in equivalence(result, 2.0, "accuracy").pairs} == {"same"}
    by_auc = equivalence(result, 0.0, "roc_auc").pairs
    dummy = next(p for p in by_auc if "dummy" in p.a and "logistic" in p.b)
    assert dummy.verdict == "second"
    by_loss = equivalence(result, 0.0, "log_loss").pairs
    dummy = next(p for p in by_loss if "dummy" in p.a and "logistic" in p.b)
    assert (dummy.verdict, dummy.difference > 0) == ("second", True)
    for p in by_auc:
        assert p.first + p.same + p.second == pytest.approx(1)


def test_what_cannot_be_asked_is_said():
    """A negative region, a single split."""
    with pytest.raises(ParameterError, match="region"):
        equivalence(binary_run().result, -0.1)
    with pytest.raises(NotApplicableError, match="several splits"):
        equivalence(holdout_run().result, 0.01)


def test_on_a_hold_out_the_rows_are_delongs_and_mcnemars():
    """One test set of one model each: the tests as they are defined."""
    run = holdout_run()
    a, b = run.of("logistic"), run.of("decision_tree")
    found = same_rows(a, b)
    direct = compare_auc(
        a.scored().is_positive(), a.scored().positive_score(), b.scored().positive_score()
    )
    assert found.exact
    assert found.auc is not None
    assert direct is not None
    assert found.auc.p_value == pytest.approx(direct.p_value)
    assert found.auc.difference == pytest.approx(direct.difference)
    right = [p.scored().predicted() == p.truth for p in (a, b)]
    assert found.hits.only_a_right == int((right[0] & ~right[1]).sum())


def test_with_folds_one_pass_is_taken_split_by_split():
    """Five folds twice over: the first five, each row once, the mean of the splits' differences."""
    run = binary_run()
    a, b = run.of("logistic"), run.of("naive_bayes")
    assert one_pass(a) == (0, 1, 2, 3, 4)
    found = same_rows(a, b)
    assert not found.exact
    assert found.rows == 569
    scores = run.result
    means = [np.mean(scores[p.candidate.name].scores["roc_auc"][:5]) for p in (a, b)]
    assert found.auc is not None
    assert (found.auc.a, found.auc.b) == pytest.approx(means)


def test_other_rows_and_other_tasks_are_refused():
    """Rows in another order are not the same rows; numbers have no hits."""
    run = binary_run()
    a = run.of("logistic")
    with pytest.raises(NotApplicableError, match="same splits"):
        same_rows(a, repeated(a, 2))
    with pytest.raises(NotApplicableError, match="is a number"):
        same_rows(regression_run().of("linear"), regression_run().of("dummy"))
    several = multiclass_run()
    assert same_rows(several.of("naive_bayes"), several.of("decision_tree")).auc is None


def test_the_cheapest_and_the_simplest_come_from_the_tied_group():
    """Costs decide among those that are not told apart from the best, never beyond."""
    result = binary_run().result
    board = leaderboard(result, "roc_auc")
    group = tied_group(board)
    tied = [row for row in board.rows if row.tied]
    if len(tied) < 2:
        assert group is None
    alike = [
        dataclasses.replace(c, scores=result.candidates[1].scores)
        if not c.candidate.is_baseline else c
        for c in result.candidates[:4]
    ]  # fmt: skip
    board = leaderboard(dataclasses.replace(result, candidates=tuple(alike)), "roc_auc")
    group = tied_group(board)
    assert group is not None
    assert len(group.names) == 3
    costs = {c.name: c.costs for c in alike[1:]}
    assert group.quickest == min(costs, key=lambda n: costs[n].fit_seconds)
    assert group.simplest == min(costs, key=lambda n: costs[n].size_bytes)
