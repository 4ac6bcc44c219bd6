"""Slices: scores by a column's values, with errors that agree with DeLong and the bootstrap."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from outfold.errors import NotApplicableError
from outfold.judge.bootstrap import standard_error
from outfold.judge.delong import auc_interval
from outfold.judge.row_groups import MISSING, row_groups
from outfold.judge.row_influence import drawn, influence, shares, spread
from outfold.judge.slices import searchable, slices, weakest
from outfold.judge.worst_rows import worst_rows
from outfold.metrics.catalogue import catalogue
from outfold.study.results import Predictions
from outfold.study.study import NONE, Candidate, Choice
from tests.engine.judge.small_runs import binary_run, multiclass_run, regression_run

MODEL = Candidate(NONE, NONE, Choice("logistic"))


def binary(n: int, seed: int, spoilt: np.ndarray | None = None) -> Predictions:
    """Predictions whose probabilities are right, but for the rows that are spoilt."""
    rng = np.random.default_rng(seed)
    p = rng.beta(2, 2, n)
    truth = (rng.uniform(size=n) < p).astype(np.intp)
    if spoilt is not None:
        p = np.where(spoilt, rng.permutation(p), p)
    return Predictions(
        MODEL, "binary", ("no", "yes"), 1, np.arange(n), np.zeros(n, dtype=np.intp), truth,
        np.column_stack([1 - p, p]), None, None, None, np.full((n, 2), 0.5), (n,),
    )  # fmt: skip


def repeated(once: Predictions, times: int) -> Predictions:
    """The same rows predicted alike on several repeats."""
    fields = ("rows", "split", "truth", "probability", "null")
    return dataclasses.replace(
        once, **{f: np.concatenate([getattr(once, f)] * times) for f in fields}
    )


def test_the_error_of_an_auc_is_that_of_delong():
    """The influence of rows on the AUC is made of DeLong's placements."""
    made = binary(400, 1)
    scored = made.scored()
    psi = influence(scored, catalogue()["roc_auc"])
    assert psi is not None
    own = spread(shares(scored) * psi, np.arange(400))
    reference = auc_interval(scored.is_positive(), scored.positive_score())
    assert reference is not None
    assert own == pytest.approx(np.sqrt(reference.variance), rel=0.005)


@pytest.mark.parametrize("key", ["log_loss", "brier", "balanced_accuracy", "accuracy", "roc_auc"])
def test_the_errors_by_formula_are_those_of_a_bootstrap(key: str):
    """Whichever way the error is found, it is the same within what 600 draws tell."""
    scored, metric = binary(300, 2).scored(), catalogue()[key]
    psi = influence(scored, metric)
    assert psi is not None
    units = np.arange(300)
    sampled = standard_error(drawn([scored], [units], metric, draws=600)[:, 0])
    assert spread(shares(scored) * psi, units) == pytest.approx(sampled, rel=0.12)


def test_the_error_of_a_root_is_that_of_a_bootstrap():
    """RMSE is the root of a mean of rows."""
    scored, metric = regression_run().of("linear").scored(), catalogue()["rmse"]
    psi = influence(scored, metric)
    assert psi is not None
    units = np.arange(len(scored.truth))
    sampled = standard_error(drawn([scored], [units], metric, draws=600)[:, 0])
    assert spread(shares(scored) * psi, units) == pytest.approx(sampled, rel=0.12)


@pytest.mark.parametrize("key", ["brier", "f1"])
def test_repeats_of_a_row_make_nothing_surer(key: str):
    """A row predicted three times is still one row."""
    once = binary(200, 3)
    groups = row_groups(pd.Series(np.where(np.arange(200) < 120, "a", "b"), name="g"))
    first = slices(once, groups, catalogue()[key])
    again = slices(repeated(once, 3), groups, catalogue()[key])
    for one, other in zip(first.slices, again.slices, strict=True):
        assert (one.rows, one.low) == (other.rows, pytest.approx(other.low))
        assert one.p_value == pytest.approx(other.p_value)


def test_a_slice_is_told_apart_from_all_rows_no_more_often_than_promised():
    """Where a column has nothing to do with the errors, few tests at 5 % find something."""
    metric, found = catalogue()["log_loss"], 0
    for seed in range(150):
        groups = row_groups(pd.Series(np.arange(160) % 4, name="g"))
        found += sum(s.p_value < 0.05 for s in slices(binary(160, seed), groups, metric).slices)
    assert 0.025 < found / 600 < 0.085


