"""A small prepared table of every kind of column, and targets that some of them explain."""

from __future__ import annotations

import numpy as np
import pandas as pd

from outfold.data.schema import part
from outfold.task import Task


def mixed(n: int = 240, seed: int = 0) -> pd.DataFrame:
    """Numbers, levels, a date in two parts, a repeat, a constant, and noise."""
    draw = np.random.default_rng(seed)
    size = draw.normal(size=n)
    colour = draw.integers(0, 3, n)
    return pd.DataFrame(
        {
            "size": size,
            "noise": draw.normal(size=n),
            "colour": pd.Categorical(colour, categories=range(3)),
            "shape": pd.Categorical(draw.integers(0, 4, n), categories=range(5)),
            part("when", "month"): draw.normal(size=n),
            part("when", "weekday"): pd.Categorical(draw.integers(0, 7, n), categories=range(7)),
            "size again": size + 0.05 * draw.normal(size=n),
            "constant": np.zeros(n),
            "more noise": draw.normal(size=n),
        },
        index=pd.RangeIndex(1000, 1000 + n),
    )


def target(X: pd.DataFrame, task: Task, seed: int = 1) -> pd.Series:
    """Explained by size, colour and the month of ``when``."""
    draw = np.random.default_rng(seed)
    signal = (
        1.5 * X["size"]
        + 1.2 * (X["colour"] == 1).astype(float)
        + 0.9 * X[part("when", "month")]
        + 0.5 * draw.normal(size=len(X))
    )
    if task == "regression":
        return signal
    if task == "count":
        return pd.Series(draw.poisson(np.exp(0.5 * signal)), index=X.index).astype(float)
    cuts = [0.4] if task == "binary" else [-0.4, 1.2]
    return pd.Series(np.digitize(signal, cuts), index=X.index)
