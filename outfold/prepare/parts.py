"""The numbers that a point in time or a text is told by."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

_DAY = 86_400.0


def datetime_parts(column: pd.Series) -> dict[str, Floats]:
    """Elapsed days since 1970 and the year, month, weekday (Monday 0) and hour; NaN where missing.

    Times with a zone are told by their own clock, not by UTC.
    """
    if getattr(column.dtype, "tz", None) is not None:
        column = column.dt.tz_localize(None)
    seconds = column.to_numpy(dtype="datetime64[s]")
    known = ~np.isnat(seconds)
    elapsed = np.where(known, seconds.astype(np.int64) / _DAY, np.nan)
    parts = {"elapsed days": elapsed}
    attributes = {"year": "year", "month": "month", "weekday": "day_of_week", "hour": "hour"}
    for what, attribute in attributes.items():
        parts[what] = getattr(column.dt, attribute).to_numpy(dtype=np.float64, na_value=np.nan)
    return parts


def text_parts(column: pd.Series) -> dict[str, Floats]:
    """The number of characters and of words; NaN where missing."""
    texts = column.astype("str")
    lengths = {"characters": texts.str.len(), "words": texts.str.count(r"\S+")}
    return {
        what: np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))
        for what, values in lengths.items()
    }
