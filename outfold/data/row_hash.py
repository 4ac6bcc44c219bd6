"""One number per row, equal for equal rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd


def row_hashes(frame: pd.DataFrame, columns: Sequence[str]) -> npt.NDArray[np.uint64]:
    """A 64-bit hash of each row's cells in the named columns; missing equals missing.

    Each column is hashed as a whole and mixed in, so the work is the number of cells. Two different
    rows share a hash with a chance of about n² / 4e19.
    """
    mixed = np.zeros(len(frame), dtype=np.uint64)
    for place, name in enumerate(columns):
        cells = _hashes(frame[name])
        # Multiplying by an odd number is one to one, so the column's place counts.
        odd = np.uint64((2 * place + 1) * 0x9E3779B97F4A7C15 % 2**64 | 1)
        mixed *= np.uint64(1000003)
        mixed ^= cells * odd
    return mixed


def _hashes(column: pd.Series) -> npt.NDArray[np.uint64]:
    hashed: npt.NDArray[Any]
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fi":
        hashed = pd.util.hash_array(column.to_numpy() + 0)  # -0.0 becomes 0.0
    else:
        hashed = pd.util.hash_pandas_object(column, index=False).to_numpy()
    return hashed.astype(np.uint64, copy=False)


def must_repeat(uniques: Sequence[int], n_rows: int, room: float = 10.0) -> bool:
    """Whether columns have so few distinct values that some rows are bound to be equal.

    That is so where there are fewer possible rows than ``room`` times the rows. A column with many
    distinct values (more than ten, and than one in five rows) is taken for open-ended.
    """
    if any(unique > max(10, n_rows / 5) for unique in uniques):
        return False
    possible = float(np.log(np.maximum(np.asarray(uniques, dtype=np.float64), 1)).sum())
    return possible < np.log(room * n_rows)
