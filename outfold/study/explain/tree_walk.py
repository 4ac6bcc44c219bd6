"""The inner loop of tree SHAP, compiled. Imported only where trees are explained."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numba import njit

from outfold.metrics.metric import Floats


def weights(most: int) -> tuple[Floats, Floats]:
    """Shapley weights of a leaf that ``a`` columns of the row and ``b`` of the reference lead to.

    Returns:
        ``(a-1)! b! / (a+b)!`` for columns of the row, ``a! (b-1)! / (a+b)!`` for the others, each
        of shape (most + 1, most + 1).
    """
    from scipy.special import gammaln

    a, b = np.meshgrid(np.arange(most + 1.0), np.arange(most + 1.0), indexing="ij")
    with np.errstate(invalid="ignore", divide="ignore"):
        ours = np.exp(gammaln(a) + gammaln(b + 1) - gammaln(a + b + 1))
        theirs = np.exp(gammaln(a + 1) + gammaln(b) - gammaln(a + b + 1))
    ours[0], theirs[:, 0] = 0.0, 0.0
    return ours, theirs


def _compiled(function: Callable[..., None]) -> Any:
    """The function compiled when first called, kept beside the source where that can be written."""
    try:
        return njit(nogil=True, cache=True)(function)
    except RuntimeError:  # no folder to keep it in, so that each process compiles it anew
        return njit(nogil=True)(function)


@_compiled
def add_tree(
    x: Any, z: Any, feature: Any, threshold: Any, left: Any, right: Any, missing_left: Any,
    value: Any, owner: Any, ours: Any, theirs: Any, scale: float, out: Any,
) -> None:  # fmt: skip
    """Add one tree's Shapley values to ``out``, every row of ``x`` against every row of ``z``.

    A leaf counts for the columns that have to be the row's, or the reference's, to reach it.

    Source: Lundberg et al. 2020, From local explanations to global understanding, algorithm 3
    (interventional feature perturbation), with original columns as players.
    """
    n_players, n_outputs = out.shape[1], out.shape[2]
    depth = left.shape[0] + 1
    if depth > 4096:
        depth = 4096
    node_at = np.empty(depth, np.int64)
    phase = np.empty(depth, np.int64)
    state = np.zeros(n_players, np.int64)
    mine = np.empty(n_players + 1, np.int64)
    other = np.empty(n_players + 1, np.int64)
    for row in range(x.shape[0]):
        for ref in range(z.shape[0]):
            a, b, top = 0, 0, 0
            node_at[0], phase[0] = 0, 0
            while top >= 0:
                node = node_at[top]
                if left[node] < 0:
                    if a + b > 0:
                        for output in range(n_outputs):
                            v = value[node, output] * scale
                            for i in range(a):
                                out[row, mine[i], output] += v * ours[a, b]
                            for i in range(b):
                                out[row, other[i], output] -= v * theirs[a, b]
                    top -= 1
                    continue
                f = feature[node]
                player = owner[f]
                if phase[top] == 0:
                    xv, zv = x[row, f], z[ref, f]
                    x_left = missing_left[node] if np.isnan(xv) else xv <= threshold[node]
                    z_left = missing_left[node] if np.isnan(zv) else zv <= threshold[node]
                    if state[player] == 1 or (state[player] == 0 and x_left == z_left):
                        node_at[top] = left[node] if x_left else right[node]
                    elif state[player] == 2:
                        node_at[top] = left[node] if z_left else right[node]
                    else:
                        phase[top] = 1
                        state[player] = 1
                        mine[a] = player
                        a += 1
                        top += 1
                        node_at[top] = left[node] if x_left else right[node]
                        phase[top] = 0
                elif phase[top] == 1:
                    zv = z[ref, f]
                    z_left = missing_left[node] if np.isnan(zv) else zv <= threshold[node]
                    phase[top] = 2
                    state[player] = 2
                    a -= 1
                    other[b] = player
                    b += 1
                    top += 1
                    node_at[top] = left[node] if z_left else right[node]
                    phase[top] = 0
                else:
                    state[player] = 0
                    b -= 1
                    top -= 1


@cache
def ready() -> None:
    """Compile once per process, so that no budget of seconds is spent on it."""
    one, ids = np.zeros((1, 1)), np.array([0, -1, -1], dtype=np.intp)
    left, right = np.array([1, -1, -1], dtype=np.intp), np.array([2, -1, -1], dtype=np.intp)
    add_tree(
        one, one, np.maximum(ids, 0), np.zeros(3), left, right, np.zeros(3, dtype=bool),
        np.zeros((3, 1)), np.zeros(1, dtype=np.intp), *weights(1), 1.0, np.zeros((1, 1, 1)),
    )  # fmt: skip
