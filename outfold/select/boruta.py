"""Boruta: keep the columns that beat shuffled copies of themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import Param, Ranks, Strategy
from outfold.select.columns import Floats, Ints, Target, named, outcome
from outfold.select.elimination import restrict
from outfold.select.encode import Encoded, encode_for_trees
from outfold.select.forest import importances
from outfold.select.keep import K_LIMIT
from outfold.select.linear_model import as_response
from outfold.select.ranking import ByRank, Ranking
from outfold.select.sampling import said, sampled
from outfold.select.selection import Selection
from outfold.task import Task

MOST_ROWS = 5_000
"""Above this, forests are grown on a sample of the rows."""

LEAST_SHADOWS = 5
"""With fewer columns than this left, copies of copies fill up the shadows (Kursa & Rudnicki)."""


CONFIRMED = "confirmed"
OPEN = "undecided"
ROUNDS = "rounds"

COLUMNS_PER_TREE = 10
MOST_TREES = 300
"""In a wide table few trees would never look at most columns: one is grown for every ten."""


def with_shadows(encoded: Encoded, draw: np.random.Generator) -> tuple[Encoded, int]:
    """The columns beside shuffled copies, and the number of real source columns.

    All levels and parts of a source column are shuffled by one order, so that a shadow is as
    lumpy as its original.
    """
    n = len(encoded.sources)
    copies = max(1, -(-LEAST_SHADOWS // n))
    matrices, owner = [encoded.matrix], [encoded.owner]
    rows = np.tile(np.arange(len(encoded.matrix))[:, None], (1, n))
    for copy in range(1, copies + 1):
        order = draw.permuted(rows, axis=0)
        matrices.append(np.take_along_axis(encoded.matrix, order[:, encoded.owner], axis=0))
        owner.append(encoded.owner + n * copy)
    names = tuple(str(i) for i in range(n * (copies + 1)))
    return Encoded(np.hstack(matrices), np.concatenate(owner), names), n


def decided(hits: Ints, rounds: int, alpha: float) -> tuple[Ints, Ints]:
    """The columns that beat the shadows more, and less, often than a fair coin.

    Two-sided binomial tests with Bonferroni's correction over the columns.
    """
    from scipy.stats import binom

    better = binom.sf(hits - 1, rounds, 0.5) * len(hits) * 2.0
    worse = binom.cdf(hits, rounds, 0.5) * len(hits) * 2.0
    return np.flatnonzero(better <= alpha), np.flatnonzero(worse <= alpha)


def rank(
    X: pd.DataFrame,
    y: Target,
    *,
    task: Task,
    seed: int,
    rounds: int,
    trees: int,
    alpha: float,
) -> Ranking:
    """In each round, a column hits when it weighs more than the best shadow.

    Columns are confirmed or rejected as soon as the binomial test says so; rejected ones leave the
    forest. A column's score is the share of all rounds in which it hit, rounds after its rejection
    counted as misses.
    """
    draw = np.random.default_rng(seed)
    target = outcome(y, task)
    rows = sampled(target, task, MOST_ROWS, draw)
    notes = said(len(rows), len(X), "Forests were grown on")
    encoded = encode_for_trees(X.iloc[rows])
    response = as_response(target[rows], task)
    n = len(encoded.sources)
    hits = np.zeros(n, dtype=np.int64)
    weight = np.zeros(n)
    rejected = np.zeros(n, dtype=bool)
    confirmed = np.zeros(n, dtype=bool)
    done = 0
    while done < rounds and not (rejected | confirmed).all():
        left = [i for i in range(n) if not rejected[i]]
        both, real = with_shadows(restrict(encoded, left), draw)
        grown = max(trees, min(both.matrix.shape[1] // COLUMNS_PER_TREE, MOST_TREES))
        found: Floats = importances(
            both, response, task, int(draw.integers(2**31 - 1)), trees=grown, depth=7, rows=1_000
        )
        hits[left] += found[:real] > found[real:].max()
        weight[left] += found[:real]
        done += 1
        better, worse = decided(hits, done, alpha)
        confirmed[better] = True
        rejected[worse] = True
        rejected &= ~confirmed
    open_ = ~(rejected | confirmed)
    # Columns that hit equally often are told apart by their importance.
    order = np.lexsort((-weight, -hits))
    return Ranking(
        named(encoded.sources, hits / done),
        "share of rounds in which it beat every shadow",
        tuple(encoded.sources[i] for i in order),
        figures={
            CONFIRMED: named(encoded.sources, confirmed),
            OPEN: named(encoded.sources, open_),
            ROUNDS: dict.fromkeys(encoded.sources, float(done)),
        },
        notes=notes,
    )


def cut(ranking: Ranking, *, tentative: bool, k: int | None) -> Selection:
    """Keep the confirmed columns, and those that are undecided where that is asked for."""
    undecided = {n for n, is_open in ranking.figures[OPEN].items() if is_open}
    passing = {n for n, is_sure in ranking.figures[CONFIRMED].items() if is_sure}
    if undecided:
        done = int(max(ranking.figures[ROUNDS].values()))
        fate = "kept" if tentative else "dropped"
        note = f"Undecided after {done} rounds and {fate}: {len(undecided)} column(s)."
        ranking = replace(ranking, notes=(*ranking.notes, note))
    return ranking.cut(k, passing | undecided if tentative else passing)


RANKS = Ranks(("tentative", "k"))
BY_RANK = ByRank(rank, cut, RANKS)


def build(
    task: Task,
    seed: int,
    rounds: int = 30,
    trees: int = 60,
    alpha: float = 0.05,
    tentative: bool = False,
    k: int | None = None,
) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    params = {"rounds": rounds, "trees": trees, "alpha": alpha, "tentative": tentative, "k": k}
    return Selector(BY_RANK, task, seed, params)


STRATEGY = Strategy(
    kind="selector",
    key="boruta",
    label="Boruta",
    summary="Keeps every column that beats shuffled copies: all that is relevant, repeats too.",
    build=build,
    params=(
        Param(
            key="rounds",
            label="Rounds",
            kind="int",
            default=30,
            low=5,
            high=500,
            help="More rounds decide more columns and take longer.",
            scale="log",
        ),
        Param(
            key="trees",
            label="Trees a round",
            kind="int",
            default=60,
            low=10,
            high=500,
            help="Trees grown in each round, at least; a wide table has more of them.",
            scale="log",
        ),
        Param(
            key="alpha",
            label="Significance",
            kind="float",
            default=0.05,
            low=0.0001,
            high=0.5,
            help="Chance of a wrong decision about any column, by Bonferroni's correction.",
            scale="log",
        ),
        Param(
            key="tentative",
            label="Keep undecided",
            kind="bool",
            default=False,
            help="Whether columns that are undecided after the last round are kept.",
        ),
        K_LIMIT,
    ),
    source="Kursa & Rudnicki (2010), Feature selection with the Boruta package",
    family="wrapper",
    ranks=RANKS,
    order=170,
    libraries=("scikit-learn", "scipy"),
)
