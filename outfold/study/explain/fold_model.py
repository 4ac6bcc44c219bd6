"""One split's pipeline as it was fitted: from rows as they were read to predictions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from outfold.metrics.metric import Floats
from outfold.registry import Kind, Value, registry
from outfold.select.selection import Selection
from outfold.study.selecting import selected_by
from outfold.study.steps import (
    Loaded,
    Prepared,
    Resampled,
    Selected,
    keep,
    predict,
    prepare,
    resample,
    unfitted,
)
from outfold.study.study import Candidate, Choice, Study


@dataclass(frozen=True, slots=True, eq=False)
class FoldModel:
    """A fitted pipeline.

    Attributes:
        study: What it was fitted for.
        split: Its split.
        transformer: The fitted preparation.
        selection: The columns kept.
        model: The fitted model.
        n_classes: Classes of the study; 0 for numbers.
        train: The prepared training rows before resampling, columns kept.
        test: The prepared validation rows, columns kept.
    """

    study: Study
    split: int
    transformer: Any
    selection: Selection
    model: Any
    n_classes: int
    train: pd.DataFrame
    test: pd.DataFrame

    def prepared(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows as they were read, prepared as the model takes them."""
        return keep(self.transformer.transform(frame), self.selection)

    def answer(self, frame: pd.DataFrame, exposure: Floats | None = None) -> Floats:
        """What is predicted for rows as they were read, shape (n_rows, n_outputs).

        Args:
            frame: Feature columns, typed.
            exposure: Of counts, each row's exposure; by default 1, which gives a rate.

        Returns:
            Two classes: the probability of the later one, one column; more: a column per class;
            numbers: the value on the target's own scale. Without probabilities: scores.
        """
        return self.answer_prepared(self.prepared(frame), exposure)

    def answer_prepared(self, frame: pd.DataFrame, exposure: Floats | None = None) -> Floats:
        """The same for rows that are prepared already."""
        return one_column_each(predict(self.model, frame, self.study, self.n_classes, exposure))


def one_column_each(arrays: Mapping[str, np.ndarray]) -> Floats:
    """Stored or fresh predictions, one column per output; two classes have one."""
    if "value" in arrays:
        return np.asarray(arrays["value"], dtype=np.float64)[:, None]
    if "score" in arrays:
        return np.asarray(arrays["score"], dtype=np.float64)[:, None]
    found = np.asarray(arrays["probability"], dtype=np.float64)
    return found[:, 1:] if found.shape[1] == 2 else found


def fold_model(
    loaded: Loaded, prepared: Prepared, selected: Selected, resampled: Resampled, study: Study,
    split: int, strategy: str, params: Mapping[str, Value],
) -> FoldModel:  # fmt: skip
    """Fit a split's model again from the results of the steps before it.

    The same rows, parameters and seed give the same model to the last bit.
    """
    model, fit_with = unfitted(resampled, study, strategy, params)
    model.fit(resampled.frame, resampled.target, **fit_with)
    return FoldModel(
        study, split, prepared.transformer, selected.selection, model, len(loaded.table.classes),
        keep(prepared.train, selected.selection), keep(prepared.test, selected.selection),
    )  # fmt: skip


def refit(
    loaded: Loaded,
    study: Study,
    candidate: Candidate,
    split: int,
    tuned: Mapping[str, Value] | None = None,
) -> FoldModel:
    """Fit one candidate on one split's training rows again, all its steps.

    Args:
        loaded: The table and its splits.
        study: The study.
        candidate: Which of its candidates.
        split: Which of its splits.
        tuned: What tuning chose there, if anything.

    Raises:
        NotApplicableError: A step does not apply to these rows.
    """

    def complete(kind: Kind, choice: Choice) -> dict[str, Value]:
        return registry(kind)[choice.key].complete(dict(choice.params))

    chosen = study.preparation
    prepared = prepare(loaded, study, split, chosen.key, complete("preparation", chosen))
    selected = selected_by(prepared, study, candidate.selector)
    chosen = candidate.resampler
    resampled = resample(prepared, selected, study, chosen.key, complete("resampler", chosen))
    chosen = candidate.model
    params = {**complete("model", chosen), **dict(tuned or {})}
    return fold_model(loaded, prepared, selected, resampled, study, split, chosen.key, params)
