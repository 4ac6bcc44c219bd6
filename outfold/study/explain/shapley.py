"""SHAP values of a fitted model, by the method that suits it, in the columns that a person knows.

Which method is taken follows from the fitted estimator, so a newly registered model has one without
being named here: trees and sums of trees exactly, weighted sums exactly, anything else by walks
from a reference row to the row explained.

Source: Lundberg & Lee 2017, A unified approach to interpreting model predictions; Lundberg et al.
2020, From local explanations to global understanding with explainable AI for trees.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from outfold.metrics.metric import Floats
from outfold.study.explain.players import matrix_owners, players_of, summed
from outfold.task import Task, is_classification

Scale = Literal["probability", "log-odds", "score", "log", "value"]
"""What SHAP values add up to.

probability: of a class. log-odds: of the class, two classes. score: of each class, before scores
are turned into probabilities. log: the logarithm of the expected value. value: the target's own
unit.
"""
Method = Literal["tree", "tree paths", "linear", "sampled"]

CHUNK = 50
"""Rows between two looks at the clock."""


@dataclass(frozen=True, slots=True, eq=False)
class Shapley:
    """SHAP values of some rows.

    Attributes:
        players: The original columns.
        values: Shape (n_rows, n_players, n_outputs).
        base: What the model says on average of the reference rows, shape (n_outputs,).
        output: What the model says of each row on this scale, shape (n_rows, n_outputs); base plus
            values add up to it.
        classes: Class code of each output; empty for numbers. Two classes have one output, of the
            later code.
        scale: What the values add up to.
        method: How they were computed.
        reference: Reference rows that a row is compared with; 0 where the model's own training
            counts stand for them.
        walks: Of sampled values, the walks for each row; 0 where they are exact.
        seconds: Wall seconds.
        error: Of sampled values, their standard error in the column where it is largest; else 0.
    """

    players: tuple[str, ...]
    values: Floats
    base: Floats
    output: Floats
    classes: tuple[int, ...]
    scale: Scale
    method: Method
    reference: int
    walks: int
    seconds: float
    error: float = 0.0

    @property
    def residual(self) -> float:
        """The largest difference between base plus values and what the model says."""
        if not len(self.values):
            return 0.0
        return float(np.abs(self.base + self.values.sum(axis=1) - self.output).max())


def shapley(
    model: Any,
    rows: pd.DataFrame,
    reference: pd.DataFrame,
    task: Task,
    *,
    seed: int = 0,
    seconds: float = 10.0,
) -> Shapley:
    """SHAP values of rows by a fitted model.

    Args:
        model: A fitted model of the registry.
        rows: Prepared rows to explain.
        reference: Prepared training rows that they are compared with.
        task: What is predicted.
        seed: Of the draws.
        seconds: Time after which no further rows are begun; the first ones are then explained.
    """
    began = time.perf_counter()
    players = players_of(rows)
    found = (
        _boosted(model, rows, players, task)
        or _one_tree(model, rows, players, task)
        or _linear(model, rows, reference, players, task)
        or _trees(model, rows, reference, players, task, seed, seconds)
        or _sampled(model, rows, reference, players, task, seed, seconds)
    )
    return found(time.perf_counter() - began)


Found = Callable[[float], Shapley]


def _made(
    players: tuple[str, ...], values: Floats, base: Floats, output: Floats, codes: Any,
    scale: Scale, method: Method, reference: int, walks: int = 0, error: float = 0.0,
) -> Found:  # fmt: skip
    """What was found but for its time; of two classes only the later one's output is kept."""
    classes = () if codes is None else tuple(int(c) for c in codes)
    if len(classes) == 2 and values.shape[2] == 2:
        values, base, output, classes = values[:, :, 1:], base[1:], output[:, 1:], classes[1:]
    elif len(classes) == 2:
        classes = classes[1:]
    return lambda seconds: Shapley(
        players, values, base, output, classes, scale, method, reference, walks, seconds, error
    )


def _codes(model: Any, task: Task) -> Any:
    return model.classes_ if is_classification(task) else None


def _margin(n_outputs: int, task: Task) -> Scale:
    if is_classification(task):
        return "log-odds" if n_outputs == 1 else "score"
    return "value"


def _columns(values: Any) -> Floats:
    """One column per output."""
    found = np.asarray(values, dtype=np.float64)
    return found[:, None] if found.ndim == 1 else found


def _boosted(model: Any, rows: pd.DataFrame, players: tuple[str, ...], task: Task) -> Found | None:
    """LightGBM's own tree SHAP, which knows its splits by category."""
    from outfold.study.explain.by_shap import along_paths

    inner = getattr(model, "estimator_", None)
    booster = getattr(inner, "booster_", None)
    if booster is None or inner is None:
        return None
    matrix = model.encode(rows)
    values, base = along_paths(booster, matrix)
    output = _columns(booster.predict(matrix, raw_score=True, num_threads=1))
    scale = _margin(values.shape[2], task)
    if inner.objective_ in ("poisson", "gamma", "tweedie"):
        scale = "log"
    values = summed(values, matrix_owners(model, rows, players), len(players))
    return _made(players, values, base, output, _codes(model, task), scale, "tree paths", 0)