def test_the_slice_in_which_a_model_errs_is_found_and_named():
    """A search over columns puts the slice that was spoilt first and calls no other one worse."""
    rng = np.random.default_rng(5)
    place = pd.Series(rng.choice(["north", "south", "east"], 1500), name="place")
    noise = pd.Series(rng.normal(size=1500), name="noise")
    made = binary(1500, 6, (place == "east").to_numpy())
    found = weakest(made, [row_groups(noise), row_groups(place)], catalogue()["log_loss"])
    assert [(s.column, s.label) for s in found.worse()] == [("place", "east")]
    assert found.slices[0].label == "east"
    assert "where place is east" in found.sentence()
    truth, p = made.truth[place == "east"], made.probability[place == "east", 1]  # type: ignore[index]
    by_hand = -np.mean(np.where(truth == 1, np.log(p), np.log(1 - p)))
    assert found.slices[0].score == pytest.approx(by_hand)


def test_slices_of_few_rows_get_no_verdict():
    """Twelve rows, or a class of four rows, are said to be too few."""
    values = pd.Series(["a"] * 12 + ["b"] * 288, name="g")
    found = slices(binary(300, 7), row_groups(values), catalogue()["roc_auc"])
    assert [s.few for s in found.slices if s.label == "a"] == [True]
    assert not found.worse()


def test_a_search_says_by_which_metric_it_searches():
    """How the lift moves with a row is known by no formula: another metric stands in."""
    made = binary(100, 8)
    assert searchable(made, catalogue()["brier"]).key == "brier"
    assert searchable(made, catalogue()["f1"]).key == "f1"
    assert searchable(made, catalogue()["lift_10"]).follows_rows
    several = multiclass_run().of("naive_bayes")
    assert searchable(several, catalogue()["roc_auc_pairs"]).follows_rows


def test_rows_are_grouped_by_value_range_or_rest():
    """Each row is in one group, missing values have one, and rare values share one."""
    numbers = row_groups(pd.Series([*range(100), None], name="n", dtype="float64"))
    assert numbers.labels == ("0 to 19", "20 to 39", "40 to 59", "60 to 79", "80 to 99", MISSING)
    assert np.bincount(numbers.codes).tolist() == [20] * 5 + [1]
    words = row_groups(pd.Series(["x"] * 9 + ["y"] * 5 + list("abcdefgh"), name="w"))
    assert words.labels == ("x", "y", "a", "b", "c", "d", "e", "(3 other values)")
    assert np.bincount(words.codes)[-1] == 3
    few = row_groups(pd.Series([3, 1, 1, 2], name="k"))
    assert (few.labels, few.codes.tolist()) == (("1", "2", "3"), [2, 0, 0, 1])
    days = pd.Series(pd.date_range("2024-01-01", periods=50), name="d")
    assert row_groups(days).labels[0] == "2024-01-01 to 2024-01-10"
    with pytest.raises(NotApplicableError, match="one value alone"):
        row_groups(pd.Series(["same"] * 5, name="s"))


def test_the_worst_rows_are_those_with_the_largest_loss():
    """Classes by the surprise at the truth, numbers by the error; repeats by their mean."""
    found = worst_rows(binary_run().of("logistic"), most=5)
    made = binary_run().of("logistic")
    assert made.probability is not None
    loss = -np.log(made.probability[np.arange(len(made.truth)), made.truth])
    means = pd.Series(loss).groupby(made.rows).mean().sort_values(ascending=False)
    assert found.rows.tolist() == means.index[:5].tolist()
    assert found.losses == pytest.approx(means.to_numpy()[:5])
    assert found.share == pytest.approx(means[:5].sum() / means.sum())
    assert all(a != b for a, b in zip(found.truth, found.predicted, strict=True))
    error = worst_rows(regression_run().of("linear"), most=3)
    made = regression_run().of("linear")
    assert made.value is not None
    assert error.losses[0] == pytest.approx(np.abs(made.truth - made.value).max())
    assert abs(error.truth[0] - error.predicted[0]) == pytest.approx(error.losses[0])  # type: ignore[operator]
    assert worst_rows(binary_run().of("svm_linear"), most=4).losses[0] > 0
