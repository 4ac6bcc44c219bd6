"""Where the rows that a resampler kept, left out and made lie: two principal components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.metrics.metric import Floats, Ints

MOST_POINTS = 2_000
"""Points drawn."""
ASKED = 2_000
"""New rows whose nearest row is looked up, at most."""

KEPT, LEFT_OUT, NEW = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Rows before and after a resampler in the plane.

    Attributes:
        x: First principal component, shape (n,).
        y: Second, shape (n,); 0 where there is one column alone.
        code: Class code of each point, shape (n,).
        kind: 0 kept, 1 left out, 2 new; shape (n,).
        times: How often a kept row was taken, shape (n,); 0 for others.
        share: Shares of the variance that the two components carry.
        totals: Rows kept, left out and new, of which the points are a sample.
        repeats: Rows that are further copies of kept ones.
        astray: Share of the new rows whose nearest row is of another class, over all columns; NaN
            where there are none.
        nearby: The same for the rows of these classes themselves, nearest row other than itself.
        classes: Class names by code.
    """

    x: Floats
    y: Floats
    code: Ints
    kind: Ints
    times: Ints
    share: tuple[float, float]
    totals: tuple[int, int, int]
    repeats: int
    astray: float
    nearby: float
    classes: tuple[str, ...]


def project(
    before: pd.DataFrame,
    target: Ints | Floats,
    after: pd.DataFrame,
    labels: Ints | Floats,
    origins: Ints,
    classes: tuple[str, ...],
    seed: int,
) -> Points:
    """Place rows by the principal components of the rows before resampling (Pearson 1901).

    Columns are as prepared; two levels of a category lie as far apart as 1 in a number.

    Args:
        before: Prepared rows, shape (n_rows, n_columns).
        target: Their class codes.
        after: Resampled rows.
        labels: Their class codes.
        origins: Position before of each row after, -1 for a new one.
        classes: Class names by code.
        seed: Of the draw of points.
    """
    from outfold.resample.sampling import neighbour_space

    codes, own = np.asarray(target, dtype=np.intp), np.asarray(labels, dtype=np.intp)
    made = origins < 0
    space = neighbour_space(pd.concat([before, after[made]], ignore_index=True))
    old, new = space[: len(before)], space[len(before) :]
    axes, share = _axes(old)
    times = np.bincount(origins[~made], minlength=len(before)).astype(np.intp)
    kind = np.concatenate([np.where(times > 0, KEPT, LEFT_OUT), np.full(len(new), NEW)])
    code = np.concatenate([codes, own[made]])
    place = np.einsum("ij,jk->ik", space - old.mean(axis=0), axes)
    shown = _draw(kind, code, np.random.default_rng(seed % 2**32))
    totals = tuple(int((kind == k).sum()) for k in (KEPT, LEFT_OUT, NEW))
    rng = np.random.default_rng([seed % 2**32, 1])
    astray = _astray(old, codes, new, own[made], rng, itself=False)
    mine = np.isin(codes, own[made])
    return Points(
        place[shown, 0], place[shown, 1], code[shown], kind[shown],
        np.concatenate([times, np.zeros(len(new), dtype=np.intp)])[shown],
        share, (totals[0], totals[1], totals[2]), int(np.maximum(times - 1, 0).sum()),
        astray, _astray(old, codes, old[mine], codes[mine], rng, itself=True), classes,
    )  # fmt: skip


def _axes(points: Floats) -> tuple[Floats, tuple[float, float]]:
    """The first two principal axes, shape (width, 2), and the variance that each carries."""
    centred = points - points.mean(axis=0)
    covariance = np.einsum("ij,ik->jk", centred, centred) / max(1, len(points) - 1)
    values, vectors = np.linalg.eigh(covariance)
    axes = np.zeros((points.shape[1], 2))
    found = vectors[:, ::-1][:, :2]
    # An axis has no direction by itself; its largest part is made to point up.
    found = found * np.sign(found[np.abs(found).argmax(axis=0), np.arange(found.shape[1])])
    axes[:, : found.shape[1]] = found
    total = float(values.sum()) or 1.0
    shares = [*(float(v) / total for v in values[::-1][:2]), 0.0]
    return axes, (shares[0], shares[1])


def _draw(kind: Ints, code: Ints, rng: np.random.Generator) -> Ints:
    """At most ``MOST_POINTS`` points; each class of each kind keeps some."""
    if len(kind) <= MOST_POINTS:
        return np.arange(len(kind))
    groups = kind * (int(code.max()) + 1) + code
    found, sizes = np.unique(groups, return_counts=True)
    least = MOST_POINTS // (4 * len(found))
    floor = np.minimum(sizes, max(1, least))
    room = MOST_POINTS - floor.sum()
    wanted = floor + np.floor((sizes - floor) * room / max(1, (sizes - floor).sum())).astype(int)
    picked = [
        rng.choice(np.flatnonzero(groups == g), int(w), replace=False)
        for g, w in zip(found, wanted, strict=True)
    ]
    return np.sort(np.concatenate(picked))[:MOST_POINTS]


def _astray(
    old: Floats, codes: Ints, asked: Floats, own: Ints, rng: np.random.Generator, itself: bool
) -> float:
    """Share of points whose nearest row is of another class."""
    if not len(asked) or len(old) < 2:
        return float("nan")
    from sklearn.neighbors import NearestNeighbors

    rows = rng.choice(len(asked), min(ASKED, len(asked)), replace=False)
    search = NearestNeighbors(n_neighbors=2 if itself else 1).fit(old)
    near = search.kneighbors(asked[rows], return_distance=False)[:, -1]
    return float((codes[near] != own[rows]).mean())
