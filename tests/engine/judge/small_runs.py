"""Small runs that were really fitted: scikit-learn models on its bundled tables, split by split."""

from __future__ import annotations

import dataclasses
import pickle
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, PoissonRegressor
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from outfold.metrics.metric import Scored
from outfold.study.results import CandidateResult, Costs, Predictions, RunResult
from outfold.study.scores import score
from outfold.study.split import splits
from outfold.study.study import BASELINE, NONE, Candidate, Choice, Study, Validation
from outfold.task import Task


@dataclass(frozen=True)
class Measured:
    """A result with the predictions that it was computed from."""

    result: RunResult
    stored: dict[str, Predictions]

    def predictions(self, name: str) -> Predictions:
        return self.stored[name]

    def of(self, model: str) -> Predictions:
        return next(p for p in self.stored.values() if p.candidate.model.key == model)


def measure(
    x: np.ndarray,
    y: np.ndarray,
    task: Task,
    models: dict[str, Any],
    validation: Validation,
    classes: tuple[str, ...] = (),
    positive: int = 1,
) -> Measured:
    """Fit every model on every split, as a run does."""
    study = Study(
        "small", "y", task, models=tuple(Choice(m) for m in models if m != "dummy"),
        validation=validation,
    )  # fmt: skip
    drawn = splits(validation, y, task)
    rows, stored = [], {}
    for key, model in models.items():
        candidate = BASELINE if key == "dummy" else Candidate(NONE, NONE, Choice(key))
        parts: list[dict[str, Any]] = []
        fit_seconds, scores = [], []
        for number, split in enumerate(drawn):
            start = time.perf_counter()
            model.fit(x[split.train], y[split.train])
            fit_seconds.append(time.perf_counter() - start)
            part = _predict(model, x[split.test], y[split.train], task, len(classes))
            part |= {"rows": split.test, "split": np.full(len(split.test), number)}
            part |= {"truth": y[split.test]}
            parts.append(part)
            kept = {k: v for k, v in part.items() if k not in ("rows", "split")}
            scores.append(score(Scored(task, positive=positive, **kept)))
        start = time.perf_counter()
        model.predict(x[:100])
        per_1000 = (time.perf_counter() - start) * 10
        joined = {k: np.concatenate([p[k] for p in parts]) for k in parts[0]}
        fields = {f: joined.get(f) for f in ("probability", "score", "value")}
        stored[candidate.name] = Predictions(
            candidate, task, classes, positive, joined["rows"], joined["split"], joined["truth"],
            **fields, weight=None, null=joined["null"],
            train_sizes=tuple(len(s.train) for s in drawn),
        )  # fmt: skip
        rows.append(
            CandidateResult(
                candidate,
                "finished",
                splits_done=len(drawn),
                scores={k: tuple(s[k] for s in scores) for k in scores[0]},
                costs=Costs(
                    fit_seconds=float(np.mean(fit_seconds)),
                    predict_seconds_per_1000=per_1000,
                    size_bytes=float(len(pickle.dumps(model))),
                ),
            )
        )
    ratio = float(np.mean([len(s.test) / len(s.train) for s in drawn]))
    return Measured(RunResult("small", study, "finished", tuple(rows), len(drawn), ratio), stored)


def _predict(model: Any, x: np.ndarray, seen: np.ndarray, task: Task, k: int) -> dict[str, Any]:
    if task in ("binary", "multiclass"):
        shares = np.bincount(seen, minlength=k) / len(seen)
        out = {"null": np.tile(shares, (len(x), 1))}
        if hasattr(model, "predict_proba"):
            return out | {"probability": model.predict_proba(x)}
        return out | {"score": model.decision_function(x)}
    return {"null": np.full(len(x), seen.mean()), "value": model.predict(x).astype(float)}


def _noisy_cancer() -> tuple[np.ndarray, np.ndarray]:
    """Breast cancer with eight columns and so much noise that models err."""
    x, y = load_breast_cancer(return_X_y=True)
    noise = np.random.default_rng(1).normal(size=(len(x), 8)) * x[:, :8].std(axis=0) * 1.5
    return x[:, :8] + noise, y


@cache
def binary_run(repeats: int = 2) -> Measured:
    """Five candidates on noisy breast cancer, 5 folds; one gives scores without probabilities."""
    x, y = _noisy_cancer()
    models = {
        "dummy": DummyClassifier(strategy="prior"),
        "logistic": make_pipeline(StandardScaler(), LogisticRegression()),
        "naive_bayes": GaussianNB(),
        "decision_tree": DecisionTreeClassifier(max_depth=6, random_state=0),
        "svm_linear": make_pipeline(StandardScaler(), LinearSVC(random_state=0)),
    }
    return measure(
        x, y, "binary", models, Validation("stratified", 5, repeats), ("malignant", "benign")
    )


@cache
def holdout_run() -> Measured:
    """The same with a single hold-out."""
    x, y = _noisy_cancer()
    models = {
        "dummy": DummyClassifier(strategy="prior"),
        "logistic": make_pipeline(StandardScaler(), LogisticRegression()),
        "decision_tree": DecisionTreeClassifier(max_depth=3, random_state=0),
    }
    return measure(x, y, "binary", models, Validation("holdout"), ("malignant", "benign"))


@cache
def multiclass_run() -> Measured:
    """Three classes of wine."""
    x, y = load_wine(return_X_y=True)
    models = {
        "dummy": DummyClassifier(strategy="prior"),
        "naive_bayes": GaussianNB(),
        "decision_tree": DecisionTreeClassifier(max_depth=2, random_state=0),
    }
    return measure(x[:, :4], y, "multiclass", models, Validation("stratified", 4), ("a", "b", "c"))


@cache
def regression_run() -> Measured:
    """Progression of diabetes."""
    x, y = load_diabetes(return_X_y=True)
    models = {
        "dummy": DummyRegressor(),
        "linear": LinearRegression(),
        "decision_tree": DecisionTreeRegressor(max_depth=3, random_state=0),
    }
    return measure(x, y.astype(float), "regression", models, Validation("kfold", 5))


@cache
def count_run() -> Measured:
    """Simulated counts that a Poisson model fits, and a linear one that predicts below zero."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=(600, 3))
    y = rng.poisson(np.exp(0.2 + 0.9 * x[:, 0] - 0.4 * x[:, 1])).astype(float)
    models = {
        "dummy": DummyRegressor(),
        "poisson": PoissonRegressor(alpha=0),
        "linear": LinearRegression(),
    }
    return measure(x, y, "count", models, Validation("kfold", 5))


def with_failure(measured: Measured) -> RunResult:
    """The same run with its last candidate failed and the one before it still running."""
    rows = list(measured.result.candidates)
    rows[-1] = CandidateResult(rows[-1].candidate, "failed", reason="It ran out of memory.")
    half = {k: v[:2] for k, v in rows[-2].scores.items()}
    rows[-2] = dataclasses.replace(rows[-2], status="running", splits_done=2, scores=half)
    return dataclasses.replace(measured.result, candidates=tuple(rows), state="running")
