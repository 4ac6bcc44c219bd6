"""Boosting models as they grow: what they predict after each tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]


def n_stages(model: Any) -> int:
    """Boosting rounds of a fitted model; 0 where it is none that tells of its rounds."""
    inner: Any = getattr(model, "estimator_", None)
    booster: Any = getattr(inner, "booster_", None)
    if booster is not None:
        return int(booster.current_iteration())
    return int(getattr(inner, "n_iter_", 0)) if hasattr(inner, "staged_predict") else 0


def staged(model: Any, frame: pd.DataFrame, at: tuple[int, ...]) -> Iterator[Floats]:
    """What a boosting model predicted for some rows after some of its rounds.

    Each round is added to those before, so that all take little more than one prediction.

    Args:
        model: A fitted model for which ``n_stages`` is above 0.
        frame: A prepared frame.
        at: The rounds, rising, from 1.

    Yields:
        Probabilities, shape (n_rows, n_classes), or values, shape (n_rows,), as ``predict_proba``
        or ``predict`` would give them.
    """
    inner, rows = model.estimator_, model.encode(frame)
    if hasattr(inner, "booster_"):
        yield from _lightgbm(inner, rows, at)
        return
    classes = hasattr(inner, "staged_predict_proba")
    all_of = inner.staged_predict_proba(rows) if classes else inner.staged_predict(rows)
    wanted = set(at)
    for stage, found in enumerate(all_of, start=1):
        if stage in wanted:
            yield np.asarray(found, dtype=np.float64)


def _lightgbm(inner: Any, rows: Any, at: tuple[int, ...]) -> Iterator[Floats]:
    from scipy.special import expit, softmax

    objective = str(inner.objective_)
    raw: Any = 0.0
    done = 0
    for stage in at:
        raw = raw + inner.booster_.predict(
            rows, raw_score=True, start_iteration=done, num_iteration=stage - done
        )
        done = stage
        if objective == "binary":
            share = expit(raw)
            yield np.column_stack([1 - share, share])
        elif objective.startswith("multiclass"):
            yield np.asarray(softmax(raw, axis=1))
        else:
            yield np.exp(raw) if objective == "poisson" else np.asarray(raw)
