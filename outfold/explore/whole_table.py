"""Associations of a large table: Pearson's r from all of its rows, everything else from a sample.

Sums over pieces of the file give r exactly (Chan, Golub & LeVeque 1983: shifted by a value near
each column's mean, so that no digits are lost); other measures need the rows together.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np

from outfold.data.large.engine import LargeTable, opened
from outfold.explore.associations import Associations
from outfold.explore.linear import FLAT, correlation_p
from outfold.explore.measures import LEAST_ROWS, ORDER, Floats, Ints
from outfold.explore.multiplicity import benjamini_hochberg


def with_all_rows(
    found: Associations, path: Path, n_sample: int, changed: Collection[str] = ()
) -> Associations:
    """Associations of a sample with Pearson's r measured on every row of the file.

    Args:
        found: What was measured on the sample.
        path: The Parquet file that the sample was drawn from.
        n_sample: Rows of the sample.
        changed: Columns that a study reads otherwise than the file has them; the sample stays
            what they are measured on.

    Raises:
        ReadError: The file is damaged.
    """
    linear = found.measure == ORDER.index("pearson")
    names = [n for n in found.columns if n not in set(changed)]
    place = {name: i for i, name in enumerate(names)}
    at = np.array([place.get(name, -1) for name in found.columns], dtype=np.intp)
    wanted = linear & (found.missing == "pairwise") & (found.reason == 0)
    wanted &= (at[found.first] >= 0) & (at[found.second] >= 0)
    used = np.unique(np.concatenate([found.first[wanted], found.second[wanted]]))
    others = f"on a sample of {n_sample:,} rows"
    if not len(used):
        return replace(found, notes=(*found.notes, f"Everything was measured {others}."))
    with tempfile.TemporaryDirectory() as scratch, opened(path, Path(scratch)) as table:
        n_rows = table.n_rows
        value, n = correlations(table, [found.columns[i] for i in used])
    inside = np.zeros(len(found.columns), dtype=np.intp)
    inside[used] = np.arange(len(used))
    first, second = inside[found.first[wanted]], inside[found.second[wanted]]
    values, p_values, counts = found.value.copy(), found.p_value.copy(), found.n.copy()
    values[wanted], counts[wanted] = value[first, second], n[first, second]
    p_values[wanted] = correlation_p(values[wanted], counts[wanted])
    note = f"Pearson's r was measured on all {n_rows:,} rows"
    if not wanted.all():
        note += f", the other measures {others}"
    return replace(
        found, value=values, p_value=p_values, p_adjusted=benjamini_hochberg(p_values), n=counts,
        notes=(*found.notes, note + "."),
    )  # fmt: skip


def correlations(table: LargeTable, names: list[str]) -> tuple[Floats, Ints]:
    """Pearson's r of every two columns, each on the rows where both are present, and those rows.

    Args:
        table: The open file.
        names: Columns of numbers, times or truth values.

    Returns:
        Two arrays of shape (n_columns, n_columns); r is NaN where a column does not vary.
    """
    width = len(names)
    n, xy = np.zeros((width, width)), np.zeros((width, width))
    x, xx = np.zeros((width, width)), np.zeros((width, width))
    shift, scale = np.zeros((width, 1)), np.ones((width, 1))
    ready = np.zeros(width, dtype=bool)
    for piece in table.numbers(names):
        for i in np.flatnonzero(~ready):
            # Any value near the mean serves; the first piece that has one is as good as any.
            if len(known := piece[i][~np.isnan(piece[i])]):
                shift[i], ready[i] = known.mean(), True
                scale[i] = float(np.abs(known - shift[i]).max()) or 1.0
        z = (piece - shift) / scale
        present = ~np.isnan(z)
        z[~present] = 0.0
        mask = present.astype(np.float64)
        n += mask @ mask.T
        xy += z @ z.T
        x += z @ mask.T
        xx += (z * z) @ mask.T
    count = np.maximum(n, 1.0)
    about = xx - x * x / count
    flat = about <= FLAT * xx
    with np.errstate(divide="ignore", invalid="ignore"):
        r = (xy - x * x.T / count) / np.sqrt(about * about.T)
    r = np.clip(r, -1.0, 1.0)
    r[flat | flat.T | (n < LEAST_ROWS)] = np.nan
    return r, n.astype(np.intp)
