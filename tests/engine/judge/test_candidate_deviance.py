"""Deviance out of fold: the family's own, pooled, against the null of the training rows."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from sklearn import metrics as sk

from outfold.judge.candidate_deviance import candidate_deviances, deviance_of
from tests.engine.judge.small_runs import binary_run, count_run, multiclass_run, regression_run


def test_binomial_deviance_is_twice_the_summed_log_loss() -> None:
    """Pooled over splits; over repeats, the mean of the repeats' sums."""
    predictions = binary_run().of("logistic")
    got = deviance_of(predictions)
    total = 2 * sk.log_loss(predictions.truth, predictions.probability, normalize=False)
    assert predictions.probability is not None
    assert got.deviance == pytest.approx(total / 2)
    assert got.mean == pytest.approx(total / len(predictions.truth))
    null = 2 * sk.log_loss(predictions.truth, predictions.null, normalize=False)
    assert got.d2 == pytest.approx(1 - total / null)
    assert got.n == 2 * 569
    assert len(got.by_split) == 10


def test_the_baseline_has_the_deviance_of_the_null() -> None:
    """Predicting the training share removes nothing."""
    for run in (binary_run, multiclass_run, regression_run, count_run):
        got = deviance_of(run().of("dummy"))
        assert got.d2 == pytest.approx(0, abs=1e-12)
        assert got.baseline


def test_gaussian_deviance_is_the_squared_error_around_the_training_mean() -> None:
    """D² out of fold takes the null from the training rows, unlike R²."""
    predictions = regression_run().of("linear")
    got = deviance_of(predictions)
    assert predictions.value is not None
    squares = float(((predictions.truth - predictions.value) ** 2).sum())
    null = float(((predictions.truth - predictions.null) ** 2).sum())
    assert got.deviance == pytest.approx(squares)
    assert got.d2 == pytest.approx(1 - squares / null)
    assert got.d2 > sk.r2_score(predictions.truth, predictions.value)


def test_multinomial_deviance_agrees_with_the_log_loss() -> None:
    """Three classes of wine."""
    predictions = multiclass_run().of("naive_bayes")
    total = 2 * sk.log_loss(predictions.truth, predictions.probability, normalize=False)
    assert deviance_of(predictions).deviance == pytest.approx(total)


def test_counts_predicted_at_or_below_zero_are_clipped_and_counted() -> None:
    """The linear model's negative counts are reported; the Poisson model has none."""
    linear, poisson = count_run().of("linear"), count_run().of("poisson")
    assert linear.value is not None
    assert poisson.value is not None
    assert deviance_of(linear).clipped == int((linear.value <= 0).sum()) > 0
    got = deviance_of(poisson)
    assert got.clipped == 0
    assert got.mean == pytest.approx(sk.mean_poisson_deviance(poisson.truth, poisson.value))
    assert got.d2 > deviance_of(linear).d2


def test_a_sure_error_is_clipped_and_counted() -> None:
    """Probability 0 for what happened would be an infinite deviance."""
    predictions = binary_run().of("decision_tree")
    got = deviance_of(predictions)
    assert predictions.probability is not None
    sure = predictions.probability[np.arange(len(predictions.truth)), predictions.truth] == 0
    assert got.clipped == sure.sum() > 0
    assert np.isfinite(got.deviance)


def test_weights_count_as_copies() -> None:
    """A row of weight 2 adds what two rows add."""
    predictions = regression_run().of("linear")
    doubled = dataclasses.replace(predictions, weight=np.full(len(predictions.truth), 2.0))
    assert deviance_of(doubled).deviance == pytest.approx(2 * deviance_of(predictions).deviance)
    assert deviance_of(doubled).mean == pytest.approx(deviance_of(predictions).mean)


def test_the_table_is_ranked_and_names_who_has_no_deviance() -> None:
    """A support vector machine without probabilities is left out by name."""
    table = candidate_deviances(binary_run().stored.values())
    assert table.family == "binomial"
    assert [r.deviance for r in table.rows] == sorted(r.deviance for r in table.rows)
    assert [name.split()[-1] for name in table.left_out] == ["svm_linear"]
    assert len(table.frame()) == 4
    with pytest.raises(ValueError, match="no candidate"):
        candidate_deviances([])
