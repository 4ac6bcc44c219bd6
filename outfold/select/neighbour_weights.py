"""ReliefF and RReliefF weights: how columns differ between a row and its nearest neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.select.columns import Floats, Ints, codes, is_discrete, numbers

BLOCK = 4_000_000
"""Numbers held at a time while differences are added up."""


@dataclass(frozen=True)
class Rows:
    """Rows as neighbours see them.

    Attributes:
        distance: Columns whose city-block distance is the sum of all columns' differences:
            numbers divided by their range, levels as halves of indicators. ``(n_rows, n_encoded)``.
        values: Numbers divided by their range, or level codes, ``(n_rows, n_columns)``.
        discrete: Which columns are level codes.
    """

    distance: Floats
    values: Floats
    discrete: np.ndarray[tuple[int], np.dtype[np.bool_]]


def rows_of(X: pd.DataFrame) -> Rows:
    """The rows of a prepared frame; a missing level differs from every other level."""
    blocks, values = [], []
    for name in X.columns:
        if is_discrete(X[name]):
            level = codes(X[name])
            level = np.where(level < 0, level.max() + 1, level)
            values.append(level.astype(np.float64))
            blocks.append((level[:, None] == np.arange(level.max() + 1)) / 2.0)
        else:
            number = numbers(X[name])
            span = number.max() - number.min()
            number = (number - number.min()) / span if span > 0 else np.zeros(len(number))
            values.append(number)
            blocks.append(number[:, None])
    discrete = np.array([is_discrete(X[c]) for c in X.columns])
    return Rows(np.hstack(blocks), np.column_stack(values), discrete)


def influence(k: int, sigma: float | None) -> Floats:
    """The share of each neighbour from the nearest on: equal, or falling with rank over sigma."""
    raw = np.ones(k) if sigma is None else np.exp(-((np.arange(k) / sigma) ** 2))
    return np.asarray(raw / raw.sum(), dtype=np.float64)


def _nearest(distances: Floats, k: int) -> Ints:
    """The columns of each row's k least distances, nearest first.

    Of equally near rows the later one is taken, which agrees best with Weka's results on tables
    with ties. Distances are rounded to 12 decimals, so that ties do not hang on rounding errors.
    """
    last = distances.shape[1] - 1
    distances = np.round(distances[:, ::-1], 12)
    if last + 1 > 4 * k:
        # Sorting only what can be among the k nearest; everything at the k-th distance stays in.
        limit = np.partition(distances, k - 1, axis=1)[:, k - 1 : k]
        outside = distances > limit
        width = int((~outside).sum(axis=1).max())
        near = np.argpartition(outside, width - 1, axis=1)[:, :width]
        near.sort(axis=1)
        order = np.argsort(np.take_along_axis(distances, near, axis=1), axis=1, kind="stable")
        return last - np.take_along_axis(near, order[:, :k], axis=1)
    return last - np.argsort(distances, axis=1, kind="stable")[:, :k]


def _differences(rows: Rows, probes: Ints, neighbours: Ints) -> Floats:
    """Each column's difference of each probe to each of its neighbours."""
    gap = rows.values[probes][:, None, :] - rows.values[neighbours]
    return np.where(rows.discrete, (gap != 0).astype(np.float64), np.abs(gap))


def _blocks(rows: Rows, probes: Ints, k: int) -> list[Ints]:
    size = max(1, BLOCK // (len(rows.values) + k * rows.values.shape[1]))
    return [probes[i : i + size] for i in range(0, len(probes), size)]


def class_weights(
    rows: Rows, level: Ints, probes: Ints, k: int, sigma: float | None = None
) -> Floats:
    """ReliefF (Kononenko 1994): misses count by their class's share among the other classes.

    Args:
        rows: See ``rows_of``.
        level: Class codes 0 … K-1, ``(n_rows,)``.
        probes: The rows whose neighbours are looked at.
        k: Neighbours per class; a smaller class gives all that it has.
        sigma: None for equal influence; otherwise influence falls as exp(-(rank / sigma)²).
    """
    from scipy.spatial.distance import cdist

    prior = np.bincount(level) / len(level)
    members = [np.flatnonzero(level == c) for c in range(len(prior))]
    weights = np.zeros(rows.values.shape[1])
    for block in _blocks(rows, probes, k):
        for c, inside in enumerate(members):
            distances = cdist(rows.distance[block], rows.distance[inside], "cityblock")
            own = level[block] == c
            distances[block[:, None] == inside] = np.inf
            for mine in (True, False):
                some = block[own == mine]
                reach = min(k, len(inside) - (1 if mine else 0))
                if len(some) == 0 or reach == 0:
                    continue
                near = inside[_nearest(distances[own == mine], reach)]
                mean = np.einsum(
                    "pkc,k->pc", _differences(rows, some, near), influence(reach, sigma)
                )
                sign = -1.0 if mine else prior[c] / (1.0 - prior[level[some]])
                weights += (np.broadcast_to(sign, len(some))[:, None] * mean).sum(axis=0)
    return weights / len(probes)


def number_weights(
    rows: Rows, target: Floats, probes: Ints, k: int, sigma: float | None = None
) -> Floats:
    """RReliefF (Robnik-Šikonja & Kononenko 1997) for a numeric target.

    Args:
        rows: See ``rows_of``.
        target: ``(n_rows,)``.
        probes: The rows whose neighbours are looked at.
        k: Neighbours.
        sigma: As in ``class_weights``.
    """
    from scipy.spatial.distance import cdist

    target = (target - target.min()) / (target.max() - target.min())
    reach = min(k, len(target) - 1)
    share = influence(reach, sigma)
    apart = 0.0
    differing = np.zeros(rows.values.shape[1])
    both = np.zeros(rows.values.shape[1])
    for block in _blocks(rows, probes, k):
        distances = cdist(rows.distance[block], rows.distance, "cityblock")
        distances[np.arange(len(block)), block] = np.inf
        near = _nearest(distances, reach)
        change = np.abs(target[block][:, None] - target[near])
        gaps = _differences(rows, block, near)
        apart += float((change * share).sum())
        differing += np.einsum("pkc,k->c", gaps, share)
        both += np.einsum("pkc,pk,k->c", gaps, change, share)
    if apart == 0.0 or apart == len(probes):
        return np.zeros(len(both))
    return both / apart - (differing - both) / (len(probes) - apart)
