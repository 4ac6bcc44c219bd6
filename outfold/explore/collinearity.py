"""How far each column is a mixture of the others: variance inflation factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.data.schema import Schema
from outfold.errors import NotApplicableError
from outfold.explore.columns import read_columns
from outfold.explore.measures import Floats


@dataclass(frozen=True, slots=True)
class Inflation:
    """One column's variance inflation.

    Attributes:
        gvif: Generalised variance inflation factor (Fox & Monette 1992); for a number the ordinary
            one, 1 / (1 - R²) of the column on the others with an intercept. Infinite for a column
            that the others determine.
        df: Numbers that stand for the column: 1, or its levels less one.
        scaled: gvif^(1 / (2 df)), comparable between columns; its square is comparable with 10.
    """

    gvif: float
    df: int
    scaled: float


def inflation(frame: pd.DataFrame, schema: Schema) -> dict[str, Inflation]:
    """The variance inflation factor of every column given all others, on complete rows.

    Constant columns are left out.

    Raises:
        NotApplicableError: Fewer than two columns vary, or there are no more complete rows than
            coefficients.
    """
    data = read_columns(frame, schema, missing="complete")
    terms: dict[str, Floats] = {
        name: column[:, None] for name, column in zip(data.number_names, data.numbers, strict=True)
    }
    for name, codes in zip(data.level_names, data.codes, strict=True):
        seen = np.unique(codes)
        terms[name] = (codes[:, None] == seen[None, 1:]).astype(np.float64)
    terms = {k: terms[k] for k in frame.columns if k in terms}
    return inflation_of({k: v for k, v in terms.items() if v.shape[1] and (v != v[0]).any()})


def inflation_of(terms: Mapping[str, Floats]) -> dict[str, Inflation]:
    """The same for given terms: arrays of shape (n_rows, df) without missing values.

    Raises:
        NotApplicableError: As for ``inflation``.
    """
    if len(terms) < 2:
        raise NotApplicableError(
            "Variance inflation needs at least two columns that vary.", "Take in more columns."
        )
    blocks = [block - block.mean(axis=0) for block in terms.values()]
    design = np.column_stack(blocks)
    design = design / np.linalg.norm(design, axis=0)
    rows, width = design.shape
    if rows <= width + 1:
        raise NotApplicableError(
            f"{rows} complete rows cannot tell {width} coefficients apart.",
            "Take in fewer columns, or fill the missing values.",
        )
    ends = np.cumsum([block.shape[1] for block in blocks])
    result: dict[str, Inflation] = {}
    for name, end, block in zip(terms, ends, blocks, strict=True):
        df = block.shape[1]
        own = np.zeros(width, dtype=bool)
        own[end - df : end] = True
        # |R_own| |R_rest| / |R| = 1 / prod(1 - canonical correlation²), without forming R, whose
        # condition is the square of the design's.
        mine, _ = np.linalg.qr(design[:, own])
        rest, other, _ = np.linalg.svd(design[:, ~own], full_matrices=False)
        rest = rest[:, other > other[0] * rows * np.finfo(float).eps]
        left = np.linalg.svd(mine - rest @ (rest.T @ mine), compute_uv=False)
        if left.min() <= 1e-9:
            result[name] = Inflation(np.inf, df, np.inf)
            continue
        gvif = float(1.0 / np.prod(left**2))
        result[name] = Inflation(gvif, df, gvif ** (1 / (2 * df)))
    return result
