"""Values of a column as places on a colour scale from low to high."""

from __future__ import annotations

import numpy as np
import pandas as pd

from outfold.draw.theme import label
from outfold.metrics.metric import Floats

LOW_HIGH: list[list[object]] = [[0.0, "#0078BA"], [0.5, "#8A6FA0"], [1.0, "#D55E00"]]
"""Blue to vermillion by way of a middle that shows on white and on near-black."""


def is_ordered(values: pd.Series) -> bool:
    """Whether values go from low to high: numbers, truth values and moments."""
    return bool(
        pd.api.types.is_numeric_dtype(values.dtype)
        or pd.api.types.is_datetime64_any_dtype(values.dtype)
    )


def by_rank(values: pd.Series) -> Floats:
    """Places from 0 to 1 by rank, so that an outlier does not take all the colour; gaps are NaN."""
    ranks = values.rank(pct=True).to_numpy(dtype=np.float64, na_value=np.nan)
    known = ranks[~np.isnan(ranks)]
    if not len(known) or np.ptp(known) == 0:
        return np.where(np.isnan(ranks), np.nan, 0.5)
    found: Floats = (ranks - known.min()) / np.ptp(known)
    return found


def said(values: pd.Series, longest: int = 30) -> list[str]:
    """Values as people read them, safe for hover text."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return ["missing" if pd.isna(v) else f"{v:%Y-%m-%d}" for v in values]
    if pd.api.types.is_float_dtype(values.dtype):
        return ["missing" if pd.isna(v) else f"{v:.5g}" for v in values]
    return ["missing" if pd.isna(v) else label(v, longest) for v in values]
