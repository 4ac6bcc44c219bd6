"""Columns dropped one after another, the least important first: what RFE and RFECV share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from outfold.registry import Param
from outfold.select.columns import Floats, Ints
from outfold.select.encode import Encoded, encode, encode_for_trees
from outfold.select.forest import importances
from outfold.select.inner_score import make
from outfold.select.linear_model import as_response, coefficients, fit_quietly, losses
from outfold.select.ranking import Ranking
from outfold.select.sampling import inner_folds
from outfold.task import Task

MOST_ROWS = 10_000
"""Above this, models are fitted on a sample of the rows."""

ONE_BY_ONE = 20
"""From here on columns go one at a time; before, a tenth of those left."""

WEIGHING = Param(
    key="model",
    label="Inner model",
    kind="choice",
    default="linear",
    choices=("linear", "tree"),
    help="What weighs the columns: logistic or ridge coefficients, or tree importance.",
)


def weights(encoded: Encoded, target: Ints | Floats, task: Task, model: str, seed: int) -> Floats:
    """What each source column weighs in a fitted model, ``(n_sources,)``.

    Linear: the length of its standardised coefficients over levels and classes. Tree: its share of
    the impurity that extremely randomised trees remove.
    """
    if model == "tree":
        return importances(encoded, as_response(target, task), task, seed, trees=50)
    return np.sqrt(encoded.total((coefficients(encoded.matrix, target, task) ** 2).sum(axis=0)))


def encoded_for(model: str, X: pd.DataFrame) -> Encoded:
    """The columns as the inner model takes them."""
    return encode_for_trees(X) if model == "tree" else encode(X)


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


@dataclass(frozen=True)
class Sizes:
    """How well each number of columns predicts rows that inner folds hold out.

    Attributes:
        sizes: Numbers of columns, rising, ``(n_sizes,)``.
        r2: R² of each inner fold, ``(folds, n_sizes)``.
    """

    sizes: Ints
    r2: Floats

    def to_plain(self) -> dict[int, tuple[float, ...]]:
        """R² of each inner fold by number of columns."""
        return {int(n): tuple(map(float, self.r2[:, i])) for i, n in enumerate(self.sizes)}

    @classmethod
    def from_plain(cls, plain: Mapping[int, Sequence[float]]) -> Sizes:
        """What ``to_plain`` gave."""
        return cls(np.array(list(plain)), np.array(list(plain.values())).T)

    def best(self, rule: Literal["best", "one_se"], least: int = 1) -> tuple[int, float]:
        """The size advised and its mean R², among sizes of at least ``least``.

        ``best`` is the highest mean, the fewest columns where several are equally good; ``one_se``
        the fewest columns whose mean is within one standard error of the highest.
        """
        open_ = self.sizes >= min(least, int(self.sizes[-1]))
        sizes, table = self.sizes[open_], self.r2[:, open_]
        mean = table.mean(axis=0)
        best = int(np.argmax(mean))
        error = float(table[:, best].std(ddof=1)) / len(table) ** 0.5 if rule == "one_se" else 0.0
        chosen = int(np.argmax(mean >= mean[best] - error))
        return int(sizes[chosen]), float(mean[chosen])


def judged_sizes(
    encoded: Encoded, target: Ints | Floats, task: Task, model: str, seed: int, folds: int
) -> Sizes:
    """R² of every size by inner folds.

    The elimination is done anew in each of them, so that no size is judged on rows that had a say
    in its columns.
    """
    response = as_response(target, task)
    kind = "tree" if model == "tree" else "linear"
    found: list[dict[int, float]] = []
    for train, test in inner_folds(target, task, folds, seed):
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
    return Sizes(np.array(sizes), table)


def eliminated(
    encoded: Encoded, target: Ints | Floats, task: Task, model: str, seed: int
) -> tuple[list[int], Floats]:
    """The columns by how long they lasted, longest first, and how long that was.

    The latter is the share of columns that went before a column or with it, 1 for the last one.
    Columns that went together are ordered by what they weighed then.
    """
    n = len(encoded.sources)
    lasted = np.zeros(n)
    for members, weight in elimination(encoded, target, task, model, seed):
        order = [members[i] for i in np.argsort(-weight, kind="stable")]
        lasted[order] = 1.0 - np.arange(len(order)) / n
    return [int(i) for i in np.argsort(-lasted, kind="stable")], lasted


def outlasting(
    encoded: Encoded,
    target: Ints | Floats,
    task: Task,
    model: str,
    seed: int,
    *,
    sizes: Sizes | None,
    notes: tuple[str, ...],
) -> Ranking:
    """The ranking by how long each column lasts, with what inner folds say of every number."""
    order, lasted = eliminated(encoded, target, task, model, seed)
    return Ranking(
        {name: float(lasted[i]) for i, name in enumerate(encoded.sources)},
        "share of the columns that it outlasted",
        tuple(encoded.sources[i] for i in order),
        sizes={} if sizes is None else sizes.to_plain(),
        notes=notes,
    )
