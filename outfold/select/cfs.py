"""Correlation-based feature selection: columns that predict the target but not each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import Param, Strategy
from outfold.select.association import Associations, measured_target
from outfold.select.columns import (
    Floats,
    Ints,
    Target,
    best_part,
    classes,
    codes,
    is_discrete,
    named,
    numbers,
    owners,
)
from outfold.select.discretise import binned, mdl_cuts
from outfold.select.entropy import JointEntropies
from outfold.select.selection import Selection
from outfold.select.subset_search import IMPROVEMENT, best_first
from outfold.task import Task, is_classification

Links = Callable[[int], Floats]


def coded(X: pd.DataFrame, target: Ints) -> Ints:
    """Every prepared column as codes, numbers cut by the class; missing is a level of its own."""
    levels = [
        codes(X[c]) if is_discrete(X[c]) else binned(numbers(X[c]), mdl_cuts(numbers(X[c]), target))
        for c in X.columns
    ]
    return np.column_stack([np.where(c < 0, c.max() + 1, c) for c in levels])


def class_links(X: pd.DataFrame, target: Ints) -> tuple[Floats, Links]:
    """Symmetrical uncertainty with the class, and between one prepared column and all.

    As Weka: numbers are cut by Fayyad & Irani's rule; a column left in one piece has correlation 0
    with the class and 1 with every other column, so that it is never chosen.
    """
    levels = coded(X, target)
    joint = JointEntropies(levels)
    single = joint.entropies <= 0

    def links(position: int) -> Floats:
        if single[position]:
            return np.ones(len(single))
        return np.where(single, 1.0, joint.uncertainty(levels[:, position]))

    return joint.uncertainty(target), links


def number_links(X: pd.DataFrame, y: Target, task: Task) -> tuple[Floats, Links]:
    """|Pearson r|, η or Cramér's V with a numeric target, and between one column and all."""
    associations = Associations(X)
    constant = associations.dimensions == 0

    def links(position: int) -> Floats:
        if constant[position]:
            return np.ones(len(constant))
        return np.where(constant, 1.0, associations.strengths_with(position))

    return associations.strengths(measured_target(y, task)), links


def choose(X: pd.DataFrame, y: Target, *, task: Task, seed: int, patience: int) -> Selection:
    """Search the subset of highest merit.

    Classes: symmetrical uncertainty after discretisation, equal to Weka's CfsSubsetEval. Numeric
    targets: |Pearson r| on standardised columns, the textbook merit, where Weka 3.6 weighs columns
    by their standard deviation. Weka's additional "locally predictive" step is not done. Between
    columns with several prepared parts the strongest pair of parts counts.
    """
    sources, owner = owners(X)
    part_relevance, part_links = (
        class_links(X, classes(y)) if is_classification(task) else number_links(X, y, task)
    )
    relevance = best_part(part_relevance, owner, len(sources))

    def links(source: int) -> Floats:
        parts = [part_links(int(p)) for p in np.flatnonzero(owner == source)]
        return best_part(np.max(parts, axis=0), owner, len(sources))

    found = best_first(relevance, links, patience)
    scores = named(sources, relevance)
    measure = (
        "symmetrical uncertainty with the target, 0 to 1"
        if is_classification(task)
        else "association with the target, 0 to 1"
    )
    if not found.subset:
        best = int(np.argmax(relevance))
        return Selection(
            selected=(sources[best],),
            scores=scores,
            score_name=measure,
            merit=0.0,
            merit_name="CFS merit",
            notes=(f"No column is correlated with the target; {sources[best]} is kept.",),
        )
    chosen = sorted(found.subset, key=lambda i: (-relevance[i], i))
    dropped: dict[str, str] = {}
    table = np.stack([links(i) for i in chosen])
    # sqrt(below) is what the merit's numerator is divided by.
    below = (relevance[chosen].sum() / found.merit) ** 2
    for i in set(range(len(sources))) - set(chosen):
        # Redundant is what would have raised the merit, were it not correlated with kept columns;
        # anything else was merely too weak.
        unrepeated = (relevance[chosen].sum() + relevance[i]) / np.sqrt(below + 1.0)
        if unrepeated > found.merit + IMPROVEMENT:
            dropped[sources[i]] = sources[chosen[int(np.argmax(table[:, i]))]]
    return Selection(
        selected=tuple(sources[i] for i in chosen),
        scores=scores,
        score_name=measure,
        merit=found.merit,
        merit_name="CFS merit",
        dropped_because=dropped,
    )


def build(task: Task, seed: int, patience: int = 5) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    return Selector(choose, task, seed, {"patience": patience})


STRATEGY = Strategy(
    kind="selector",
    key="cfs",
    label="CFS",
    summary="Finds a small set of columns that predict the target but not each other.",
    build=build,
    params=(
        Param(
            key="patience",
            label="Patience",
            kind="int",
            default=5,
            low=1,
            high=50,
            help="The search ends after this many steps in a row without a better set.",
            source="Hall (1999), best-first search",
        ),
    ),
    source="Hall (1999), Correlation-based feature selection for machine learning",
    family="filter",
    order=60,
    libraries=("numpy",),
)
