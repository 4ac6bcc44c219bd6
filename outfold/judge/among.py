"""Some of the rows of a candidate's predictions."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from outfold.metrics.metric import Floats, Ints, Scored


def among(scored: Scored, rows: npt.NDArray[np.bool_] | Ints) -> Scored:
    """The predictions of some of the rows.

    Args:
        scored: The predictions.
        rows: Which ones, as a mask of shape (n_rows,) or as positions.
    """
    n = len(scored.truth)

    def cut(values: Floats | None) -> Floats | None:
        return None if values is None else values[rows]

    null = scored.null
    if null is not None and np.ndim(null) and len(null) == n:
        null = null[rows]
    return dataclasses.replace(
        scored, truth=scored.truth[rows], probability=cut(scored.probability),
        score=cut(scored.score), value=cut(scored.value), weight=cut(scored.weight), null=null,
    )  # fmt: skip
