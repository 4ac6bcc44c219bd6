"""Numbers cut into intervals: by the class (Fayyad & Irani 1993) or into equally filled bins."""

from __future__ import annotations

import numpy as np

from outfold.select.columns import Floats, Ints
from outfold.select.entropy import entropy


def mdl_cuts(x: Floats, y: Ints) -> Floats:
    """Cut points that pay for themselves by minimum description length, rising.

    As Weka's supervised ``Discretize`` with "better encoding": the cost of a cut is
    log2(number of candidate cuts in the interval) where Fayyad & Irani (1993) have log2(N - 1).
    Missing values (NaN) are left out.

    Args:
        x: ``(n_rows,)``.
        y: Class codes 0 … K-1, ``(n_rows,)``.
    """
    known = ~np.isnan(x)
    x, y = x[known], y[known]
    if len(x) < 2:
        return np.empty(0)
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    steps = np.flatnonzero(x[:-1] < x[1:])
    if len(steps) == 0:
        return np.empty(0)
    cumulated = np.zeros((len(x) + 1, int(y.max()) + 1))
    np.cumsum(y[:, None] == np.arange(cumulated.shape[1]), axis=0, out=cumulated[1:])
    cuts: list[float] = []
    waiting = [(0, len(x))]
    while waiting:
        first, last = waiting.pop()
        step = _accepted_cut(cumulated, steps, first, last)
        if step is not None:
            cuts.append(float(x[step] + x[step + 1]) / 2.0)
            waiting += [(first, step + 1), (step + 1, last)]
    return np.sort(np.asarray(cuts))


def _accepted_cut(cumulated: Floats, steps: Ints, first: int, last: int) -> int | None:
    """The row after which an interval of sorted rows is best cut, where the cut is accepted."""
    inside = steps[np.searchsorted(steps, first) : np.searchsorted(steps, last - 1)]
    if len(inside) == 0:
        return None
    rows = last - first
    whole = cumulated[last] - cumulated[first]
    left = cumulated[inside + 1] - cumulated[first]
    right = whole - left
    below, above = entropy(left, axis=1), entropy(right, axis=1)
    filled = left.sum(axis=1)
    remaining = (filled * below + (rows - filled) * above) / rows
    best = int(np.argmax(remaining <= remaining.min() + 1e-12))
    before = float(entropy(whole))
    gain = before - float(remaining[best])
    if gain <= 0:
        return None
    present = [int((v > 0).sum()) for v in (whole, left[best], right[best])]
    # log2(3^c - 2), written so that hundreds of classes do not overflow.
    splits = present[0] * np.log2(3.0) + np.log2(1.0 - 2.0 * 3.0 ** -present[0])
    delta = splits - (present[0] * before - present[1] * below[best] - present[2] * above[best])
    return int(inside[best]) if gain > (np.log2(len(inside)) + delta) / rows else None


def binned(x: Floats, cuts: Floats) -> Ints:
    """The interval of each value; a value equal to a cut is in the lower one, NaN is -1."""
    found = np.searchsorted(cuts, x, side="left").astype(np.int64)
    found[np.isnan(x)] = -1
    return found


def equal_bins(x: Floats, bins: int) -> Ints:
    """Codes of about equally filled intervals, without gaps; equal values share one interval."""
    edges = np.unique(np.quantile(x, np.arange(1, bins) / bins))
    return np.unique(np.searchsorted(edges, x, side="left"), return_inverse=True)[1].astype(
        np.int64
    )


def number_of_bins(n_rows: int) -> int:
    """The cube root of the number of rows, 3 to 10: each cell of a pair then holds some rows."""
    return int(np.clip(round(n_rows ** (1 / 3)), 3, 10))
