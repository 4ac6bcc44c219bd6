"""Recursive feature elimination: fit, drop the columns that weigh least, and repeat."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import Param, Strategy
from outfold.select.columns import Floats, Ints, Target, outcome
from outfold.select.encode import Encoded, encode
from outfold.select.forest import importances
from outfold.select.inner_score import FOLDS, make
from outfold.select.linear_model import as_response, coefficients, fit_quietly, losses
from outfold.select.sampling import enough_rows, inner_folds, said, sampled
from outfold.select.selection import Selection
from outfold.task import Task

MOST_ROWS = 10_000
"""Above this, models are fitted on a sample of the rows."""

ONE_BY_ONE = 20
"""From here on columns go one at a time; before, a tenth of those left."""


def weights(encoded: Encoded, target: Ints | Floats, task: Task, model: str, seed: int) -> Floats:
    """What each source column weighs in a fitted model, ``(n_sources,)``.

    Linear: the length of its standardised coefficients over levels and classes. Tree: its share of
    the impurity that extremely randomised trees remove.
    """
    if model == "tree":
        return importances(encoded, as_response(target, task), task, seed, trees=50)
    return np.sqrt(encoded.total((coefficients(encoded.matrix, target, task) ** 2).sum(axis=0)))


def restrict(encoded: Encoded, members: list[int]) -> Encoded:
    """Some of the source columns, renumbered in the order given by ``members`` (rising)."""
    inside = np.isin(encoded.owner, members)
    return Encoded(
        encoded.matrix[:, inside],
        np.searchsorted(members, encoded.owner[inside]),
        tuple(encoded.sources[i] for i in members),
    )


def elimination(
    encoded: Encoded, target: Ints | Floats, task: Task, model: str, seed: int
) -> list[tuple[list[int], Floats]]:
    """The nested sets from all columns down to one, each with its columns' weights."""
    left = list(range(len(encoded.sources)))
    steps: list[tuple[list[int], Floats]] = []
    while True:
        weight = weights(restrict(encoded, left), target, task, model, seed)
        steps.append((left, weight))
        if len(left) == 1:
            return steps
        away = 1 if len(left) <= ONE_BY_ONE else min(len(left) // 10 + 1, len(left) - ONE_BY_ONE)
        order = np.argsort(-weight, kind="stable")[: len(left) - away]
        left = sorted(left[i] for i in order)


def best_size(
    encoded: Encoded, target: Ints | Floats, task: Task, model: str, seed: int
) -> tuple[int, float]:
    """The smallest size whose R² is within one standard error of the best, and its R².

    The elimination is done anew in each inner fold, so that no size is judged on rows that had a
    say in its columns.
    """
    response = as_response(target, task)
    kind = "tree" if model == "tree" else "linear"
    found: list[dict[int, float]] = []
    for train, test in inner_folds(target, task, FOLDS, seed):
        part = Encoded(encoded.matrix[train], encoded.owner, encoded.sources)
        scores: dict[int, float] = {}
        for members, _ in elimination(part, target[train], task, model, seed):
            inside = np.isin(encoded.owner, members)
            seen, held = encoded.matrix[train][:, inside], encoded.matrix[test][:, inside]
            fitted = fit_quietly(make(kind, task, seed), seen, response[train])
            loss, null = losses(fitted, (seen, response[train]), (held, response[test]), task)
            scores[len(members)] = 1.0 - loss / null if null > 0 else 0.0
        found.append(scores)
    sizes = sorted(found[0])
    table = np.array([[scores[size] for size in sizes] for scores in found])
    mean = table.mean(axis=0)
    best = int(np.argmax(mean))
    error = float(table[:, best].std(ddof=1)) / FOLDS**0.5
    chosen = int(np.argmax(mean >= mean[best] - error))
    return sizes[chosen], float(mean[chosen])


def choose(
    X: pd.DataFrame, y: Target, *, task: Task, seed: int, model: str, k: int | None
) -> Selection:
    """Eliminate down to ``k`` columns, or to the number that inner folds advise.

    A column's score is the share of columns that went before it or with it, 1 for the last one.
    """
    target = outcome(y, task)
    rows = sampled(target, task, MOST_ROWS, np.random.default_rng(seed))
    notes = said(len(rows), len(X), "Models were fitted on")
    encoded, target = encode(X.iloc[rows]), target[rows]
    n = len(encoded.sources)
    merit: float | None = None
    if k is None:
        k, merit = best_size(encoded, target, task, model, seed)
    k = min(k, n)
    reached = np.zeros(n)
    final: list[int] = []
    for members, weight in elimination(encoded, target, task, model, seed):
        # A set that is still larger than k is cut to the k of largest weight.
        order = [members[i] for i in np.argsort(-weight, kind="stable")]
        reached[order] = 1.0 - np.arange(len(order)) / n
        if len(members) >= k:
            final = order[:k]
    return Selection(
        selected=tuple(encoded.sources[i] for i in final),
        scores={name: float(reached[i]) for i, name in enumerate(encoded.sources)},
        score_name="share of the columns that it outlasted",
        merit=merit,
        merit_name="R² of this number of columns in inner folds" if merit is not None else "",
        notes=notes,
    )


def build(task: Task, seed: int, model: str = "linear", k: int | None = None) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(choose, task, seed, {"model": model, "k": k})


STRATEGY = Strategy(
    kind="selector",
    key="rfe",
    label="RFE",
    summary="Fits a model, drops the columns that weigh least, and repeats.",
    build=build,
    params=(
        Param(
            key="model",
            label="Inner model",
            kind="choice",
            default="linear",
            choices=("linear", "tree"),
            help="What weighs the columns: logistic or ridge coefficients, or tree importance.",
        ),
        Param(
            key="k",
            label="Columns kept",
            kind="int",
            default=None,
            low=1,
            high=10_000,
            help="How many columns are left at the end.",
            none_label="the fewest within one standard error of the best, by inner folds",
        ),
    ),
    source="Guyon et al. (2002), Gene selection for cancer classification using SVMs",
    requires=enough_rows,
    family="wrapper",
    order=110,
)
