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


@pytest.mark.parametrize("key", ["random_forest", "hist_gradient_boosting"])
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


def test_lightgbm_is_explained_as_it_explains_itself(numbers):
    """By the shap library, which hands on what the booster says along its paths."""
    X, y = numbers
    kind = pd.Categorical(np.where(y == 1, "u", "v"), categories=["u", "v", "w"])
    X = X.assign(kind=kind)
    strategy = registry("model")["lightgbm"]
    model = strategy.build(task="binary", seed=0, **cheap(strategy)).fit(X, y)
    found = shapley(model, X.iloc[:8], X, "binary")
    inner = model.estimator_.booster_.predict(model.encode(X.iloc[:8]), pred_contrib=True)
    np.testing.assert_allclose(found.values[:, 0, 0], inner[:, 0], atol=1e-12)
    np.testing.assert_allclose(found.values[:, 1, 0], inner[:, 1] + inner[:, 2], atol=1e-12)
    np.testing.assert_allclose(found.base, inner[0, -1])
    assert found.method == "tree paths"
    assert found.values[:, 3, 0].any()


@pytest.mark.parametrize("left", [True, False])
def test_a_tree_that_sends_missing_values_left_or_right_adds_up(left):
    """As the tree was fitted, so the shap library follows it."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.normal(size=200), "b": rng.normal(size=200)})
    X.loc[:60, "a"] = np.nan
    low, gap = X["a"] < 0, X["a"].isna()
    y = ((low | gap) if left else ~low).astype(int).to_numpy()
    model = registry("model")["decision_tree"].build(task="binary", seed=0).fit(X, y)
    found = shapley(model, X.iloc[:90], X, "binary")
    assert found.residual < 1e-9
    assert bool(model.estimator_.tree_.missing_go_to_left[0]) is left
    assert found.method == "tree paths"
    assert np.abs(found.values[:, 0]).mean() > np.abs(found.values[:, 1]).mean()


def test_the_error_told_of_walks_is_how_far_they_are_off(numbers):
    """The standard error of the column where it is largest, against very many walks."""
    X, y = numbers
    model = registry("model")["naive_bayes"].build(task="binary", seed=0).fit(X, y)
    answer = answer_of(model, "binary")

    def walked(seed, walks):
        rng = np.random.default_rng(seed)
        return walk(answer, X.iloc[:20], X, ("a", "b", "c"), rng, math.inf, walks=walks)

    truth = walked(0, 3000)
    few = [walked(seed, 16) for seed in range(1, 41)]
    off = np.sqrt(np.mean([(f.values - truth.values) ** 2 for f in few], axis=(0, 1))).max()
    assert np.mean([f.error for f in few]) == pytest.approx(off, rel=0.25)
    assert truth.error < few[0].error / 5


def test_more_time_gives_every_row_more_walks():
    """Round by round, all rows alike, and the sum stays right."""
    model, train, rows = fitted(registry("model")["naive_bayes"], "binary")
    answer, players = answer_of(model, "binary"), players_of(rows)
    soon = walk(answer, rows, train, players, np.random.default_rng(0), time.perf_counter())
    found = walk(answer, rows, train, players, np.random.default_rng(0), math.inf)
    assert (soon.walks, found.walks) == (4, 60)
    assert len(found.values) == len(rows)
    np.testing.assert_allclose(found.base + found.values.sum(axis=1), found.output, atol=1e-9)


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
