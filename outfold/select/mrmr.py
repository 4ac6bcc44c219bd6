"""Minimum redundancy, maximum relevance: take columns one by one, each new beside those taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import Param, Ranks, Strategy
from outfold.select.association import Associations, measured_target
from outfold.select.columns import (
    Floats,
    Ints,
    Target,
    best_part,
    codes,
    is_discrete,
    named,
    numbers,
    outcome,
    owners,
)
from outfold.select.discretise import equal_bins, number_of_bins
from outfold.select.entropy import JointEntropies
from outfold.select.keep import K_HALF, MOST_BY_DEFAULT, half
from outfold.select.ranking import ByRank, Ranking
from outfold.select.selection import Selection
from outfold.task import Task, is_classification

FLOOR = 1e-6
"""The least redundancy that a quotient divides by."""

NOTHING = 1e-12
"""A relevance below this is a zero with rounding noise."""


def coded(X: pd.DataFrame) -> Ints:
    """Every prepared column as codes, numbers in equally filled bins; missing is a level."""
    bins = number_of_bins(len(X))
    levels = [codes(X[c]) if is_discrete(X[c]) else equal_bins(numbers(X[c]), bins) for c in X]
    return np.column_stack([np.where(c < 0, c.max() + 1, c) for c in levels])


class ByInformation:
    """Relevance and redundancy as mutual information in nats after binning."""

    def __init__(self, X: pd.DataFrame, y: Target, task: Task) -> None:
        self._codes = coded(X)
        self._joint = JointEntropies(self._codes)
        target = outcome(y, task)
        level = (
            target.astype(np.int64)
            if is_classification(task)
            else equal_bins(target.astype(np.float64), number_of_bins(len(X)))
        )
        self.relevance: Floats = self._joint.information(level) * np.log(2.0)

    def redundancy(self, position: int) -> Floats:
        """What a prepared column shares with every other one."""
        return self._joint.information(self._codes[:, position]) * np.log(2.0)


class ByAssociation:
    """Relevance as the squared association with the target over its complement, redundancy as |r|.

    With one number and K classes the relevance is the F statistic up to a constant factor.
    """

    def __init__(self, X: pd.DataFrame, y: Target, task: Task) -> None:
        self._links = Associations(X)
        share = self._links.strengths(measured_target(y, task)) ** 2
        self.relevance: Floats = share / np.maximum(1.0 - share, 1e-12)

    def redundancy(self, position: int) -> Floats:
        """The association of a prepared column with every other one."""
        return self._links.strengths_with(position)


def rank(
    X: pd.DataFrame, y: Target, *, task: Task, seed: int, scheme: str, depth: int | None
) -> Ranking:
    """Greedy search: first the most relevant column, then always the best trade-off.

    The trade-off compares a column's relevance with its mean redundancy to those already taken:
    their difference (``mid``) or quotient (``miq``) in nats of mutual information, both sides
    after the same binning, or the quotient of F and |r| (``fcq``). Between columns with several
    prepared parts the strongest pair of parts counts. The search ends after ``depth`` columns, by
    default half of all.
    """
    sources, owner = owners(X)
    measure = ByAssociation(X, y, task) if scheme == "fcq" else ByInformation(X, y, task)
    relevance = best_part(measure.relevance, owner, len(sources))
    limit = min(len(sources), half(len(sources)) if depth is None else depth)
    taken: list[int] = []
    total = np.zeros(len(sources))
    worth = relevance.copy()
    for _ in range(limit):
        # A column that tells nothing has no redundancy either; the difference would favour it.
        worth[relevance <= NOTHING] = -np.inf
        worth[taken] = -np.inf
        best = int(np.argmax(worth))
        if taken and np.isneginf(worth[best]):
            break
        taken.append(best)
        parts = [measure.redundancy(int(p)) for p in np.flatnonzero(owner == best)]
        total += best_part(np.max(parts, axis=0), owner, len(sources))
        mean = total / len(taken)
        worth = relevance - mean if scheme == "mid" else relevance / np.maximum(mean, FLOOR)
    name = "F without its degrees of freedom" if scheme == "fcq" else "mutual information, nats"
    return Ranking(
        named(sources, relevance), f"relevance: {name}", tuple(sources[i] for i in taken)
    )


def cut(ranking: Ranking, *, k: int | None) -> Selection:
    """Keep the k columns that were taken first, or half of all columns."""
    return ranking.selection(ranking.order[: half(ranking.n_columns) if k is None else k])


def deepest(asked: Sequence[int | None]) -> int:
    """The largest number of columns asked for, and at least the default one."""
    return max(MOST_BY_DEFAULT, *(k or 0 for k in asked))


RANKS = Ranks(deepest=deepest)
BY_RANK = ByRank(rank, cut, RANKS)


def build(task: Task, seed: int, scheme: str = "mid", k: int | None = None) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(BY_RANK, task, seed, {"scheme": scheme, "k": k})


STRATEGY = Strategy(
    kind="selector",
    key="mrmr",
    label="mRMR",
    summary="Takes columns one by one: relevant to the target, and new beside those taken.",
    build=build,
    params=(
        Param(
            key="scheme",
            label="Trade-off",
            kind="choice",
            default="mid",
            choices=("mid", "miq", "fcq"),
            help="mid: relevance minus redundancy; miq: their quotient; fcq: F over correlation.",
            source="Ding & Peng (2005); Zhao, Anand & Wang (2019) for fcq",
        ),
        K_HALF,
    ),
    source="Ding & Peng (2005), Minimum redundancy feature selection; Zhao et al. (2019)",
    family="filter",
    ranks=RANKS,
    order=70,
    libraries=("numpy",),
)
