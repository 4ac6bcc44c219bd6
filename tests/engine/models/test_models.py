"""Models: encoding, weights, and agreement with R and scikit-learn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.metrics import (
    log_loss,
    mean_gamma_deviance,
    mean_poisson_deviance,
    mean_tweedie_deviance,
)
from sklearn.naive_bayes import CategoricalNB, GaussianNB

from outfold.errors import OutfoldError
from outfold.models.bayes import MixedNaiveBayes
from outfold.models.encoding import OneHot
from outfold.models.platt import Platt
from outfold.registry import Facts, registry
from tests.reference.cases import case


def model(key: str, task: str = "binary", **params):
    return registry("model")[key].build(task=task, seed=0, **params)


def coded(values, size: int) -> pd.Categorical:
    return pd.Categorical.from_codes(values, categories=list(range(size)))


def prepared(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    transformer = registry("preparation")["standard"].build(task="regression", seed=0, min_count=1)
    return transformer.fit_transform(frame[columns])


def test_one_hot_has_a_column_per_code_and_zeros_for_a_missing_one():
    """The matrix follows from the types; a level never seen is zero throughout."""
    frame = pd.DataFrame(
        {"c": coded([1, -1, 0], 3), "x": [0.5, 1.5, 2.5], "d": coded([0, 1, 1], 2)}
    )
    encoder = OneHot(frame)
    assert encoder.names() == ["x", "c=0", "c=1", "c=2", "d=0", "d=1"]
    np.testing.assert_array_equal(
        encoder(frame), [[0.5, 0, 1, 0, 1, 0], [1.5, 0, 0, 0, 0, 1], [2.5, 1, 0, 0, 0, 1]]
    )
    assert OneHot(frame, np.float32)(frame).dtype == np.float32


def test_logistic_regression_reaches_the_deviance_of_r():
    """With hardly any penalty it is R's glm(binomial) on infert."""
    known = case("glm.json", "glm-binomial-logit-infert")
    frame = known.frame()
    X = prepared(frame, ["age", "parity", "induced", "spontaneous"])
    fitted = model("logistic", C=1e4).fit(X, frame["case"])
    deviance = 2 * len(X) * log_loss(frame["case"], fitted.predict_proba(X))
    assert deviance == pytest.approx(known.expected["deviance"], rel=1e-5)


def test_poisson_regression_with_exposure_reaches_the_deviance_of_r():
    """A rate with the exposure as its weight is R's count with log exposure as offset."""
    known = case("glm.json", "glm-poisson-offset-insurance")
    frame = known.frame()
    for column in ("District", "Group", "Age"):
        frame[column] = frame[column].astype("str").astype("category")
    X = prepared(frame, ["District", "Group", "Age"])
    rate = frame["Claims"] / frame["Holders"]
    fitted = model("poisson", "count", alpha=0.0).fit(X, rate, sample_weight=frame["Holders"])
    expected = fitted.predict(X) * frame["Holders"]
    deviance = len(X) * mean_poisson_deviance(frame["Claims"], expected)
    assert deviance == pytest.approx(known.expected["deviance"], rel=1e-4)


def test_gamma_regression_reaches_the_deviance_of_r():
    """Without a penalty it is R's glm(Gamma, log) on trees."""
    known = case("glm.json", "glm-gamma-log-trees")
    frame = known.frame()
    X = prepared(frame, ["Girth", "Height"])
    fitted = model("gamma", "regression", alpha=0.0).fit(X, frame["Volume"])
    deviance = len(X) * mean_gamma_deviance(frame["Volume"], fitted.predict(X))
    assert deviance == pytest.approx(known.expected["deviance"], rel=1e-4)


