"""What every resampler does alike: keep columns, types and a record of where rows came from."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator

from outfold.errors import OutfoldError

Ints = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]


class Resampler(BaseEstimator):  # type: ignore[misc]
    """The base of resamplers over prepared frames.

    After ``fit_resample``, ``notes_`` holds sentences about anything that had to be adjusted, and
    ``origins_`` the position of the row that each returned row is, or -1 for a synthetic one.
    """

    notes_: list[str]
    origins_: Ints

    def fit_resample(self, X: pd.DataFrame, y: Any) -> tuple[pd.DataFrame, Any]:
        """The resampled frame, with the same columns and types and a fresh index, and its target.

        The target comes back as it was given, a Series or an array.

        Raises:
            OutfoldError: The rows cannot be resampled by this method; the reason is given.
        """
        codes = np.asarray(y)
        self.notes_ = []
        kept, frame, target = self._draw(X, codes)
        whole = len(kept) == len(X) and bool((kept == np.arange(len(X))).all())
        result = (X if whole else X.iloc[kept]).reset_index(drop=True)
        labels = codes if whole else codes[kept]
        self.origins_ = kept
        if frame is not None and target is not None and len(frame):
            result = pd.concat([result, frame], ignore_index=True)
            labels = np.concatenate([labels, target.astype(codes.dtype)])
            self.origins_ = np.concatenate([kept, np.full(len(frame), -1, dtype=np.intp)])
        if isinstance(y, pd.Series):
            return result, pd.Series(labels, name=y.name, dtype=y.dtype)
        return result, labels

    def _draw(self, X: pd.DataFrame, y: Ints) -> tuple[Ints, pd.DataFrame | None, Ints | None]:
        """The positions of the rows kept, and the synthetic rows with their classes, if any."""
        raise NotImplementedError


class Unchanged(Resampler):
    """Leaves the rows as they are."""

    def _draw(self, X: pd.DataFrame, y: Ints) -> tuple[Ints, pd.DataFrame | None, Ints | None]:
        return np.arange(len(X), dtype=np.intp), None, None


def class_counts(y: Ints) -> dict[int, int]:
    """Rows of each class among the rows given.

    Raises:
        OutfoldError: There are fewer than two classes.
    """
    codes, counts = np.unique(y, return_counts=True)
    if len(codes) < 2:
        raise OutfoldError(
            "All training rows are of one class, so there is nothing to balance.",
            "Choose a validation scheme that leaves each class among the training rows.",
        )
    return dict(zip(codes.tolist(), counts.tolist(), strict=True))


def grown(counts: dict[int, int], ratio: float) -> dict[int, int]:
    """The size of each class that is raised, so that it has ``ratio`` of the largest one's rows."""
    goal = round(ratio * max(counts.values()))
    return {code: goal for code, count in counts.items() if count < goal}


def shrunk(counts: dict[int, int], ratio: float) -> dict[int, int]:
    """The size of each class that is lowered, so that the smallest has ``ratio`` of its rows."""
    goal = max(1, round(min(counts.values()) / ratio))
    return {code: goal for code, count in counts.items() if count > goal}


def category_positions(X: pd.DataFrame) -> list[int]:
    """The positions of the ``category`` columns."""
    return [i for i, d in enumerate(X.dtypes) if isinstance(d, pd.CategoricalDtype)]


def neighbour_space(X: pd.DataFrame) -> Floats:
    """Rows as points for a search of neighbours, shape (n_rows, width).

    Numbers stand as they are. Two rows that differ in one category are as far apart as rows that
    differ by 1 in one number (a standard deviation, after standard preparation).
    """
    positions = category_positions(X)
    if not positions:
        return X.to_numpy(dtype=np.float64)
    blocks = [X.iloc[:, [i for i in range(X.shape[1]) if i not in set(positions)]].to_numpy(float)]
    rows = np.arange(len(X))
    for i in positions:
        column = X.iloc[:, i].cat
        block = np.zeros((len(X), len(column.categories)))
        codes = column.codes.to_numpy().astype(np.intp)
        block[rows[codes >= 0], codes[codes >= 0]] = np.sqrt(0.5)
        blocks.append(block)
    return np.hstack(blocks)
