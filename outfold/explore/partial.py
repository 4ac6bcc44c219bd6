"""Two numbers with the influence of others taken out of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from outfold.explore.linear import correlation_p
from outfold.explore.measures import Floats
from outfold.explore.rank import ranks


@dataclass(frozen=True, slots=True)
class Partial:
    """Partial and semipartial correlation.

    Attributes:
        n: Rows in which all columns are present.
        value: Correlation of what the controls leave of both columns; NaN where they leave
            nothing of one.
        df: n - 2 - number of controls.
        t: Student's t.
        p_value: Two-sided.
        semipartial_a: The controls taken out of the second column only, so the share that is the
            first column's whole variance.
        semipartial_b: The controls taken out of the first column only.
    """

    n: int
    value: float
    df: int
    t: float
    p_value: float
    semipartial_a: float
    semipartial_b: float


def partial(a: Floats, b: Floats, given: Sequence[Floats], *, ranked: bool = False) -> Partial:
    """The correlation of two columns given others, on the rows where all are present.

    Args:
        a: Shape (n_rows,); NaN is missing.
        b: Likewise.
        given: The controls, likewise.
        ranked: Replace every column by its ranks first (partial Spearman correlation).
    """
    table = np.column_stack([a, b, *given])
    table = table[~np.isnan(table).any(axis=1)]
    n, df = len(table), len(table) - 2 - len(given)
    if df < 1 or (table.min(axis=0) == table.max(axis=0))[:2].any():
        return Partial(n, np.nan, df, *(np.nan,) * 4)
    if ranked:
        table = np.column_stack([ranks(column) for column in table.T])
    table = table - table.mean(axis=0)
    x, y, z = table[:, 0], table[:, 1], table[:, 2:]
    z = z / np.maximum(np.linalg.norm(z, axis=0), np.finfo(float).tiny)
    left_x, left_y = (v - z @ np.linalg.lstsq(z, v, rcond=None)[0] for v in (x, y))
    sizes = [np.linalg.norm(v) for v in (x, y, left_x, left_y)]
    if sizes[2] <= 1e-10 * sizes[0] or sizes[3] <= 1e-10 * sizes[1]:
        return Partial(n, np.nan, df, *(np.nan,) * 4)
    r = float(np.clip(left_x @ left_y / (sizes[2] * sizes[3]), -1.0, 1.0))
    with np.errstate(divide="ignore"):
        t = float(np.divide(r * df**0.5, ((1 - r) * (1 + r)) ** 0.5))
    return Partial(
        n,
        r,
        df,
        t,
        float(correlation_p(np.array(r), np.array(n), controls=len(given))),
        float(x @ left_y / (sizes[0] * sizes[3])),
        float(left_x @ y / (sizes[2] * sizes[1])),
    )
