"""The columns that a person knows, and which columns of a model's matrix belong to each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from outfold.data.schema import source_of
from outfold.metrics.metric import Floats, Ints


def players_of(frame: pd.DataFrame) -> tuple[str, ...]:
    """The original columns behind a prepared frame, in its order."""
    return tuple(dict.fromkeys(source_of(str(c)) for c in frame.columns))


def owners(columns: Sequence[str], players: Sequence[str]) -> Ints:
    """For each prepared column the place of the original column that it comes from."""
    place = {name: i for i, name in enumerate(players)}
    return np.array([place[source_of(str(c))] for c in columns], dtype=np.intp)


def matrix_owners(model: Any, frame: pd.DataFrame, players: Sequence[str]) -> Ints:
    """For each column of the matrix that a model's estimator takes, its original column's place.

    One-hot columns of a category belong together, as do the parts of a date and the mark of a gap.
    """
    of_frame = owners([str(c) for c in frame.columns], players)
    encoder = getattr(model, "encoder_", None)
    if encoder is None:
        return of_frame
    found = [of_frame[i] for i in encoder.numbers]
    for i, _, size in encoder.levels:
        found += [of_frame[i]] * size
    return np.array(found, dtype=np.intp)


class Codes:
    """A prepared frame as one matrix of numbers and codes, and back.

    Rows can then be mixed from two others, column by column, without inventing a level.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._columns = frame.columns
        self._types = list(frame.dtypes)

    def matrix(self, frame: pd.DataFrame) -> Floats:
        """Numbers as they are, categories as codes, -1 for a missing one."""
        found = np.empty(frame.shape, dtype=np.float64)
        for i, kind in enumerate(self._types):
            column = frame.iloc[:, i]
            if isinstance(kind, pd.CategoricalDtype):
                found[:, i] = column.cat.codes.to_numpy()
            else:
                found[:, i] = column.to_numpy(dtype=np.float64)
        return found

    def frame(self, matrix: Floats) -> pd.DataFrame:
        """The frame that a matrix stands for."""
        parts = {
            name: (
                pd.Categorical.from_codes(matrix[:, i].astype(np.intp), dtype=kind)
                if isinstance(kind, pd.CategoricalDtype)
                else matrix[:, i]
            )
            for i, (name, kind) in enumerate(zip(self._columns, self._types, strict=True))
        }
        made = pd.DataFrame(parts)
        made.columns = self._columns
        return made


def summed(values: Floats, owner: Ints, n_players: int) -> Floats:
    """Values of matrix columns added up over the original columns.

    Args:
        values: Shape (n_rows, n_matrix_columns, n_outputs).
        owner: Each matrix column's original column, shape (n_matrix_columns,).
        n_players: Number of original columns.
    """
    found = np.zeros((values.shape[0], n_players, values.shape[2]))
    for column, player in enumerate(owner):
        found[:, player] += values[:, column]
    return found
