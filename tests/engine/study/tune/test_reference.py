"""The tuned result against a nested loop written by hand with scikit-learn and imbalanced-learn."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import RandomOverSampler
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold
from sklearn.tree import DecisionTreeClassifier

from outfold.registry import registry
from outfold.study import selecting, steps
from outfold.study.study import Choice, Study, Validation
from outfold.study.table import study_table
from outfold.study.tune.folds import Recipe
from outfold.study.tune.step import tune
from outfold.study.tune.tuning import Tuning

SEED, TRIALS = 11, 8


def table(n_rows: int = 180) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    X = rng.normal(size=(n_rows, 4))
    score = X[:, 0] - 0.6 * X[:, 1] ** 2 + rng.normal(size=n_rows)
    frame = pd.DataFrame(X, columns=list("abcd"))
    return frame.assign(y=np.where(score > np.quantile(score, 0.7), "yes", "no"))


def log_value(u: float, low: float, high: float) -> float:
    return math.exp(math.log(low) + u * (math.log(high) - math.log(low)))


def logistic_trials() -> list[dict]:
    """C as set, then log-uniform draws in 1e-4 … 1e4."""
    rng = np.random.default_rng(SEED)
    return [{"C": 1.0}] + [{"C": log_value(rng.random(), 1e-4, 1e4)} for _ in range(TRIALS - 1)]


def tree_trials() -> list[dict]:
    """Depth in 1 … 30 evenly, rows of a leaf in 1 … 60 on a log scale, as whole numbers."""
    rng = np.random.default_rng(SEED)
    found = [{"max_depth": 6, "min_samples_leaf": 10}]
    for _ in range(TRIALS - 1):
        depth, leaf = rng.random(2)
        leaf_rows = round(log_value(leaf, 0.5, 60.5))
        found.append({"max_depth": round(0.5 + depth * 30), "min_samples_leaf": leaf_rows})
    return found


BY_HAND = {
    "logistic": (
        logistic_trials,
        lambda values: LogisticRegression(max_iter=2000, **values),
        np.float64,
    ),
    "decision_tree": (
        tree_trials,
        lambda values: DecisionTreeClassifier(random_state=SEED, **values),
        np.float32,
    ),
}


def by_hand(key: str, frame: pd.DataFrame) -> list[tuple[dict, float, np.ndarray]]:
    """Nested cross-validation in plain scikit-learn: values, best inner score, predictions."""
    trials, model, kind = BY_HAND[key]
    X, y = frame[list("abcd")].to_numpy().astype(kind), (frame["y"] == "yes").to_numpy().astype(int)

    def fitted(values, rows):
        over = RandomOverSampler(random_state=SEED)
        over.fit_resample(X[rows], y[rows])
        drawn = rows[np.sort(over.sample_indices_)]
        return model(values).fit(X[drawn], y[drawn])

    found = []
    for train, test in KFold(3, shuffle=True, random_state=SEED).split(X):
        means = []
        for values in trials():
            scores = []
            for some, rest in KFold(4, shuffle=True, random_state=SEED).split(train):
                said = fitted(values, train[some]).predict_proba(X[train[rest]])[:, 1]
                scores.append(roc_auc_score(y[train[rest]], said))
            means.append(sum(scores) / len(scores))
        best = int(np.argmax(np.round(means, 12)))
        values = trials()[best]
        found.append((values, means[best], fitted(values, train).predict_proba(X[test])))
    return found


@pytest.mark.parametrize("key", BY_HAND)
def test_tuning_is_a_nested_loop(workspace, key):
    """Values, inner scores and out-of-fold probabilities are those of the loop by hand.

    Not to the bit: where rows lie in memory decides in which order a processor adds products up.
    """
    frame = table()
    dataset = workspace.datasets.add_frame(frame, "numbers")
    study = Study(
        dataset.key, "y", "binary",
        positive="yes",
        validation=Validation("kfold", folds=3),
        preparation=Choice("minimal"),
        resamplers=(Choice("random_over"),),
        models=(Choice(key),),
        tuning=Tuning("random", trials=TRIALS, folds=4, metric="roc_auc"),
        seed=SEED,
    )  # fmt: skip
    loaded = steps.with_splits(study_table(workspace, study), study)
    recipe = Recipe(
        ("minimal", registry("preparation")["minimal"].defaults()),
        (("none", {}),),
        ("random_over", registry("resampler")["random_over"].defaults()),
    )
    params = registry("model")[key].defaults()
    for split, (values, inner, probability) in enumerate(by_hand(key, frame)):
        found = tune(loaded, study, split, key, params, recipe)
        assert dict(found.params) == values
        assert found.score == pytest.approx(inner, abs=1e-12)
        prepared = steps.prepare(loaded, study, split, *recipe.preparation)
        selected = selecting.select(prepared, study, *recipe.selectors[0])
        resampled = steps.resample(prepared, selected, study, *recipe.resampler)
        fitted = steps.fit(
            loaded, prepared, selected, resampled, study, split, key, params, tuned=found
        )
        np.testing.assert_allclose(fitted.arrays["probability"], probability, rtol=1e-9)
        assert fitted.body["tuned"] == values
        assert fitted.body["logs"]["tune"]["seconds"] == found.seconds
