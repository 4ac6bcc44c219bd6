"""Two numbers with the influence of others taken out of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from outfold.explore.linear import correlation_p, unit
from outfold.explore.measures import (
    CONSTANT,
    DETERMINED,
    LEAST_ROWS,
    TOO_FEW,
    Block,
    Floats,
    Ints,
)
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
    x, y = table[:, 0], table[:, 1]
    left_x, left_y = remainders(table)
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


def remainders(table: Floats) -> tuple[Floats, Floats]:
    """What the least squares fit of the other columns leaves of the first two.

    Args:
        table: Shape (n_rows, 2 + n_controls), without gaps.
    """
    table = table - table.mean(axis=0)
    x, y, z = table[:, 0], table[:, 1], table[:, 2:]
    z = z / np.maximum(np.linalg.norm(z, axis=0), np.finfo(float).tiny)
    left_x, left_y = (v - z @ np.linalg.lstsq(z, v, rcond=None)[0] for v in (x, y))
    return left_x, left_y


NOTHING_LEFT = 1e-10
"""Of a column's length: less than this after taking the controls out is rounding."""


def partial_block(columns: Sequence[Floats], given: Sequence[Floats] | None) -> Block:
    """The partial correlation of every two columns, arrays of shape (n_rows,) without gaps.

    Args:
        columns: The columns that are correlated.
        given: What is taken out of all of them; None: of each pair, all the other columns.
    """
    width, rows = len(columns), len(columns[0]) if columns else 0
    controls = max(0, width - 2) if given is None else len(given)
    n = np.full((width, width), rows, dtype=np.intp)
    reason = np.zeros((width, width), dtype=np.uint8)
    value = np.full((width, width), np.nan)
    if rows < LEAST_ROWS or rows - 2 - controls < 1:
        reason[:] = TOO_FEW
        return Block(value, n, reason, value.copy())
    flat = np.array([c.min() == c.max() for c in columns], dtype=bool)
    reason[flat[:, None] | flat] = CONSTANT
    alive = np.flatnonzero(~flat)
    table = (
        np.column_stack([unit(columns[int(i)]) for i in alive])
        if len(alive)
        else np.empty((rows, 0))
    )
    if given is None:
        found, empty = _given_the_others(table)
    else:
        found, empty = _given(table, [unit(g) for g in given if g.min() != g.max()])
    value[np.ix_(alive, alive)] = found
    gone = np.zeros(width, dtype=bool)
    gone[alive[empty]] = True
    reason[(gone[:, None] | gone) & (reason == 0)] = DETERMINED
    value[reason > 0] = np.nan
    return Block(value, n, reason, correlation_p(value, n, controls))


def _given(table: Floats, controls: Sequence[Floats]) -> tuple[Floats, Ints]:
    """Correlations of what the controls leave, and the columns of which they leave nothing."""
    if controls:
        base, size, _ = np.linalg.svd(np.column_stack(controls), full_matrices=False)
        base = base[:, size > size[0] * len(table) * np.finfo(float).eps]
        table = table - base @ (base.T @ table)
    length = np.linalg.norm(table, axis=0)
    empty = np.flatnonzero(length <= NOTHING_LEFT)
    table = table / np.where(length > 0, length, 1.0)
    return np.clip(table.T @ table, -1.0, 1.0), empty


def _given_the_others(table: Floats) -> tuple[Floats, Ints]:
    """Each pair given all others, from the inverse of the triangle of the columns (QR).

    Columns that the others determine have no partial correlation; one of each such set is left out
    of the inverse, which leaves the others' span as it was.
    """
    from scipy import linalg

    triangle: Floats = np.asarray(np.linalg.qr(table, mode="r"))
    left, size, right = np.linalg.svd(triangle)
    del left
    bound = (size[0] if len(size) else 0.0) * len(table) * np.finfo(float).eps
    null = right[int((size > bound).sum()) :]
    empty = np.flatnonzero((np.abs(null) > 1e-8).any(axis=0)) if len(null) else np.empty(0, np.intp)
    order = np.asarray(linalg.qr(triangle, pivoting=True)[2])
    kept = np.sort(order[: len(size) - len(null)])
    small = np.asarray(np.linalg.qr(triangle[:, kept], mode="r"))
    inverse = linalg.solve_triangular(small, np.eye(len(kept)))
    inverse = inverse / np.linalg.norm(inverse, axis=1, keepdims=True)
    result = np.full((table.shape[1],) * 2, np.nan)
    result[np.ix_(kept, kept)] = np.clip(-(inverse @ inverse.T), -1.0, 1.0)
    return result, empty