def test_tweedie_regression_reaches_the_deviance_of_r():
    """Without a penalty it is R's glm(tweedie(1.5), log)."""
    known = case("glm.json", "glm-tweedie-p1.5")
    frame = known.frame()
    X = prepared(frame, ["x1", "x2"])
    fitted = model("tweedie", "regression", alpha=0.0, power=1.5).fit(X, frame["loss"])
    deviance = len(X) * mean_tweedie_deviance(frame["loss"], fitted.predict(X), power=1.5)
    assert deviance == pytest.approx(known.expected["deviance"], rel=1e-4)


def test_linear_regression_reaches_the_deviance_of_r():
    """The residual sum of squares of lm(mpg ~ wt + hp + factor(cyl)) on mtcars."""
    known = case("glm.json", "glm-gaussian-mtcars")
    frame = known.frame()
    frame["cyl"] = frame["cyl"].astype("str").astype("category")
    X = prepared(frame, ["wt", "hp", "cyl"])
    fitted = model("linear", "regression").fit(X, frame["mpg"])
    assert ((frame["mpg"] - fitted.predict(X)) ** 2).sum() == pytest.approx(
        known.expected["deviance"], rel=1e-9
    )


def test_mixed_naive_bayes_is_scikit_learns_on_either_kind_of_column():
    """On numbers alone it is GaussianNB; on categories alone CategoricalNB."""
    X, y = load_iris(return_X_y=True)
    numbers = pd.DataFrame(X, columns=list("abcd"))
    np.testing.assert_allclose(
        MixedNaiveBayes().fit(numbers, y).predict_proba(numbers),
        GaussianNB().fit(X, y).predict_proba(X),
    )
    codes = np.floor(X).astype(int)
    categories = pd.DataFrame({i: coded(codes[:, i], 9) for i in range(4)})
    np.testing.assert_allclose(
        MixedNaiveBayes().fit(categories, y).predict_proba(categories),
        CategoricalNB(min_categories=9).fit(codes, y).predict_proba(codes),
    )


def test_mixed_naive_bayes_multiplies_what_numbers_and_categories_say():
    """The joint is the product of both parts with the prior counted once."""
    X, y = load_iris(return_X_y=True)
    codes = np.floor(X[:, 2]).astype(int)
    both = pd.DataFrame({"a": X[:, 0], "c": coded(codes, 8)})
    left = GaussianNB().fit(X[:, :1], y).predict_joint_log_proba(X[:, :1])
    right = CategoricalNB(min_categories=8).fit(codes[:, None], y)
    joint = left + right.feature_log_prob_[0][:, codes].T
    shares = np.exp(joint) / np.exp(joint).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(MixedNaiveBayes().fit(both, y).predict_proba(both), shares)


def test_an_unseen_level_says_nothing_to_naive_bayes():
    """With its only other column unseen, what remains is the prior."""
    y = np.array([0, 0, 0, 1])
    fitted = MixedNaiveBayes().fit(pd.DataFrame({"c": coded([0, 1, 0, 1], 2)}), y)
    blank = pd.DataFrame({"c": coded([-1], 2)})
    np.testing.assert_allclose(fitted.predict_proba(blank), [[0.75, 0.25]])


@pytest.mark.parametrize(
    "key", ["logistic", "naive_bayes", "ridge", "poisson", "hist_gradient_boosting"]
)
def test_a_whole_weight_is_as_good_as_repeated_rows(key):
    """A weight of 3 is three copies of the row."""
    strategy = registry("model")[key]
    task = strategy.tasks[0]
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.normal(size=150), "c": coded(rng.integers(0, 3, 150), 3)})
    y = (X["x"] + rng.normal(size=150) > 0).astype(int).to_numpy()
    times = rng.integers(1, 4, 150)
    params = {"min_samples_leaf": 1, "max_iter": 5} if key == "hist_gradient_boosting" else {}
    weighted = model(key, task, **params).fit(X, y, sample_weight=times.astype(float))
    rows = np.repeat(np.arange(150), times)
    repeated = model(key, task, **params).fit(X.iloc[rows], y[rows])
    grid = X.iloc[:40]
    if hasattr(weighted, "predict_proba"):
        first, second = weighted.predict_proba(grid), repeated.predict_proba(grid)
    else:
        first, second = weighted.predict(grid), repeated.predict(grid)
    np.testing.assert_allclose(first, second, rtol=2e-3, atol=1e-3)


