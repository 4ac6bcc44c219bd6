"""The shape of each column in a dozen numbers, for a small histogram beside its name."""

from __future__ import annotations

import numpy as np
import pandas as pd

from outfold.data.schema import Schema

BINS = 12
"""Bars of a small histogram: bins of a number or date, most frequent levels of the others."""


def sparklines(frame: pd.DataFrame, schema: Schema, bins: int = BINS) -> dict[str, list[int]]:
    """For each column the counts of its small histogram.

    Numbers and dates: equal bins from least to greatest. Other types: the most frequent levels,
    most frequent first, at most ``bins`` of them. Identifiers and text, of which every value may be
    its own, have none, and neither have empty columns.
    """
    return {c.name: _counts(frame[c.name], c.type, bins) for c in schema.columns}


def _counts(values: pd.Series, kind: str, bins: int) -> list[int]:
    if kind in ("identifier", "text"):
        return []
    if kind in ("numeric", "datetime"):
        known = values.dropna()
        numbers = (
            known.to_numpy(dtype="datetime64[ns]").astype(np.int64).astype(float)
            if kind == "datetime"
            else known.to_numpy(dtype=float)
        )
        numbers = numbers[np.isfinite(numbers)]
        if not numbers.size:
            return []
        return [int(n) for n in np.histogram(numbers, bins=bins)[0]]
    return [int(n) for n in values.value_counts().head(bins) if n]
