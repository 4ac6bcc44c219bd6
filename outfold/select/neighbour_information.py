"""Mutual information of numbers by nearest neighbours, in nats, one column after another.

The estimators and the handling of ties are scikit-learn's; its own functions build a tree for each
column and class, which takes seconds on thousands of columns where sorting takes a fraction.
"""

from __future__ import annotations

import numpy as np

from outfold.select.columns import Floats, Ints


def scaled(values: Floats, jitter: np.random.Generator) -> Floats:
    """A number on unit spread, with a jitter of 1e-10 of its size that breaks ties."""
    spread = values.std()
    if spread <= 1e-12 * max(1.0, float(np.abs(values).max(initial=0.0))):
        return np.zeros(len(values))
    values = values / spread
    noise = jitter.standard_normal(len(values))
    return values + 1e-10 * max(1.0, float(np.abs(values).mean())) * noise


def with_classes(values: Floats, level: Ints, neighbors: int) -> float:
    """Mutual information of a number and classes (Ross 2014); 0 for a constant.

    Rows of a class with a single row are left out; a class with fewer rows than neighbours uses
    all of its others.

    Args:
        values: Without ties, ``(n_rows,)``.
        level: Class codes, ``(n_rows,)``.
        neighbors: Neighbours that decide the distance.
    """
    from scipy.special import digamma

    sizes = np.bincount(level)
    used = sizes[level] > 1
    if not used.any() or np.all(values == values[0]):
        return 0.0
    values, level = values[used], level[used]
    sizes = np.bincount(level)
    k = np.minimum(neighbors, sizes[level] - 1)
    radius = np.empty(len(values))
    for c in np.flatnonzero(sizes):
        members = np.flatnonzero(level == c)
        order = members[np.argsort(values[members], kind="stable")]
        radius[order] = _distance_to_neighbour(values[order], int(k[members[0]]))
    around = _nearer_than(values, radius)
    information = (
        digamma(len(values))
        + digamma(k).mean()
        - digamma(sizes[level]).mean()
        - digamma(around).mean()
    )
    return max(float(information), 0.0)


def _distance_to_neighbour(ranked: Floats, k: int) -> Floats:
    """The distance of each of some rising values to its k-th nearest other value."""
    n = len(ranked)
    best = np.full(n, np.inf)
    places = np.arange(n)
    for below in range(k + 1):
        first, last = places - below, places + (k - below)
        inside = (first >= 0) & (last < n)
        low, high = ranked[first[inside]], ranked[last[inside]]
        span = np.maximum(ranked[inside] - low, high - ranked[inside])
        best[inside] = np.minimum(best[inside], span)
    return best


def _nearer_than(values: Floats, radius: Floats) -> Ints:
    """How many values, itself included, lie nearer to each value than its radius."""
    ranked = np.sort(values)
    # The neighbour at the radius itself must stay outside whatever way the sum is rounded. The
    # margin goes with each value: ties at zero lie nearer together than a larger value's rounding.
    margin = np.finfo(np.float64).eps * (np.abs(values) + 2 * radius)
    radius = np.maximum(radius - margin, 0.0)
    last = np.searchsorted(ranked, values + radius, side="right")
    first = np.searchsorted(ranked, values - radius, side="left")
    return np.maximum(last - first, 1)


def with_number(values: Floats, other: Floats, neighbors: int) -> float:
    """Mutual information of two numbers (Kraskov et al. 2004, first form); 0 for a constant.

    Args:
        values: Without ties, ``(n_rows,)``.
        other: Without ties, ``(n_rows,)``.
        neighbors: Neighbours that decide the distance.
    """
    from scipy.spatial import cKDTree
    from scipy.special import digamma

    if np.all(values == values[0]) or np.all(other == other[0]):
        return 0.0
    pairs = np.column_stack([values, other])
    distance, _ = cKDTree(pairs).query(pairs, k=[neighbors + 1], p=np.inf)
    information = digamma(len(values)) + digamma(neighbors)
    for side in (values, other):
        information -= digamma(_nearer_than(side, distance[:, 0])).mean()
    return max(float(information), 0.0)