def _one_tree(model: Any, rows: pd.DataFrame, players: tuple[str, ...], task: Task) -> Found | None:
    """Of a single tree of scikit-learn, along its paths."""
    from outfold.study.explain.by_shap import along_paths

    inner = getattr(model, "estimator_", None)
    if not hasattr(inner, "tree_"):
        return None
    matrix = np.asarray(model.encode(rows), dtype=np.float64)
    values, base = along_paths(inner, matrix)
    output = answer_of(model, task)(rows)
    scale: Scale = "probability" if is_classification(task) else "value"
    values = summed(values, matrix_owners(model, rows, players), len(players))
    return _made(players, values, base, output, _codes(model, task), scale, "tree paths", 0)


def _linear(
    model: Any, rows: pd.DataFrame, reference: pd.DataFrame, players: tuple[str, ...], task: Task
) -> Found | None:
    """Of a weighted sum: weight times the distance from the mean of the reference rows."""
    from outfold.study.explain.by_shap import weighted_sum

    inner = getattr(model, "estimator_", None)
    if inner is None or getattr(model, "encoding", "") != "one_hot":
        return None
    stretch, shift, machine = 1.0, 0.0, inner
    if hasattr(inner, "regressor_") and hasattr(inner.transformer_, "scale_"):
        machine = inner.regressor_
        stretch, shift = float(inner.transformer_.scale_[0]), float(inner.transformer_.mean_[0])
    elif hasattr(inner, "calibrated_"):
        machine = inner.calibrated_.calibrated_classifiers_[0].estimator
    if not hasattr(machine, "coef_"):
        return None
    weights = np.atleast_2d(np.asarray(machine.coef_, dtype=np.float64)) * stretch
    offset = np.atleast_1d(np.asarray(machine.intercept_, dtype=np.float64)) * stretch + shift
    here = np.asarray(model.encode(rows), dtype=np.float64)
    mean = np.asarray(model.encode(reference), dtype=np.float64).mean(axis=0)
    scale: Scale = _margin(len(weights), task)
    if hasattr(inner, "calibrated_"):
        scale, output = "score", _columns(machine.decision_function(here))
    elif is_classification(task):
        output = _columns(machine.decision_function(here))
    elif hasattr(machine, "_base_loss"):  # a generalised linear model: its link is the logarithm
        scale, output = "log", _columns(np.log(model.predict(rows)))
    else:
        output = _columns(model.predict(rows))
    each, base = weighted_sum(weights, offset, here, mean)
    values = summed(each, matrix_owners(model, rows, players), len(players))
    return _made(
        players, values, base, output, _codes(model, task), scale, "linear", len(reference)
    )


def _trees(
    model: Any, rows: pd.DataFrame, reference: pd.DataFrame, players: tuple[str, ...], task: Task,
    seed: int, seconds: float,
) -> Found | None:  # fmt: skip
    """Of scikit-learn's trees: exactly, each tree against reference rows of its own."""
    from outfold.study.explain.tree_walk import ready
    from outfold.study.explain.trees import trees_of

    forest = trees_of(model)
    if forest is None:
        return None
    # What is compiled once on a machine is not taken from the time for the rows.
    ready()
    deadline = time.perf_counter() + seconds
    rng = np.random.default_rng([seed % 2**32, 1])
    values, base = forest.shapley(
        rows, reference, matrix_owners(model, rows, players), len(players), rng, deadline, CHUNK
    )
    done = rows.iloc[: len(values)]
    output = forest.output(done)
    scale: Scale = "value"
    if forest.raw:
        scale = "log" if forest.logarithm else _margin(output.shape[1], task)
    elif is_classification(task):
        scale = "probability"
    return _made(players, values, base, output, _codes(model, task), scale, "tree", forest.drawn)


def _sampled(
    model: Any, rows: pd.DataFrame, reference: pd.DataFrame, players: tuple[str, ...], task: Task,
    seed: int, seconds: float,
) -> Found:  # fmt: skip
    """Of any model: by walks from a reference row to the row explained."""
    from outfold.study.explain.walks import walk

    deadline = time.perf_counter() + seconds
    answer = answer_of(model, task)
    rng = np.random.default_rng([seed % 2**32, 2])
    found = walk(answer, rows, reference, players, rng, deadline)
    scale: Scale = "value"
    if is_classification(task):
        scale = "probability" if hasattr(model, "predict_proba") else "score"
    return _made(
        players, found.values, found.base, found.output, _codes(model, task), scale, "sampled",
        found.walks, found.walks, found.error,
    )  # fmt: skip


def answer_of(model: Any, task: Task) -> Callable[[pd.DataFrame], Floats]:
    """What a model says of prepared rows: one column per class, or one value."""
    if not is_classification(task):
        return lambda frame: _columns(model.predict(frame))
    if hasattr(model, "predict_proba"):
        return lambda frame: _columns(model.predict_proba(frame))
    return lambda frame: _columns(model.decision_function(frame))


def spread_over(values: Floats, classes: tuple[int, ...], n_classes: int) -> Floats:
    """Outputs put at their class codes, 0 for classes that no training row had.

    Args:
        values: Last axis: one entry per output.
        classes: Their class codes.
        n_classes: Classes of the study.
    """
    if n_classes <= 2 or not classes:
        return values
    found = np.zeros((*values.shape[:-1], n_classes))
    found[..., list(classes)] = values
    return found