def test_probabilities_of_the_machines_are_calibrated():
    """Over rows it has not seen, the mean probability is near the share of the class."""
    rng = np.random.default_rng(1)
    X = pd.DataFrame(rng.normal(size=(900, 2)), columns=["a", "b"])
    y = (rng.random(900) < 1 / (1 + np.exp(-2 * X["a"] + 1.5))).astype(int).to_numpy()
    for key in ("svm_linear", "svm_rbf"):
        p = model(key).fit(X[:600], y[:600]).predict_proba(X[600:])[:, 1]
        assert p.mean() == pytest.approx(y[600:].mean(), abs=0.05)
        assert log_loss(y[600:], p) < log_loss(y[600:], np.full(300, y[:600].mean()))


def test_a_class_of_one_row_cannot_be_calibrated():
    """One row cannot be both held out and learnt from; two can, in two folds."""
    X = pd.DataFrame({"a": np.arange(12.0)})
    y = np.array([0] * 6 + [1] * 5 + [2])
    with pytest.raises(OutfoldError, match="single training row"):
        model("svm_linear", "multiclass").fit(X, y)
    y[10] = 2
    fitted = model("svm_linear", "multiclass").fit(X, y)
    assert isinstance(fitted.estimator_, Platt)
    assert fitted.predict_proba(X).shape == (12, 3)


def test_fewer_rows_than_neighbours_are_all_taken():
    """Ten rows have no fifteen neighbours; the prediction is then the share among all."""
    X = pd.DataFrame({"a": np.arange(10.0)})
    y = np.array([0] * 7 + [1] * 3)
    np.testing.assert_allclose(model("knn").fit(X, y).predict_proba(X), [[0.7, 0.3]] * 10)


def test_column_names_that_people_use_are_no_obstacle():
    """Braces, quotes, commas and blanks stand in real headers."""
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 3)))
    X.columns = pd.Index(['a {"b": [1]}', "price, €", "x:y\x1fmonth"])
    y = (X.iloc[:, 0] > 0).astype(int)
    for key, trees in [("lightgbm", "n_estimators"), ("hist_gradient_boosting", "max_iter")]:
        assert model(key, **{trees: 5}).fit(X, y).predict(X).shape == (60,)


def test_counts_are_never_predicted_negative():
    """Models for counts use a loss or an average that keeps to the positive side."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.normal(size=200)})
    y = rng.poisson(np.exp(X["a"] - 1)).astype(float)
    wide = pd.DataFrame({"a": np.linspace(-6, 6, 50)})
    for strategy in registry("model"):
        if "count" not in strategy.tasks or strategy.key == "gamma":
            continue
        few = {p.key: 20 for p in strategy.params if p.key in ("n_estimators", "max_iter")}
        predicted = model(strategy.key, "count", **few).fit(X, y).predict(wide)
        assert predicted.min() >= 0, strategy.key


@pytest.mark.parametrize(
    ("key", "facts", "reason"),
    [
        ("gamma", {"task": "regression", "target_min": 0.0}, "above 0"),
        ("poisson", {"task": "regression", "target_min": -2.0}, "negative"),
        ("svm_rbf", {"task": "regression", "n_rows": 45_211}, "45,211 rows"),
        ("svm_linear", {"task": "multiclass", "smallest_class": 2}, "too few rows"),
    ],
)
def test_a_model_that_does_not_apply_says_why(key, facts, reason):
    """The menu shows the reason beside the greyed entry."""
    told = Facts(**{"n_rows": 100, "n_features": 2, "n_numeric": 2, "n_categorical": 0, **facts})
    assert reason in (registry("model")[key].available(told) or "")
