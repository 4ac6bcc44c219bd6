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

FEWEST, MOST = 6, 60
"""Walks for each row."""
BATCH = 60_000
"""Mixed rows predicted at once, about."""
LOOKS = 10
"""Looks at the clock within the time given, about."""
TRIAL = 4
"""Rows by which the time of a walk is found out."""


@dataclass(frozen=True, slots=True, eq=False)
class Walked:
    """What walks found: values, base and output as in ``Shapley``, and the walks for each row."""

    values: Floats
    base: Floats
    output: Floats
    walks: int


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

    Args:
        answer: What the model says of prepared rows, shape (n_rows, n_outputs).
        rows: Prepared rows to explain.
        reference: Prepared training rows.
        players: The original columns.
        rng: Draws reference rows and orders.
        deadline: On ``time.perf_counter``: no further rows are begun after it.
        walks: Walks for each row; by default as many as the time allows, 6 to 60.
    """
    codes, owner = Codes(rows), owners([str(c) for c in rows.columns], players)
    here, most = codes.matrix(rows), walks or MOST
    drawn = rng.choice(len(reference), size=most, replace=len(reference) < most)
    there = codes.matrix(reference.iloc[drawn])
    of_rows, of_reference = answer(rows), answer(reference.iloc[drawn])

    def explain(start: int, stop: int, n: int) -> Floats:
        return _values(
            answer, codes, here[start:stop], there[:n], of_rows[start:stop], of_reference[:n],
            owner, len(players), rng,
        )  # fmt: skip

    size = BATCH
    if walks is None:
        began = time.perf_counter()
        explain(0, min(TRIAL, len(rows)), FEWEST)
        each = (time.perf_counter() - began) / (min(TRIAL, len(rows)) * FEWEST)
        left = max(0.0, deadline - time.perf_counter())
        walks = int(np.clip(left / max(each * len(rows), 1e-9) * 0.8, FEWEST, MOST))
        walks -= walks % 2
        # Looks at the clock have to come often enough for a slow model to keep to its time.
        size = max(1, int(left / LOOKS / max(each * walks, 1e-9)))
    size = min(size, max(1, BATCH // max(1, walks * max(1, len(players) - 1))))
    done: list[Floats] = []
    at = longest = 0.0
    for start in range(0, len(rows), size):
        at = time.perf_counter()
        if done and at + longest > deadline:
            break
        done.append(explain(start, min(start + size, len(rows)), walks))
        longest = max(longest, time.perf_counter() - at)
    values = np.concatenate(done)
    return Walked(values, of_reference[:walks].mean(axis=0), of_rows[: len(values)], walks)


def _values(
    answer: Callable[[pd.DataFrame], Floats], codes: Codes, here: Floats, there: Floats,
    of_here: Floats, of_there: Floats, owner: np.ndarray, n_players: int,
    rng: np.random.Generator,
) -> Floats:  # fmt: skip
    """Values of some rows, shape (n_rows, n_players, n_outputs)."""
    n, m, d, k = len(here), len(there), n_players, of_here.shape[1]
    half = rng.permuted(np.tile(np.arange(d), (n, (m + 1) // 2, 1)), axis=2)
    # turn[row, walk, player]: when the player's turn comes, from 0.
    turn = np.stack([half, d - 1 - half], axis=2).reshape(n, -1, d)[:, :m]
    path = np.empty((n, m, d + 1, k))
    path[:, :, 0] = of_there[None]
    path[:, :, d] = of_here[:, None]
    if d > 1:
        steps = np.arange(1, d)
        ours = turn[:, :, None, :] < steps[None, None, :, None]
        mixed = np.where(ours[..., owner], here[:, None, None, :], there[None, :, None, :])
        flat = mixed.reshape(-1, here.shape[1])
        path[:, :, 1:d] = answer(codes.frame(flat)).reshape(n, m, d - 1, k)
    gain = np.diff(path, axis=2)
    return np.take_along_axis(gain, turn[..., None], axis=2).mean(axis=1)
