"""Permutation importance on validation rows: what shuffling a column does to the score.

Source: Breiman 2001, Random forests; Fisher, Rudin & Dominici 2019, All models are wrong, but many
are useful. Shuffled together, closely related columns cannot stand in for each other (Gregorutti,
Michel & Saint-Pierre 2015, Grouped variable importance with random forests).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from outfold.metrics.metric import Floats, Ints


def shuffled_scores(
    judge: Callable[[pd.DataFrame], Mapping[str, float]],
    frame: pd.DataFrame,
    owner: Ints,
    sets: Sequence[Sequence[int]],
    repeats: int,
    rng: np.random.Generator,
) -> tuple[dict[str, float], dict[str, Floats]]:
    """Every metric before and after shuffling each set of columns.

    Args:
        judge: Scores prepared rows whose truth it knows, in their order.
        frame: Prepared validation rows, index 0 … n-1.
        owner: Original column of each prepared column.
        sets: Original columns that are shuffled together, each by its place.
        repeats: Shuffles of each set.
        rng: Draws the orders.

    Returns:
        The scores as they are, and for each metric those after shuffling, shape
        (n_sets, repeats).
    """
    as_it_is = dict(judge(frame))
    found = {name: np.full((len(sets), repeats), np.nan) for name in as_it_is}
    for place, members in enumerate(sets):
        columns = np.flatnonzero(np.isin(owner, list(members)))
        for repeat in range(repeats):
            order = rng.permutation(len(frame))
            if not len(columns):  # the selector left it out, so shuffling it changes nothing
                for name, value in as_it_is.items():
                    found[name][place, repeat] = value
                continue
            changed = frame.copy(deep=False)
            mixed = frame.iloc[order].reset_index(drop=True)
            for column in columns.tolist():
                changed.isetitem(column, mixed.iloc[:, column].array)
            for name, value in judge(changed).items():
                found[name][place, repeat] = value
    return as_it_is, found
