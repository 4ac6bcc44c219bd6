"""What every model must keep to besides the laws of all strategies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from outfold.errors import NotApplicableError
from outfold.registry import registry
from outfold.task import is_classification
from tests.contracts.subjects import answers, cheap, first_result, name, served, subject_table

every_served = pytest.mark.parametrize(("strategy", "task"), served("model"), ids=name)


@every_served
def test_it_answers_for_every_row(strategy, task):
    """Probabilities that sum to 1, or a score, or one value per row."""
    X, y = subject_table(strategy, task)
    model, _ = first_result(strategy, task)
    if not is_classification(task):
        assert model.predict(X).shape == (len(X),)
        return
    assert set(model.predict(X)) <= set(y)
    assert tuple(model.classes_) == tuple(sorted(set(y)))
    assert hasattr(model, "predict_proba") == strategy.probabilistic
    if strategy.probabilistic:
        probability = model.predict_proba(X)
        assert probability.shape == (len(X), len(model.classes_))
        assert probability.min() >= 0
        np.testing.assert_allclose(probability.sum(axis=1), 1)
    else:
        assert len(model.decision_function(X)) == len(X)


@every_served
def test_a_level_never_seen_is_no_obstacle(strategy, task):
    """New rows may have levels that no training row had; they are missing then."""
    X, _ = subject_table(strategy, task)
    model, before = first_result(strategy, task)
    unseen = X.copy()
    for column in unseen.columns[[isinstance(d, pd.CategoricalDtype) for d in unseen.dtypes]]:
        unseen.loc[:9, column] = np.nan
    after = answers(model, unseen)
    assert np.isfinite(after.to_numpy(dtype=float)).all()
    np.testing.assert_allclose(after.iloc[10:], before.iloc[10:], rtol=1e-9)


@every_served
def test_columns_are_known_by_name(strategy, task):
    """The order of the columns in a table of new rows does not matter."""
    X, _ = subject_table(strategy, task)
    model, before = first_result(strategy, task)
    np.testing.assert_allclose(answers(model, X[X.columns[::-1]]), before, rtol=1e-9)


@every_served
def test_one_row_is_predicted_as_among_many(strategy, task):
    """A service predicts single rows; they get what a batch gets."""
    X, _ = subject_table(strategy, task)
    model, before = first_result(strategy, task)
    np.testing.assert_allclose(answers(model, X.iloc[[5]]), before.iloc[[5]], rtol=1e-6)


@every_served
def test_weights_are_used_or_refused(strategy, task):
    """Row weights change what is learnt, or the model says that it cannot use them."""
    X, y = subject_table(strategy, task)
    weight = np.where(y > y.median(), 8.0, 1.0)
    model = strategy.build(task=task, seed=3, **cheap(strategy))
    if not strategy.weightable:
        with pytest.raises(NotApplicableError, match="weights"):
            model.fit(X, y, sample_weight=weight)
        return
    model.fit(X, y, sample_weight=weight)
    _, plain = first_result(strategy, task)
    assert not np.allclose(answers(model, X), plain)


def test_there_is_a_model_of_every_kind_for_every_task():
    """The baseline is always there, and each task has a linear model and an ensemble."""
    for task in ("binary", "multiclass", "regression", "count"):
        families = {s.family for s in registry("model") if task in s.tasks}
        assert families >= {"baseline", "linear", "tree", "ensemble", "neighbours"}
    assert registry("model")["dummy"].default
