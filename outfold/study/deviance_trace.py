"""How a fit's deviance falls: on the rows it was fitted on and on those held out, tree by tree.

A study that says ``trace_deviance`` has fits that carry this with them. They are steps like any
other fit, on the same prepared, selected and resampled rows; only their keys differ.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from outfold.metrics.deviance import task_deviances
from outfold.metrics.metric import Floats, Ints
from outfold.models.stages import n_stages, staged
from outfold.study.scores import scored_from_arrays
from outfold.study.split import Split
from outfold.study.steps import Loaded, Prepared, Selected, keep, null_prediction, predict
from outfold.study.study import Study

MOST_STAGES = 200
"""Rounds of a boosting model that are looked at, evenly spread; the last is among them."""
STAGE_ROWS = 50_000
"""Training rows by which rounds are judged at the most, drawn by the seed."""


@dataclass(frozen=True, slots=True)
class _AsPredicted:
    """A model of which is known what it predicted."""

    classes_: Any
    found: Floats

    def predict_proba(self, frame: pd.DataFrame) -> Floats:
        return self.found


@dataclass(frozen=True, slots=True)
class _Value:
    found: Floats

    def predict(self, frame: pd.DataFrame) -> Floats:
        return self.found


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One side of a split: rows with their truth, null and weight."""

    loaded: Loaded
    study: Study
    rows: Ints
    frame: pd.DataFrame
    null: np.ndarray

    def some(self, most: int) -> _Side:
        if len(self.rows) <= most:
            return self
        drawn = np.random.default_rng(self.study.seed).choice(len(self.rows), most, replace=False)
        take = np.sort(drawn)
        return dataclasses.replace(
            self, rows=self.rows[take], frame=self.frame.iloc[take], null=self.null[take]
        )

    def sums(self, model: Any) -> dict[str, float] | None:
        """Summed deviance, that of the null, and weight; None for a model without probabilities."""
        table = self.loaded.table
        exposure = None if table.exposure is None else table.exposure[self.rows]
        arrays = predict(model, self.frame, self.study, len(table.classes), exposure)
        if "score" in arrays:
            return None
        arrays |= {"truth": table.target[self.rows], "null": self.null}
        if table.weight is not None:
            arrays["weight"] = table.weight[self.rows]
        scored = scored_from_arrays(arrays, self.study.task, table.positive)
        unit, null, clipped = task_deviances(scored)
        weight = np.ones(len(unit)) if scored.weight is None else scored.weight
        return {
            "deviance": float((unit * weight).sum()),
            "null": float((null * weight).sum()),
            "weight": float(weight.sum()),
            "clipped": float(clipped),
            "rows": float(len(unit)),
        }


def deviance_trace(
    model: Any, loaded: Loaded, prepared: Prepared, selected: Selected, study: Study, split: int
) -> dict[str, Any]:
    """What a fitted model leaves of the deviance on both sides of its split.

    Training rows are those of the split before resampling, so that both sides have the same mix
    of rows; the null model is the training rows' own mean or shares on both sides.

    Args:
        model: The fitted model.
        loaded: The table and its splits.
        prepared: The split's prepared rows.
        selected: The columns kept.
        study: The study.
        split: The split.

    Returns:
        ``train`` and ``test`` with ``deviance``, ``null``, ``weight``, ``clipped`` and ``rows``;
        ``stages`` with ``at`` and the mean deviance of ``train`` and ``test`` after each, empty
        where the model does not grow by rounds. Nothing for a model without probabilities.
    """
    table, cut = loaded.table, loaded.splits[split]
    own = Split(cut.train, cut.train)
    train = _Side(loaded, study, cut.train, keep(prepared.train, selected.selection),
                  null_prediction(table, own, study))  # fmt: skip
    test = _Side(loaded, study, cut.test, keep(prepared.test, selected.selection),
                 null_prediction(table, cut, study))  # fmt: skip
    of_train, of_test = train.sums(model), test.sums(model)
    if of_train is None or of_test is None:
        return {}
    stages: dict[str, list[float]] = {}
    if count := n_stages(model):
        at = stages_looked_at(count)
        stages = {"at": [float(i) for i in at]}
        for name, side in (("train", train.some(STAGE_ROWS)), ("test", test)):
            stages[name] = list(_by_stage(model, side, at))
    return {"train": of_train, "test": of_test, "stages": stages}


def stages_looked_at(count: int) -> tuple[int, ...]:
    """Rounds that are judged, of so many: all, or evenly spread ones with the last."""
    if count <= MOST_STAGES:
        return tuple(range(1, count + 1))
    return tuple(np.unique(np.linspace(1, count, MOST_STAGES).round().astype(int)).tolist())


def _by_stage(model: Any, side: _Side, at: tuple[int, ...]) -> Iterator[float]:
    classes = getattr(model, "classes_", None)
    for found in staged(model, side.frame, at):
        sums = side.sums(_Value(found) if classes is None else _AsPredicted(classes, found))
        assert sums is not None
        yield sums["deviance"] / sums["weight"]
