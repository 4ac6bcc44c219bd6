"""The known numbers of a column as a plain array."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd


def finite(column: pd.Series) -> npt.NDArray[np.float64]:
    """The values of a numeric column, without missing and infinite ones, in row order."""
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return values[np.isfinite(values)]
