"""Permutation importance on validation rows: what shuffling a column does to the score.

Source: Breiman 2001, Random forests; Fisher, Rudin & Dominici 2019, All models are wrong, but many
are useful. Shuffled together, closely related columns cannot stand in for each other (Gregorutti,
Michel & Saint-Pierre 2015, Grouped variable importance with random forests).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from outfold.metrics.metric import Floats, Ints

Answers = Mapping[str, npt.NDArray[Any]]
"""What a model says of some rows: arrays with a row for each of them."""

AT_ONCE = 2_000
"""Rows predicted in one call: of few rows and many columns, calls take longer than predicting."""


def shuffled_scores(
    answer: Callable[[pd.DataFrame, Ints], Answers],
    judge: Callable[[Answers], Mapping[str, float]],
    frame: pd.DataFrame,
    owner: Ints,
    sets: Sequence[Sequence[int]],
    repeats: int,
    rng: np.random.Generator,
) -> tuple[dict[str, float], dict[str, Floats]]:
    """Every metric before and after shuffling each set of columns.

    Args:
        answer: Predicts prepared rows, of which it is told the places among those of ``frame``.
        judge: Scores the answers to the rows of ``frame``, whose truth it knows, in their order.
        frame: Prepared validation rows, index 0 … n-1.
        owner: Original column of each prepared column.
        sets: Original columns that are shuffled together, each by its place.
        repeats: Shuffles of each set.
        rng: Draws the orders.

    Returns:
        The scores as they are, and for each metric those after shuffling, shape
        (n_sets, repeats).
    """
    n = len(frame)
    as_it_is = dict(judge(answer(frame, np.arange(n))))
    found = {k: np.full((len(sets), repeats), v) for k, v in as_it_is.items()}
    tasks: list[tuple[int, int, Ints, Ints]] = []
    for place, members in enumerate(sets):
        columns = np.flatnonzero(np.isin(owner, list(members)))
        for repeat in range(repeats):
            order = rng.permutation(n)
            if len(columns):  # else the selector left it out, so shuffling it changes nothing
                tasks.append((place, repeat, columns, order))
    each = max(1, AT_ONCE // max(1, n))
    for first in range(0, len(tasks), each):
        some = tasks[first : first + each]
        same = np.tile(np.arange(n), len(some))
        stacked = frame.iloc[same].reset_index(drop=True)
        taken: dict[int, Ints] = {}
        for at, (_, _, columns, order) in enumerate(some):
            for column in columns.tolist():
                rows = taken.setdefault(column, same.copy())
                rows[at * n : (at + 1) * n] = order
        for column, rows in taken.items():
            stacked.isetitem(column, frame.iloc[rows, column].array)
        answers = answer(stacked, same)
        for at, (place, repeat, _, _) in enumerate(some):
            own = {k: v[at * n : (at + 1) * n] for k, v in answers.items()}
            for name, value in judge(own).items():
                found[name][place, repeat] = value
    return as_it_is, found
