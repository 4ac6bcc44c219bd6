"""The steps of a plan as plain functions: prepare, resample, fit and predict.

Each takes the results of the steps before it and returns a result of its own, or ``Failed``: an
error in one candidate is a value that travels down to that candidate's row, never an exception
that ends the run. No step receives a validation row for anything but prediction. The step that
selects columns is in ``outfold.study.selecting``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError, StudyError
from outfold.metrics.metric import Floats
from outfold.registry import Value, registry
from outfold.select.selection import Selection
from outfold.study.growing_rows import grown
from outfold.study.latency import UNMEASURED, serving_costs, transform_latency
from outfold.study.measure import Log, Meter
from outfold.study.split import Split, splits
from outfold.study.study import Study
from outfold.study.table import StudyTable
from outfold.study.timings import link_log
from outfold.study.tune.trial import Tuned
from outfold.task import is_classification

Params = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Failed:
    """A step that did not work, and why; passed on by every step below it."""

    step: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A study's table with its splits, as every worker holds it.

    Attributes:
        table: The table.
        splits: Its splits.
        sample: Whether it is a sample for a quick look, on which no serving costs are measured.
    """

    table: StudyTable
    splits: tuple[Split, ...]
    sample: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """One split after preparation: what was learnt, and both sides of the split."""

    transformer: Any
    train: pd.DataFrame
    test: pd.DataFrame
    target: np.ndarray
    weight: Floats | None
    log: Log
    latency: tuple[float, float] = UNMEASURED
    """Seconds to transform 1,000 rows and one row; measured on the first split, for all models."""


@dataclass(frozen=True, slots=True, eq=False)
class Selected:
    """The columns that a selector, or a chain so far, kept on one split.

    Attributes:
        selection: What was found, over all columns.
        log: What the last link cost and said.
        earlier: The same of the links before it, the nearest first.
    """

    selection: Selection
    log: Log
    earlier: tuple[Log, ...] = ()

    def logs(self) -> dict[str, dict[str, Any]]:
        """The logs of all links and of their rankings, by the names of ``timings.logged``."""
        found: dict[str, dict[str, Any]] = {}
        rankings = 0
        for i, log in enumerate((self.log, *self.earlier)):
            found[link_log("select", i)] = replace(log, ranking=None).to_plain()
            if log.ranking is not None:
                found[link_log("rank", rankings)] = log.ranking.to_plain()
                rankings += 1
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """The training rows that a model is fitted on.

    ``origins`` is the position that each had before, -1 for a row that was made; None where the
    resampler does not say.
    """

    frame: pd.DataFrame
    target: np.ndarray
    weight: Floats | None
    log: Log
    origins: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """What is kept of a fit: predictions for the validation rows, and its costs."""

    arrays: Mapping[str, np.ndarray]
    body: Mapping[str, Any] = field(default_factory=dict)


def with_splits(table: StudyTable, study: Study) -> Loaded:
    """A table with its splits.

    Raises:
        StudyError: The validation cannot be done on this table.
    """
    cut = splits(
        study.validation, table.target, study.task, table.groups, table.order, study.seed,
        table.moments,
    )  # fmt: skip
    if study.train_shares and cut[-1].apparent:
        raise StudyError(
            "A learning curve needs validation rows that no training row is a copy of.",
            "Take folds or a hold-out instead of the bootstrap.",
        )
    return Loaded(table, tuple(grown(cut, table, study)))


def fit_target(table: StudyTable, study: Study) -> np.ndarray:
    """The target as models are fitted to it: codes, a rate, a logarithm, or plain values."""
    if is_classification(study.task):
        return table.target
    values = table.target if table.exposure is None else table.target / table.exposure
    return np.log1p(values) if study.target_transform == "log" else values


def prepare(loaded: Loaded, study: Study, split: int, strategy: str, params: Params) -> Prepared:
    """Fit the preparation on a split's training rows and apply it to both sides."""
    table, cut = loaded.table, loaded.splits[split]
    began = time.perf_counter()
    transformer = registry("preparation")[strategy].build(
        task=study.task, seed=study.seed, **params
    )
    with Meter() as meter:
        target = fit_target(table, study)[cut.train]
        train = transformer.fit_transform(table.frame.iloc[cut.train], target)
    if not train.shape[1]:
        raise NotApplicableError(
            "Every feature is constant or empty in the training rows of this split.",
            "Choose other features.",
        )
    test = transformer.transform(table.frame.iloc[cut.test])
    # An exposure both divides the count and says how much each rate weighs.
    weight = table.weight if table.exposure is None else table.exposure
    if table.exposure is not None and table.weight is not None:
        weight = table.weight * table.exposure
    log = Log(
        meter.seconds, meter.cpu_seconds, notes=tuple(getattr(transformer, "notes_", ())),
        step_seconds=time.perf_counter() - began, size=size_of(table.frame, len(cut.train)),
    )  # fmt: skip
    return Prepared(
        transformer,
        train.reset_index(drop=True),
        test.reset_index(drop=True),
        target,
        None if weight is None else weight[cut.train],
        log,
        transform_latency(loaded, cut, transformer) if split == 0 else UNMEASURED,
    )


