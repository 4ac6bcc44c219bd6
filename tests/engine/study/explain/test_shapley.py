"""SHAP values add up for every model, stand in the person's columns, and agree with shap's own."""

from __future__ import annotations

import math
import time
import warnings
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from outfold.data.schema import part
from outfold.registry import registry
from outfold.study.explain.players import players_of
from outfold.study.explain.shapley import answer_of, shapley
from outfold.study.explain.trees import trees_of
from outfold.study.explain.walks import walk
from tests.contracts.subjects import cheap, name, served, subject_table

SEEN = 90


def fitted(strategy, task):
    X, y = subject_table(strategy, task)
    model = strategy.build(task=task, seed=3, **cheap(strategy))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a linear model need not converge for this
        model.fit(X.iloc[:SEEN], np.asarray(y)[:SEEN])
    return model, X.iloc[:SEEN], X.iloc[SEEN : SEEN + 12]


@pytest.mark.parametrize(("strategy", "task"), served("model"), ids=name)
def test_values_of_every_model_add_up_in_original_columns(strategy, task):
    """Whatever is registered has an explanation that is complete."""
    model, train, rows = fitted(strategy, task)
    found = shapley(model, rows, train, task, seconds=0.2)
    assert found.players == players_of(rows)
    assert "since" in found.players or not any("since" in c for c in rows)
    assert found.residual < 1e-9
    assert len(found.values) <= len(rows)
    assert np.isfinite(found.values).all()
    spread = np.abs(found.output - found.base).max()
    assert spread > 1e-6 or strategy.key == "dummy"


def exact(answer, row, reference, owner):
    """Shapley values by going through every set of columns, each against every reference row."""
    d = int(owner.max()) + 1
    worth = {}
    for size in range(d + 1):
        for chosen in combinations(range(d), size):
            mixed = reference.copy()
            mixed[:, np.isin(owner, chosen)] = row[np.isin(owner, chosen)]
            worth[chosen] = answer(mixed).mean(axis=0)
    values = []
    for i in range(d):
        total = 0.0
        for chosen, value in worth.items():
            if i not in chosen:
                weight = math.factorial(len(chosen)) * math.factorial(d - len(chosen) - 1)
                more = worth[tuple(sorted((*chosen, i)))]
                total = total + weight / math.factorial(d) * (more - value)
        values.append(total)
    return np.array(values)


@pytest.fixture(scope="module")
def numbers():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(160, 4)), columns=["a", part("b", "one"), part("b", "two"),
                                                          "c"])  # fmt: skip
    y = (X["a"] * X[part("b", "one")] + X["c"] ** 2 + 0.2 * rng.normal(size=160) > 1).astype(int)
    return X, y.to_numpy()


@pytest.mark.parametrize("key", ["random_forest", "hist_gradient_boosting", "decision_tree"])
def test_trees_agree_with_every_set_of_columns(numbers, key):
    """With the parts of a column as one player, on the same reference rows."""
    X, y = numbers
    strategy = registry("model")[key]
    model = strategy.build(task="binary", seed=0, **cheap(strategy)).fit(X, y)
    trees = trees_of(model)
    # One reference row, so that every tree is compared with the same.
    reference = X.iloc[[5]]
    owner = np.array([0, 1, 1, 2])
    values, _ = trees.shapley(X.iloc[:3], reference, owner, 3, np.random.default_rng(0), np.inf, 50)
    for i in range(3):
        wanted = exact(
            lambda m: trees.output(pd.DataFrame(m, columns=X.columns)),
            X.to_numpy()[i], reference.to_numpy(), owner,
        )  # fmt: skip
        np.testing.assert_allclose(values[i], wanted, atol=1e-9)


def test_trees_agree_with_the_shap_library(numbers):
    """Interventional tree SHAP of a forest against one reference row, columns one by one."""
    shap = pytest.importorskip("shap")
    X, y = numbers
    X = X.set_axis(list("abcd"), axis=1)
    strategy = registry("model")["random_forest"]
    model = strategy.build(task="binary", seed=0, **cheap(strategy)).fit(X, y)
    values, base = trees_of(model).shapley(
        X.iloc[:8], X.iloc[[7]], np.arange(4), 4, np.random.default_rng(0), np.inf, 50
    )
    reference = X.iloc[[7]].to_numpy()
    theirs = shap.TreeExplainer(model.estimator_, reference, feature_perturbation="interventional")
    found = theirs.shap_values(X.iloc[:8].to_numpy(), check_additivity=False)
    np.testing.assert_allclose(values, found, atol=1e-6)
    np.testing.assert_allclose(base, theirs.expected_value, atol=1e-6)


def test_weighted_sums_agree_with_the_shap_library(numbers):
    """Linear SHAP on the log-odds."""
    shap = pytest.importorskip("shap")
    X, y = numbers
    X = X.set_axis(list("abcd"), axis=1)
    model = registry("model")["logistic"].build(task="binary", seed=0).fit(X, y)
    found = shapley(model, X.iloc[:8], X, "binary")
    inner = model.estimator_
    mean = X.to_numpy().mean(axis=0)
    theirs = shap.LinearExplainer((inner.coef_[0], inner.intercept_[0]), mean[None])
    np.testing.assert_allclose(found.values[:, :, 0], theirs.shap_values(X.iloc[:8].to_numpy()))


def test_walks_come_near_every_set_of_columns(numbers):
    """The mean over many walks is the Shapley value; the sum is right for any number of walks."""
    X, y = numbers
    model = registry("model")["naive_bayes"].build(task="binary", seed=0).fit(X, y)
    answer = answer_of(model, "binary")
    found = walk(
        answer, X.iloc[:2], X, ("a", "b", "c"), np.random.default_rng(1), math.inf, walks=4000
    )
    owner = np.array([0, 1, 1, 2])
    wanted = exact(
        lambda m: answer(pd.DataFrame(m, columns=X.columns)), X.to_numpy()[0], X.to_numpy(), owner
    )
    np.testing.assert_allclose(found.values[0], wanted, atol=0.02)


def test_too_little_time_explains_fewer_rows_and_says_so():
    """A spent budget still gives at least one batch, complete in itself."""
    model, train, rows = fitted(registry("model")["knn"], "regression")
    many = pd.concat([rows] * 400, ignore_index=True)
    answer = answer_of(model, "regression")
    found = walk(
        answer, many, train, players_of(rows), np.random.default_rng(0), time.perf_counter()
    )
    assert 0 < len(found.values) < len(many)
    np.testing.assert_allclose(found.base + found.values.sum(axis=1), found.output, atol=1e-9)
