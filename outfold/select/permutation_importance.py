"""Keep the columns whose shuffling makes a model's held-out predictions worse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import Param, Ranks, Strategy
from outfold.select.columns import Floats, Ints, Target, named, outcome
from outfold.select.encode import Encoded, encode
from outfold.select.inner_score import make
from outfold.select.keep import K_LIMIT
from outfold.select.linear_model import as_response, fit_quietly
from outfold.select.ranking import ByRank, Ranking
from outfold.select.sampling import enough_rows, inner_folds, said, sampled
from outfold.select.selection import Selection
from outfold.task import Task, is_classification

MOST_ROWS = 3_000
"""Above this, models are fitted and judged on a sample of the rows."""

FOLDS = 5

ERROR = "standard error over the inner folds"

BLOCK = 2_000_000
"""Numbers of shuffled rows that are predicted at a time."""


def model_of(kind: str, task: Task, seed: int, trees: int) -> Any:
    """The model whose predictions are disturbed."""
    if kind != "forest":
        return make(kind, task, seed)
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    forest = RandomForestClassifier if is_classification(task) else RandomForestRegressor
    return forest(n_estimators=trees, min_samples_leaf=3, random_state=seed, n_jobs=1)


def row_losses(model: Any, matrix: Floats, truth: Ints | Floats, task: Task) -> Floats:
    """Squared error of each row; for classes of the probabilities, summed over the classes."""
    if not is_classification(task):
        error = truth - model.predict(matrix)
        return np.asarray(error**2, dtype=np.float64)
    happened = (truth[:, None] == model.classes_).astype(np.float64)
    missed = model.predict_proba(matrix) - happened
    return np.asarray((missed**2).sum(axis=1), dtype=np.float64)


def used(model: Any, encoded: Encoded) -> list[int]:
    """The sources that a fitted model looks at; shuffling another one changes nothing."""
    if hasattr(model, "feature_importances_"):
        weight = np.asarray(model.feature_importances_, dtype=np.float64)
    else:
        weight = np.abs(np.atleast_2d(model.coef_)).max(axis=0)
    return [int(i) for i in np.flatnonzero(encoded.largest(weight) > 0)]


def fold_importances(
    encoded: Encoded,
    response: Ints | Floats,
    task: Task,
    seed: int,
    *,
    kind: str,
    trees: int,
    repeats: int,
) -> Floats:
    """R² lost on held-out rows when a source is shuffled there, ``(FOLDS, n_sources)``.

    All levels and parts of a source are shuffled by one order, mean over the repeats.
    """
    draw = np.random.default_rng(seed)
    found = np.zeros((FOLDS, len(encoded.sources)))
    for fold, (train, test) in enumerate(inner_folds(response, task, FOLDS, seed)):
        model = model_of(kind, task, seed, trees)
        fit_quietly(model, encoded.matrix[train], response[train])
        held, truth = encoded.matrix[test], response[test]
        whole = float(row_losses(model, held, truth, task).mean())
        null = null_loss(response[train], truth, task)
        if null <= 0:
            continue
        at_once = max(1, BLOCK // max(held.size, 1))
        jobs = [source for source in used(model, encoded) for _ in range(repeats)]
        for start in range(0, len(jobs), at_once):
            some = jobs[start : start + at_once]
            rows = np.tile(held, (len(some), 1))
            for place, source in enumerate(some):
                part = rows[place * len(held) : (place + 1) * len(held)]
                columns = encoded.owner == source
                part[:, columns] = held[draw.permutation(len(held))][:, columns]
            again = np.concatenate([truth] * len(some))
            loss = row_losses(model, rows, again, task)
            for source, value in zip(some, loss.reshape(len(some), -1).mean(axis=1), strict=True):
                found[fold, source] += (float(value) - whole) / null / repeats
    return found


def null_loss(train: Ints | Floats, truth: Ints | Floats, task: Task) -> float:
    """The same error of the training mean, or of the training shares of the classes."""
    if not is_classification(task):
        return float(np.mean((truth - train.mean()) ** 2))
    levels = np.unique(train)
    share = (train[:, None] == levels).mean(axis=0)
    happened = (truth[:, None] == levels).astype(np.float64)
    return float(((share - happened) ** 2).sum(axis=1).mean())


def rank(
    X: pd.DataFrame,
    y: Target,
    *,
    task: Task,
    seed: int,
    model: str,
    trees: int,
    repeats: int,
) -> Ranking:
    """Rank the columns by their mean importance over inner folds.

    Columns that say the same share their importance, since each stands in for the other; follow a
    selector that drops repeats to avoid that.
    """
    target = outcome(y, task)
    rows = sampled(target, task, MOST_ROWS, np.random.default_rng(seed))
    notes = said(len(rows), len(X), "Models were fitted and judged on")
    encoded = encode(X.iloc[rows])
    response = as_response(target[rows], task)
    found = fold_importances(
        encoded, response, task, seed, kind=model, trees=trees, repeats=repeats
    )
    error = found.std(axis=0, ddof=1) / FOLDS**0.5
    return Ranking(
        named(encoded.sources, found.mean(axis=0)),
        "R² of inner folds lost when it is shuffled",
        figures={ERROR: named(encoded.sources, error)},
        notes=notes,
    )


def cut(ranking: Ranking, *, errors: float, k: int | None) -> Selection:
    """Keep the columns whose mean importance is so many standard errors over the folds above 0."""
    error = ranking.figures[ERROR]
    passing = {n for n, mean in ranking.scores.items() if mean > 0 and mean > errors * error[n]}
    return ranking.cut(k, passing)


RANKS = Ranks(("errors", "k"))
BY_RANK = ByRank(rank, cut, RANKS)


def build(
    task: Task,
    seed: int,
    model: str = "forest",
    trees: int = 60,
    repeats: int = 5,
    errors: float = 2.0,
    k: int | None = None,
) -> Any:
    """The transformer; see ``outfold.select``."""
    from outfold.select.selector import Selector

    params = {"model": model, "trees": trees, "repeats": repeats, "errors": errors, "k": k}
    return Selector(BY_RANK, task, seed, params)


STRATEGY = Strategy(
    kind="selector",
    key="permutation_importance",
    label="Permutation importance",
    summary="Keeps columns whose shuffling makes a model worse on rows that it was not fitted on.",
    build=build,
    params=(
        Param(
            key="model",
            label="Inner model",
            kind="choice",
            default="forest",
            choices=("forest", "linear", "tree"),
            help="What is fitted in each inner fold: a random forest, logistic or ridge, or a "
            "small tree.",
        ),
        Param(
            key="trees",
            label="Trees",
            kind="int",
            default=60,
            low=10,
            high=500,
            help="Of a forest: more give steadier importances and take longer.",
            scale="log",
        ),
        Param(
            key="repeats",
            label="Shuffles",
            kind="int",
            default=5,
            low=1,
            high=50,
            help="How often each column is shuffled in each inner fold.",
        ),
        Param(
            key="errors",
            label="Standard errors",
            kind="float",
            default=2.0,
            low=0.0,
            high=10.0,
            help="How many standard errors over the inner folds an importance must exceed.",
        ),
        K_LIMIT,
    ),
    source="Breiman (2001), Random forests; Fisher, Rudin & Dominici (2019)",
    requires=enough_rows,
    family="embedded",
    ranks=RANKS,
    order=170,
)
