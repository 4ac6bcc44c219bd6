"""What serving costs: how long a row waits for its prediction, and how large the pipeline is."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outfold.select.selection import Selection
from outfold.study.measure import median_seconds
from outfold.study.split import Split

if TYPE_CHECKING:
    from outfold.study.steps import Loaded, Prepared

LATENCY_ROWS = 1000
LATENCY_BUDGET = 0.1
"""Seconds after which measuring a latency is not repeated any more."""
UNMEASURED = (float("nan"), float("nan"))
LATENCY_REPEATS = 5
"""Repeats of a latency measurement at the most; its median counts."""


def transform_latency(loaded: Loaded, cut: Split, transformer: Any) -> tuple[float, float]:
    """What preparing 1,000 rows and one row takes; a sample's figures would not be used."""
    if loaded.sample:
        return UNMEASURED
    frame = loaded.table.frame
    many = frame.iloc[np.resize(cut.test, LATENCY_ROWS)]
    return latency(transformer.transform, many, frame.iloc[cut.test[:1]])


def serving_costs(
    prepared: Prepared,
    selection: Selection,
    model: Any,
    answer: Callable[[pd.DataFrame], Any],
) -> dict[str, float]:
    """Latency and size of the whole pipeline, from the row as it was read to the prediction.

    The preparation's share was measured when it was made, and serves every model on it.

    Args:
        prepared: The split.
        selection: The columns kept.
        model: The fitted model.
        answer: Makes predictions of prepared rows, selecting their columns first.
    """
    many = prepared.test.iloc[np.resize(np.arange(len(prepared.test)), LATENCY_ROWS)]
    of_many, of_one = latency(answer, many, prepared.test.iloc[:1])
    size = len(pickle.dumps((prepared.transformer, selection, model), protocol=5))
    return {
        "predict_seconds_per_1000": prepared.latency[0] + of_many,
        "predict_seconds_one_row": prepared.latency[1] + of_one,
        "size_bytes": float(size),
    }


def latency(
    call: Callable[[pd.DataFrame], Any], many: pd.DataFrame, one: pd.DataFrame
) -> tuple[float, float]:
    """Median seconds of a call on 1,000 rows and on one row."""
    # What is timed has just done the same to the validation rows, so the first call is warm.
    of_many = median_seconds(lambda: call(many), LATENCY_BUDGET, LATENCY_REPEATS, warm=False)
    of_one = median_seconds(lambda: call(one), LATENCY_BUDGET / 4, LATENCY_REPEATS)
    return of_many, of_one
