"""Stability selection: keep the columns that the lasso picks on most half-samples."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import Param, Strategy
from outfold.select.columns import Floats, Ints, Target, named, outcome
from outfold.select.encode import Encoded, encode
from outfold.select.keep import keep
from outfold.select.linear_model import as_response
from outfold.select.penalised_path import grid
from outfold.select.sampling import enough_rows, sampled
from outfold.select.selection import Selection
from outfold.task import Task, is_classification

MOST_ROWS = 2_000
"""A half-sample has at most this many rows."""


def first_in(encoded: Encoded, response: Floats, task: Task, wanted: int) -> list[int]:
    """The first source columns that enter a lasso path, in order of entry.

    One response: the exact path by LARS. Several (the indicators of three classes or more): the
    lasso whose coefficients come and go together for all of them, on a grid of penalties; columns
    entering at one step are taken by the size of their coefficients.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import enet_path, lars_path

    centred = response - response.mean(axis=0)
    entered: list[int] = []
    with warnings.catch_warnings():
        # LARS stops early, with what it has, where columns repeat each other; so much is wanted.
        warnings.simplefilter("ignore", ConvergenceWarning)
        if response.shape[1] == 1:
            # Columns leave the path again at times, hence more steps than columns wanted.
            steps = min(4 * wanted + 8, min(encoded.matrix.shape))
            _, _, coefs = lars_path(encoded.matrix, centred[:, 0], method="lasso", max_iter=steps)
            sizes = np.abs(coefs).T[1:]
        else:
            top = float(np.linalg.norm(encoded.matrix.T @ centred, axis=1).max()) / len(centred)
            _, coefs, _ = enet_path(
                encoded.matrix, centred, l1_ratio=1.0, alphas=grid(top, "regression"), tol=1e-3
            )
            sizes = np.linalg.norm(coefs, axis=0).T
    for row in sizes:
        weight = encoded.largest(row)
        for i in np.argsort(-weight, kind="stable"):
            if weight[i] <= 0 or len(entered) >= wanted:
                break
            if int(i) not in entered:
                entered.append(int(i))
        if len(entered) >= wanted:
            break
    return entered


def responses(target: Ints | Floats, task: Task) -> Floats:
    """What the lasso is fitted to: the number, a class's indicator, or one for each class."""
    if not is_classification(task):
        return as_response(target, task).astype(np.float64)[:, None]
    indicators = (target[:, None] == np.unique(target)).astype(np.float64)
    return indicators[:, 1:] if indicators.shape[1] == 2 else indicators


def choose(
    X: pd.DataFrame,
    y: Target,
    *,
    task: Task,
    seed: int,
    rounds: int,
    threshold: float,
    false_columns: float,
) -> Selection:
    """On each random half of the rows, note which columns enter the lasso path first.

    How many are noted on each half, q, follows from the bound of Meinshausen & Bühlmann (2010):
    the expected number of columns kept in error is at most q² / ((2 threshold - 1) p). Classes are
    fitted as 0/1 indicators by least squares, whose lasso path finds the columns of linear
    discriminant analysis (Mai, Zou & Yuan 2012). The merit is the bound with the q used.
    """
    target = outcome(y, task)
    encoded = encode(X)
    response = responses(target, task)
    n, p = len(X), len(encoded.sources)
    wanted = max(1, min(p, int(np.sqrt(false_columns * (2.0 * threshold - 1.0) * p))))
    draw = np.random.default_rng(seed)
    times = np.zeros(p)
    for _ in range(rounds):
        order = draw.permutation(n)[: max(2, n // 2)]
        half = order[sampled(target[order], task, MOST_ROWS, draw)]
        part = encoded.matrix[half]
        part = part - part.mean(axis=0)
        spread = part.std(axis=0)
        part = part / np.where(spread <= 1e-12, 1.0, spread)
        entered = first_in(
            Encoded(part, encoded.owner, encoded.sources), response[half], task, wanted
        )
        times[entered] += 1
    notes: tuple[str, ...] = ()
    if n // 2 > MOST_ROWS:
        notes = (f"Each half-sample was cut to {MOST_ROWS:,} rows.",)
    scores = named(encoded.sources, times / rounds)
    selected, more = keep(scores, passing={c for c, s in scores.items() if s >= threshold})
    return Selection(
        selected=selected,
        scores=scores,
        score_name="share of half-samples in which it is chosen",
        merit=wanted**2 / ((2.0 * threshold - 1.0) * p),
        merit_name="columns kept in error, at most, on average",
        notes=notes + more,
    )


def build(
    task: Task,
    seed: int,
    rounds: int = 50,
    threshold: float = 0.7,
    false_columns: float = 1.0,
) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    params = {"rounds": rounds, "threshold": threshold, "false_columns": false_columns}
    return Selector(choose, task, seed, params)


STRATEGY = Strategy(
    kind="selector",
    key="stability",
    label="Stability selection",
    summary="Keeps the columns that a lasso picks on most halves of the rows, with a known error.",
    build=build,
    params=(
        Param(
            key="rounds",
            label="Half-samples",
            kind="int",
            default=50,
            low=10,
            high=500,
            help="Random halves of the rows that are looked at.",
            scale="log",
        ),
        Param(
            key="threshold",
            label="Least share",
            kind="float",
            default=0.7,
            low=0.55,
            high=0.95,
            help="Share of the half-samples in which a column must be chosen.",
            source="Meinshausen & Bühlmann (2010): 0.6 to 0.9",
        ),
        Param(
            key="false_columns",
            label="Columns in error",
            kind="float",
            default=1.0,
            low=0.05,
            high=50.0,
            help="How many columns kept in error are accepted on average; more keeps more.",
            scale="log",
        ),
    ),
    source="Meinshausen & Bühlmann (2010), Stability selection",
    requires=enough_rows,
    family="embedded",
    order=180,
)
