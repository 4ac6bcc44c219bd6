"""A small mixed table, and every registered strategy with the tables that it applies to."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from outfold.data.schema import source_of
from outfold.registry import Facts, Kind, Param, Strategy, Value, registry
from outfold.study.shared import lay, taken_up
from outfold.task import TASKS, Task, is_classification

KINDS: tuple[Kind, ...] = ("preparation", "selector", "resampler", "model")
ROWS = 120
COSTLY = ("n_estimators", "max_iter", "rounds", "trees")
"""Parameters that only multiply the work; kept small unless they are what is tested."""


@cache
def _drawn() -> tuple[pd.DataFrame, dict[Task, np.ndarray]]:
    rng = np.random.default_rng(7)
    size = rng.gamma(2.0, 1.0, ROWS)
    age = rng.integers(18, 80, ROWS).astype(float)
    place = rng.choice(
        ["north", "south", "west", "isle", "cape"], ROWS, p=[0.4, 0.3, 0.22, 0.05, 0.03]
    )
    signal = 0.8 * (size - 2) + 0.04 * (age - 50) + 0.9 * (place == "north")
    signal += rng.normal(0, 0.5, ROWS)
    age[rng.choice(ROWS, 15, replace=False)] = np.nan
    where: Any = place.astype(object)
    where[rng.choice(ROWS, 6, replace=False)] = None
    member = rng.choice([True, False], ROWS).astype(object)
    member[3] = pd.NA
    frame = pd.DataFrame(
        {
            "size": size,
            "age of {head}": age,
            "rooms": rng.integers(1, 6, ROWS),
            "place": pd.Categorical(where),
            "kind": pd.Series(rng.choice(["a", "b"], ROWS), dtype="str"),
            "member": pd.array(member, dtype="boolean"),
            "since": pd.Timestamp("2019-03-01")
            + pd.to_timedelta(rng.integers(0, 1500, ROWS), unit="D"),
            "noise": rng.normal(size=ROWS),
            "always one": 1,
            "never known": np.nan,
        }
    )
    ranks = signal.argsort().argsort() / ROWS
    targets: dict[Task, np.ndarray] = {
        "binary": (ranks > 0.75).astype(int),
        "multiclass": np.digitize(ranks, [0.5, 0.82]),
        "regression": np.exp(1 + 0.3 * signal),
        "count": rng.poisson(np.exp(1 + 0.4 * signal)).astype(float),
    }
    return frame, targets


def raw_table(task: Task) -> tuple[pd.DataFrame, pd.Series]:
    """The table as it is read, and a target."""
    frame, targets = _drawn()
    return frame.copy(deep=True), pd.Series(targets[task].copy(), name="target")


_first: dict[tuple[str, str, Task], tuple[Any, pd.DataFrame]] = {}


def first_result(strategy: Strategy, task: Task) -> tuple[Any, pd.DataFrame]:
    """The fitted subject and what it made of its table, computed once per test session."""
    key = (strategy.kind, strategy.key, task)
    if key not in _first:
        X, y = subject_table(strategy, task)
        before_X, before_y = X.copy(deep=True), y.copy(deep=True)
        subject = strategy.build(task=task, seed=3, **cheap(strategy))
        # In a run the rows are pages of a file that all workers map, which nobody can write to.
        X, y = as_workers_see(X, y)
        result = work(subject, strategy.kind, X, y)
        pd.testing.assert_frame_equal(X, before_X)
        pd.testing.assert_series_equal(y, before_y)
        _first[key] = subject, result
    return _first[key]


def as_workers_see(X: pd.DataFrame, y: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
    """A table as it is mapped from a file on a worker: the same values, read only."""
    with tempfile.TemporaryDirectory() as folder:
        laid = lay(str(Path(folder) / "run"), "step", (X, y))
        mapped: tuple[pd.DataFrame, pd.Series] = taken_up(laid.path)
    return mapped


@cache
def _prepared() -> pd.DataFrame:
    transformer = registry("preparation")["standard"].build(task="binary", seed=0)
    return transformer.fit_transform(raw_table("binary")[0])


def facts_of(frame: pd.DataFrame, target: pd.Series, task: Task) -> Facts:
    """What a strategy is told of a prepared table."""
    categorical = sum(isinstance(d, pd.CategoricalDtype) for d in frame.dtypes)
    classes = target.value_counts() if is_classification(task) else None
    return Facts(
        task=task,
        n_rows=len(frame),
        n_features=frame.shape[1],
        n_numeric=frame.shape[1] - categorical,
        n_categorical=categorical,
        smallest_class=None if classes is None else int(classes.min()),
        n_classes=None if classes is None else len(classes),
        target_min=None if classes is not None else float(target.min()),
    )


def subject_table(strategy: Strategy, task: Task) -> tuple[pd.DataFrame, pd.Series]:
    """The widest form of the small table that a strategy applies to: mixed, else one kind."""
    target = raw_table(task)[1]
    if strategy.kind == "preparation":
        return raw_table(task)
    if (
        task == "count"
        and strategy.requires
        and strategy.available(facts_of(_prepared(), target, task))
    ):
        target = target + 1  # for those that refuse a count of 0
    mixed = _prepared()
    if strategy.kind == "selector":  # searches take time with the square of the columns
        mixed = mixed[[c for c in mixed if source_of(c) not in ("since", "noise", "rooms")]]
    levels = [c for c in mixed if isinstance(mixed[c].dtype, pd.CategoricalDtype)]
    for frame in (mixed, mixed.drop(columns=levels), mixed[levels]):
        if strategy.available(facts_of(frame, target, task)) is None:
            return frame.copy(deep=True), target
    raise AssertionError(f"{strategy.key} applies to no form of the table")


def cheap(strategy: Strategy) -> dict[str, Value]:
    """The defaults, with little work where a parameter says how much."""
    few = {p.key: max(10, int(p.low or 0)) for p in strategy.params if p.key in COSTLY}
    return strategy.complete(few)


def ends(param: Param) -> list[Value]:
    """The least and greatest value, or every choice; and none, where that is allowed."""
    values: list[Value] = [None] if param.none_label else []
    if param.kind == "bool":
        return [*values, False, True]
    if param.kind == "choice":
        return [*values, *param.choices]
    whole = param.kind == "int"
    return values + [
        int(v) if whole else float(v) for v in (param.low, param.high) if v is not None
    ]


def strategies(kind: Kind | None = None) -> list[Strategy]:
    """Every strategy, or those of one kind."""
    return [s for k in KINDS if kind in (None, k) for s in registry(k)]


def served(kind: Kind | None = None) -> list[tuple[Strategy, Task]]:
    """Every strategy with each task that it serves.

    Selectors see targets as classes or as numbers, so one task of each tells enough of them.
    """
    told = {"selector": ("multiclass", "regression")}
    return [(s, t) for s in strategies(kind) for t in told.get(s.kind, TASKS) if t in s.tasks]


def name(value: Any) -> str:
    """How a strategy or task is named in a test's identifier."""
    return f"{value.kind}-{value.key}" if isinstance(value, Strategy) else str(value)


def work(estimator: Any, kind: Kind, X: pd.DataFrame, y: pd.Series) -> pd.DataFrame:
    """What a strategy makes of a table, as one frame: prepared, kept, resampled or predicted."""
    if kind in ("preparation", "selector"):
        return estimator.fit(X, y).transform(X)
    if kind == "resampler":
        if hasattr(estimator, "sample_weight"):
            return pd.DataFrame({"weight": estimator.sample_weight(y)})
        frame, target = estimator.fit_resample(X, y)
        return frame.assign(**{"the target": np.asarray(target)})
    return answers(estimator.fit(X, y), X)


def answers(model: Any, X: pd.DataFrame) -> pd.DataFrame:
    """A fitted model's probabilities, scores or values."""
    for method in ("predict_proba", "decision_function", "predict"):
        if hasattr(model, method):
            return pd.DataFrame(np.asarray(getattr(model, method)(X)))
    raise AssertionError("the model answers nothing")
