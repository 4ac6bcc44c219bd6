"""How far each column is a mixture of the others: variance inflation factors."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from outfold.data.schema import Schema
from outfold.errors import NotApplicableError
from outfold.explore.columns import LeftOut, read_columns, sample_rows
from outfold.explore.measures import Floats

MOST_LEVELS = 50
"""A column of more levels is left out: it would cost more coefficients than it tells."""
ENOUGH = 0.3
"""Share of the rows that should be complete; columns with most gaps are left out for it."""
LEAST_PER_COEFFICIENT = 50
"""Complete rows that do where ``ENOUGH`` would leave out most columns."""
MOST_CELLS = 4_000_000
"""Numbers in the design, 8 bytes each; more rows are sampled."""


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


@dataclass(frozen=True, slots=True)
class Collinearity:
    """How far the columns of a table are mixtures of each other.

    Attributes:
        columns: The variance inflation of each column that took part, most inflated first.
        n: Rows it was measured on.
        n_complete: Rows without any gap; more than ``n`` where rows were drawn by chance.
        left_out: Columns that take no part, and why.
        notes: Sentences about what was sampled.
    """

    columns: Mapping[str, Inflation]
    n: int
    n_complete: int
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]


def collinearity(
    frame: pd.DataFrame, schema: Schema, *, as_levels: Collection[str] = (), seed: int = 0
) -> Collinearity:
    """The variance inflation of every column given all others, on rows without any gap.

    Constant columns and columns of more than ``MOST_LEVELS`` levels are left out, and those with
    most gaps where otherwise few rows would be complete; of large tables a sample of rows is taken.

    Args:
        frame: The typed table.
        schema: Its columns' types.
        as_levels: Columns of numbers that stand for classes.
        seed: Of the sample.

    Raises:
        NotApplicableError: Fewer than two columns vary or are present often enough, or there are
            no more complete rows than coefficients.
    """
    schema, holey = _with_rows_left(frame, schema)
    data = read_columns(frame, schema, missing="complete", as_levels=as_levels)
    left_out, notes = [*data.left_out, *holey], list(data.notes)
    wide = {c for c, t in zip(data.level_names, data.levels, strict=True) if len(t) > MOST_LEVELS}
    left_out += [LeftOut(c, f"has more than {MOST_LEVELS} levels") for c in sorted(wide)]
    sizes = [
        len(t) - 1 for c, t in zip(data.level_names, data.levels, strict=True) if c not in wide
    ]
    width = len(data.numbers) + sum(sizes)
    rows = np.arange(data.n_rows)
    most = max(MOST_CELLS // max(1, width), min(20 * width, data.n_rows))
    if data.n_rows > most:
        rows = sample_rows(data.n_rows, most, seed)
        notes.append(f"Inflation was measured on {most:,} of these rows drawn by chance.")
    terms: dict[str, Floats] = {
        name: column[rows][:, None]
        for name, column in zip(data.number_names, data.numbers, strict=True)
    }
    for name, codes in zip(data.level_names, data.codes, strict=True):
        if name not in wide:
            seen = np.unique(codes[rows])
            terms[name] = (codes[rows][:, None] == seen[None, 1:]).astype(np.float64)
    flat = [c for c, v in terms.items() if not v.size or (v == v[0]).all()]
    left_out += [LeftOut(c, "does not vary in these rows") for c in flat]
    kept = {c: terms[c] for c in schema.names() if c in terms and c not in flat}
    if len(kept) < 2 and holey:
        raise NotApplicableError(
            f"Too few rows have no gap to measure inflation: {len(holey):,} columns are left out "
            "for their missing values.",
            "Fill the missing values, or leave out the columns with most of them.",
        )
    found = inflation_of(kept, len(frame) - data.n_rows)
    ranked = dict(sorted(found.items(), key=lambda item: -item[1].scaled))
    return Collinearity(ranked, len(rows), data.n_rows, tuple(left_out), tuple(notes))


def _with_rows_left(frame: pd.DataFrame, schema: Schema) -> tuple[Schema, list[LeftOut]]:
    """The columns whose gaps leave enough rows without any gap, and those that do not.

    Columns come in from the fewest gaps on. Where ``ENOUGH`` would keep less than half of them, as
    with many columns of gaps in different rows, ``LEAST_PER_COEFFICIENT`` is asked for instead.
    """
    absent = {c.name: frame[c.name].isna().to_numpy() for c in schema.columns if c.name in frame}
    share = {name: float(gaps.mean()) if len(gaps) else 0.0 for name, gaps in absent.items()}
    names: set[str] = set()
    for per_coefficient in (len(frame), LEAST_PER_COEFFICIENT):
        names, width = set(), 0
        whole = np.ones(len(frame), dtype=bool)
        for column in sorted(schema.columns, key=lambda c: share.get(c.name, 0.0)):
            own = column.unique - 1 if column.type == "categorical" else 1
            both = whole & ~absent[column.name] if column.name in absent else whole
            least = min(ENOUGH * len(frame), per_coefficient * (width + min(own, MOST_LEVELS)))
            if share.get(column.name, 0.0) == 0.0 or both.sum() >= least:
                names.add(column.name)
                whole, width = both, width + min(own, MOST_LEVELS)
        if len(names) >= len(schema) / 2:
            break
    out = [
        LeftOut(c.name, f"is missing in {share[c.name]:.0%} of the rows")
        for c in schema.columns
        if c.name not in names
    ]
    return Schema(tuple(c for c in schema.columns if c.name in names)), out


def inflation(frame: pd.DataFrame, schema: Schema) -> dict[str, Inflation]:
    """The variance inflation factor of every column given all others; see ``collinearity``."""
    return dict(collinearity(frame, schema).columns)


def _too_wide(rows: int, width: int, *, gaps: bool) -> tuple[str, str]:
    """That rows are too few, and what would help: filling gaps only where there are some."""
    kind, more = ("complete rows", ", or fill the missing values") if gaps else ("rows", "")
    return (
        f"{rows:,} {kind} cannot tell {width:,} coefficients apart.",
        f"Take in fewer columns, of {max(2, rows - 2):,} coefficients at most{more}.",
    )


def inflation_of(terms: Mapping[str, Floats], lost: int = 0) -> dict[str, Inflation]:
    """The same for given terms: arrays of shape (n_rows, df) without missing values.

    Args:
        terms: The arrays by column.
        lost: Rows that were left out for their gaps, for the advice where rows are too few.

    Raises:
        NotApplicableError: As for ``collinearity``.
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
        raise NotApplicableError(*_too_wide(rows, width, gaps=lost > 0))
    # The triangle has the same angles between columns as the design, at any number of rows.
    triangle: Floats = np.asarray(np.linalg.qr(design, mode="r"))
    size = np.linalg.svd(triangle, compute_uv=False)
    sound = size[-1] > 1e-8 * size[0]
    inverse: Floats = np.asarray(np.linalg.inv(triangle)) if sound else triangle
    ends = np.cumsum([block.shape[1] for block in blocks])
    result: dict[str, Inflation] = {}
    for name, end, block in zip(terms, ends, blocks, strict=True):
        df = block.shape[1]
        own = np.zeros(width, dtype=bool)
        own[end - df : end] = True
        gvif = _by_inverse(triangle, inverse, own) if sound else _by_angles(triangle, own, rows)
        result[name] = Inflation(gvif, df, gvif ** (1 / (2 * df)))
    return result


def _by_inverse(triangle: Floats, inverse: Floats, own: npt.NDArray[np.bool_]) -> float:
    """|R_own| |R_rest| / |R| as |(R^-1)_own| |R_own| (Fox & Monette 1992, from a triangle)."""
    outside = np.linalg.svd(inverse[own], compute_uv=False)
    inside = np.linalg.svd(triangle[:, own], compute_uv=False)
    return float(np.prod((outside * inside[::-1]) ** 2))


def _by_angles(triangle: Floats, own: npt.NDArray[np.bool_], rows: int) -> float:
    """1 / prod(1 - canonical correlation²); infinite where the others determine the column."""
    mine, _ = np.linalg.qr(triangle[:, own])
    rest, other, _ = np.linalg.svd(triangle[:, ~own], full_matrices=False)
    rest = rest[:, other > other[0] * rows * np.finfo(float).eps]
    left = np.linalg.svd(mine - rest @ (rest.T @ mine), compute_uv=False)
    return np.inf if left.min() <= 1e-9 else float(1.0 / np.prod(left**2))