def size_of(frame: pd.DataFrame, n_rows: int | None = None) -> tuple[int, int, int]:
    """Rows, columns and one-hot width of a frame: what the time of a step depends on."""
    levels = [len(k.categories) for k in frame.dtypes if isinstance(k, pd.CategoricalDtype)]
    columns = frame.shape[1]
    return len(frame) if n_rows is None else n_rows, columns, columns - len(levels) + sum(levels)


def keep(frame: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """A prepared frame's columns that come from the kept ones, in the frame's order."""
    from outfold.data.schema import source_of

    kept = set(selection.selected)
    columns = [c for c in frame.columns if source_of(c) in kept]
    return frame if len(columns) == frame.shape[1] else frame[columns]


def resample(
    prepared: Prepared, selected: Selected, study: Study, strategy: str, params: Params
) -> Resampled:
    """Resample or weigh a split's training rows."""
    began = time.perf_counter()
    frame, target, weight = keep(prepared.train, selected.selection), prepared.target, None
    origins: np.ndarray | None = np.arange(len(frame))
    size = size_of(frame)
    sampler = registry("resampler")[strategy].build(task=study.task, seed=study.seed, **params)
    with Meter() as meter:
        if hasattr(sampler, "sample_weight"):
            weight = sampler.sample_weight(target)
        elif strategy != "none":
            if prepared.weight is not None:
                raise NotApplicableError(
                    "Rows have weights, and resampling would invent rows without one.",
                    "Use class weights, or take the weight role away.",
                )
            frame, target = sampler.fit_resample(frame, target)
            origins = getattr(sampler, "origins_", None)
    if prepared.weight is not None:
        weight = prepared.weight if weight is None else weight * prepared.weight
    log = Log(
        meter.seconds, meter.cpu_seconds, notes=tuple(getattr(sampler, "notes_", ())),
        step_seconds=time.perf_counter() - began, size=size,
    )  # fmt: skip
    return Resampled(frame, target, weight, log, origins)


def fit(
    loaded: Loaded,
    prepared: Prepared,
    selected: Selected,
    resampled: Resampled,
    study: Study,
    split: int,
    strategy: str,
    params: Params,
    tuned: Tuned | None = None,
) -> Fitted:
    """Fit a model, predict the validation rows, and measure both.

    What tuning found on this split's training rows goes before what the study says.
    """
    began = time.perf_counter()
    table, cut = loaded.table, loaded.splits[split]
    if tuned is not None:
        params = {**params, **dict(tuned.params)}
    model, fit_with = unfitted(resampled, study, strategy, params)
    with Meter(memory=True) as meter:
        model.fit(resampled.frame, resampled.target, **fit_with)
    test = keep(prepared.test, selected.selection)
    exposure = None if table.exposure is None else table.exposure[cut.test]
    arrays = predict(model, test, study, len(table.classes), exposure)
    arrays |= {
        "rows": cut.test,
        "truth": table.target[cut.test],
        "null": null_prediction(table, cut, study),
    }
    if table.classes:
        arrays["fitted_shares"] = fitted_shares(model, resampled, len(table.classes))
    arrays |= drawn_arrays(table, study, cut)
    if table.weight is not None:
        arrays["weight"] = table.weight[cut.test]
    traced: dict[str, Any] = {}
    if study.trace_deviance:
        from outfold.study.deviance_trace import deviance_trace  # it knows these steps

        traced = deviance_trace(model, loaded, prepared, selected, study, split)
    if study.train_scores:
        from outfold.study.training_rows import training_arrays  # it knows these steps

        arrays |= training_arrays(model, loaded, prepared, selected, study, split)
    log = Log(
        meter.seconds, meter.cpu_seconds, meter.memory_bytes,
        step_seconds=time.perf_counter() - began, size=size_of(resampled.frame),
    )  # fmt: skip
    body: dict[str, Any] = {
        "logs": {
            "prepare": prepared.log.to_plain(),
            **selected.logs(),
            "resample": resampled.log.to_plain(),
            "fit": log.to_plain(),
        },
        "selected": list(selected.selection.selected),
        "fitted_rows": len(resampled.frame),
        "columns": int(resampled.frame.shape[1]),
    }
    if study.trace_deviance:
        body["deviance"] = traced
    if tuned is not None:
        body["logs"]["tune"] = Log(tuned.seconds, tuned.cpu_seconds, notes=tuned.notes).to_plain()
        body["tuned"] = dict(tuned.params)
    if split == 0 and not loaded.sample:
        answer = model.predict_proba if hasattr(model, "predict_proba") else model.predict
        with Meter() as meter:
            body |= serving_costs(
                prepared, selected.selection, model,
                lambda rows: answer(keep(rows, selected.selection)),
            )  # fmt: skip
        body["serving_seconds"] = meter.seconds
    return Fitted(arrays, body)


def unfitted(
    resampled: Resampled, study: Study, strategy: str, params: Params
) -> tuple[Any, dict[str, Any]]:
    """A model, and what its ``fit`` takes besides rows and target.

    Raises:
        NotApplicableError: The rows have weights and the model cannot weigh them.
    """
    chosen = registry("model")[strategy]
    fit_with: dict[str, Any] = {}
    if resampled.weight is not None:
        if not chosen.weightable:
            raise NotApplicableError(
                f"{chosen.label} cannot weigh rows.", "Take a resampler that changes the rows."
            )
        fit_with["sample_weight"] = resampled.weight
    return chosen.build(task=study.task, seed=study.seed, **params), fit_with


def predict(
    model: Any, frame: pd.DataFrame, study: Study, n_classes: int, exposure: Floats | None
) -> dict[str, np.ndarray]:
    """What a fitted model says of some rows: probabilities, scores or values.

    Classes that no training row had get probability 0. Values come back on the target's own scale.
    """
    if not is_classification(study.task):
        value = np.asarray(model.predict(frame), dtype=float)
        if study.target_transform == "log":
            value = np.expm1(value)
        return {"value": value if exposure is None else value * exposure}
    codes = np.asarray(model.classes_, dtype=int)
    if hasattr(model, "predict_proba"):
        probability = np.zeros((len(frame), n_classes))
        probability[:, codes] = model.predict_proba(frame)
        return {"probability": probability}
    decision = np.asarray(model.decision_function(frame), dtype=float)
    if decision.ndim == 1:
        return {"score": decision}
    # Scores of several classes are stored as shares that keep their order.
    shifted = np.exp(decision - decision.max(axis=1, keepdims=True))
    probability = np.zeros((len(frame), n_classes))
    probability[:, codes] = shifted / shifted.sum(axis=1, keepdims=True)
    return {"probability": probability}


def null_prediction(table: StudyTable, cut: Split, study: Study) -> np.ndarray:
    """What the training rows alone say of a validation row: class shares, or a mean."""
    weight = None if table.weight is None else table.weight[cut.train]
    if is_classification(study.task):
        counts = np.bincount(
            table.target[cut.train].astype(int), weights=weight, minlength=len(table.classes)
        )
        return np.tile(counts / counts.sum(), (len(cut.test), 1))
    if table.exposure is None:
        return np.full(len(cut.test), np.average(table.target[cut.train], weights=weight))
    scale = np.ones(len(cut.train)) if weight is None else weight
    rate = (scale * table.target[cut.train]).sum() / (scale * table.exposure[cut.train]).sum()
    return rate * table.exposure[cut.test]


def fitted_shares(model: Any, resampled: Resampled, n_classes: int) -> Floats:
    """Share of each class in what a model was fitted on, rows times weights, shape (n_classes,).

    A model that draws its own rows says itself what they were.
    """
    if hasattr(model, "class_shares_"):
        shares = np.zeros(n_classes)
        shares[np.asarray(model.classes_, dtype=int)] = model.class_shares_
        return shares
    counts = np.bincount(
        resampled.target.astype(int), weights=resampled.weight, minlength=n_classes
    )
    return np.asarray(counts / counts.sum(), dtype=np.float64)


def drawn_arrays(table: StudyTable, study: Study, cut: Split) -> dict[str, np.ndarray]:
    """How often each row was drawn, and with which others: what a bootstrap's interval needs."""
    if not study.validation.declared.apparent:
        return {}
    times = np.bincount(cut.train, minlength=table.n_rows).astype(np.uint16)
    if not cut.apparent:
        return {"times": times}
    return {"units": np.arange(table.n_rows) if table.groups is None else table.groups}
