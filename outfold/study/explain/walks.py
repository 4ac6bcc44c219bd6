"""SHAP values of any model by walks: a reference row turns into the explained one by columns.

What the prediction changes by when a column's turn comes is credited to that column; walks differ
by their order and their reference row, and every second order is the one before it backwards.

Source: Štrumbelj & Kononenko 2014, Explaining prediction models and individual predictions with
feature contributions; Mitchell et al. 2022, Sampling permutations for Shapley value estimation
(antithetic orders).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.metrics.metric import Floats
from outfold.study.explain.players import Codes, owners

FEWEST, MOST = 4, 60
"""Walks for each row; pairs of an order and the same backwards."""
BATCH = 60_000
"""Mixed rows predicted at once, about."""
LOOKS = 10
"""Looks at the clock within the time given, about."""
TRIAL = 4
"""Rows by which it is first found out how long a walk takes."""


@dataclass(frozen=True, slots=True, eq=False)
class Walked:
    """What walks found: values, base and output as in ``Shapley``, and the walks for each row.

    Attributes:
        values: Shape (n_rows, n_players, n_outputs).
        base: Shape (n_outputs,).
        output: Shape (n_rows, n_outputs).
        walks: Walks for each row.
        error: The standard error of a value, root mean square over the rows, of the column and
            output where it is largest: from how far pairs of walks are apart.
    """

    values: Floats
    base: Floats
    output: Floats
    walks: int
    error: float


def walk(
    answer: Callable[[pd.DataFrame], Floats],
    rows: pd.DataFrame,
    reference: pd.DataFrame,
    players: Sequence[str],
    rng: np.random.Generator,
    deadline: float,
    walks: int | None = None,
) -> Walked:
    """SHAP values by walks; base plus values add up to the answer whatever the number of walks.

    Every row has a few walks first; where time ends before, fewer rows are explained. Then all rows
    have more walks, round by round, while there is time.

    Args:
        answer: What the model says of prepared rows, shape (n_rows, n_outputs).
        rows: Prepared rows to explain.
        reference: Prepared training rows.
        players: The original columns.
        rng: Draws reference rows and orders.
        deadline: On ``time.perf_counter``: no further rows are begun after it.
        walks: Walks for each row, an even number; by default as many as the time allows, 4 to 60.
    """
    codes, owner = Codes(rows), owners([str(c) for c in rows.columns], players)
    here, most = codes.matrix(rows), walks or MOST
    drawn = rng.choice(len(reference), size=most, replace=len(reference) < most)
    there = codes.matrix(reference.iloc[drawn])
    of_rows, of_reference = answer(rows), answer(reference.iloc[drawn])

    def explain(start: int, stop: int, first: int, last: int) -> Floats:
        return _pairs(
            answer, codes, here[start:stop], there[first:last], of_rows[start:stop],
            of_reference[first:last], owner, len(players), rng,
        )  # fmt: skip

    made, first = walks or FEWEST, time.perf_counter()
    found = _round(explain, len(rows), 0, made, len(players), deadline)
    took = time.perf_counter() - first
    while walks is None and made < MOST and found.shape[1] == len(rows):
        affordable = (deadline - time.perf_counter()) * 0.8 / max(took / made, 1e-9)
        more = int(min(made, MOST - made, affordable)) // 2 * 2
        if more < 2:
            break
        further = _round(explain, len(rows), made, made + more, len(players), deadline)
        if further.shape[1] < len(rows):  # a row cannot have more walks than another
            break
        found, made = found + further, made + more
        took = time.perf_counter() - first
    pairs = made // 2
    values = found[0] / pairs
    spread = np.maximum(found[1] / pairs - values**2, 0) / max(pairs - 1, 1)
    error = float(np.sqrt(spread.mean(axis=0).max(initial=0.0)))
    return Walked(values, of_reference[:made].mean(axis=0), of_rows[: len(values)], made, error)


def _round(
    explain: Callable[[int, int, int, int], Floats], n_rows: int, first: int, last: int,
    n_players: int, deadline: float,
) -> Floats:  # fmt: skip
    """Some walks of as many rows as the time allows: sums over pairs, and of their squares."""
    cap = max(1, BATCH // max(1, (last - first) * max(1, n_players - 1)))
    patience = max(0.0, deadline - time.perf_counter()) / LOOKS
    done: list[Floats] = []
    start, size, longest = 0, min(TRIAL, cap), 0.0
    while start < n_rows:
        at = time.perf_counter()
        if done and at + longest > deadline:
            break
        stop = min(start + size, n_rows)
        done.append(explain(start, stop, first, last))
        longest = time.perf_counter() - at
        # Looks at the clock have to come often enough for a slow model to keep to its time.
        size = int(np.clip(patience / max(longest / (stop - start), 1e-9), 1, cap))
        longest *= min(size, n_rows - stop) / (stop - start)
        start = stop
    return np.concatenate(done, axis=1)


def _pairs(
    answer: Callable[[pd.DataFrame], Floats], codes: Codes, here: Floats, there: Floats,
    of_here: Floats, of_there: Floats, owner: np.ndarray, n_players: int,
    rng: np.random.Generator,
) -> Floats:  # fmt: skip
    """Sums over pairs of walks of their values, and of the squares.

    Shape (2, n_rows, n_players, n_outputs).
    """
    n, m, d, k = len(here), len(there), n_players, of_here.shape[1]
    half = rng.permuted(np.tile(np.arange(d), (n, m // 2, 1)), axis=2)
    # turn[row, walk, player]: when the player's turn comes, from 0.
    turn = np.stack([half, d - 1 - half], axis=2).reshape(n, m, d)
    path = np.empty((n, m, d + 1, k))
    path[:, :, 0] = of_there[None]
    path[:, :, d] = of_here[:, None]
    if d > 1:
        steps = np.arange(1, d)
        ours = turn[:, :, None, :] < steps[None, None, :, None]
        mixed = np.where(ours[..., owner], here[:, None, None, :], there[None, :, None, :])
        flat = mixed.reshape(-1, here.shape[1])
        path[:, :, 1:d] = answer(codes.frame(flat)).reshape(n, m, d - 1, k)
    gain = np.take_along_axis(np.diff(path, axis=2), turn[..., None], axis=2)
    pairs = gain.reshape(n, m // 2, 2, d, k).mean(axis=2)
    return np.stack([pairs.sum(axis=1), (pairs**2).sum(axis=1)])
