"""What selectors take: mutual information beside scikit-learn's, CFS on many columns, and memory.

Command: ``python benchmarks/selection.py [--rows 20000] [--columns 50]``

Prints, processes apart and one thread each:

* seconds of ranking all columns by mutual information over those of scikit-learn's
  ``mutual_info_classif`` on the same matrix with the same neighbours (at most 1.0 is asked for),
  for a target of classes and for numbers, and the largest difference of a value;
* seconds of CFS on 2,000 rows of 1,000 columns (seconds are asked for);
* seconds of cutting one ranking of 60 rows of 2,000 columns at 1, 2, 4, … columns over those of
  ranking anew for each size, and whether the same columns are kept;
* the most memory that each took beyond the table (at most 1 GiB is asked for).
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd

Outcome = tuple[float, float, np.ndarray]


def table(rows: int, columns: int, task: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Numbers, a fifth of which tell something about the target."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, columns))
    told = X[:, : max(1, columns // 5)].sum(axis=1) + rng.normal(size=rows)
    y = told if task == "regression" else (told > np.quantile(told, 0.7)).astype(int)
    return pd.DataFrame(X, columns=[f"x{i}" for i in range(columns)]), y


def ours(rows: int, columns: int, task: str, key: str) -> Outcome:
    """Fit a registered selector; seconds, bytes beyond the table, and its scores."""
    from outfold.registry import registry

    X, y = table(rows, columns, task)
    strategy = registry("selector")[key]
    selector = strategy.build(task=task, seed=0, **strategy.complete({}))
    small, few = table(200, 5, task)
    selector.fit(small, few)  # imports
    return measured(lambda: np.array(list(selector.fit(X, y).selection_.scores.values())))


def shared(rows: int, columns: int, task: str, key: str) -> Outcome:
    """A ranking cut at each size; instead of scores the seconds alone and whether all agrees."""
    from outfold.registry import registry

    X, y = table(rows, columns, task)
    strategy = registry("selector")[key]
    assert strategy.ranks is not None
    sizes = [2**i for i in range(columns.bit_length()) if 2**i < columns]
    each = [strategy.complete({"k": k}) for k in sizes]
    selectors = [strategy.build(task=task, seed=0, **params) for params in each]
    small, few = table(200, 5, task)
    selectors[0].fit(small, few)  # imports

    def at_once() -> np.ndarray:
        wanted = strategy.ranks.before(each[0], sizes)
        ranking = selectors[0].rank_columns(X, y, wanted)
        return np.array([hash(s.cut_ranking(ranking).selected) for s in selectors])

    together, grown, found = measured(at_once)
    alone = time.perf_counter()
    apart_ = [hash(s.fit(X, y).selection_.selected) for s in selectors]
    alone = time.perf_counter() - alone
    return together, grown, np.array([alone, len(sizes), float((found == apart_).all())])


def theirs(rows: int, columns: int, task: str, key: str) -> Outcome:
    """The same by scikit-learn."""
    from sklearn.feature_selection import mutual_info_classif, mutual_info_regression

    X, y = table(rows, columns, task)
    call = mutual_info_regression if task == "regression" else mutual_info_classif
    call(X.iloc[:200, :5], y[:200], random_state=0)
    return measured(lambda: np.asarray(call(X, y, n_neighbors=3, random_state=0)))


def measured(call: Callable[[], np.ndarray]) -> Outcome:
    """Wall seconds of a call, and by how much the process's peak memory grew."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    found = call()
    seconds = time.perf_counter() - start
    return seconds, 1024.0 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before), found


def apart(call: Callable[..., Outcome], *given: object) -> Outcome:
    """Carry a measurement out in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(call, given)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--columns", type=int, default=50)
    options = parser.parse_args()
    for task in ("binary", "regression"):
        size = (options.rows, options.columns, task, "mutual_info")
        mine, peer = apart(ours, *size), apart(theirs, *size)
        print(
            f"mutual information, {task}, {options.rows:,} x {options.columns}: {mine[0]:.2f} s "
            f"over scikit-learn's {peer[0]:.2f} s, ratio {mine[0] / peer[0]:.2f} (at most 1 is "
            f"asked for); {mine[1] / 2**20:.0f} MiB beyond the table; values apart by at most "
            f"{np.abs(mine[2] - peer[2]).max():.1e}"
        )
    for key in ("mutual_info", "mrmr", "relieff", "correlation"):
        together, _, (alone, sizes, same) = apart(shared, 60, 2_000, "binary", key)
        print(
            f"{key}, 60 x 2,000 at {sizes:.0f} sizes: {together:.2f} s with one ranking over "
            f"{alone:.2f} s with one each, ratio {together / alone:.2f}; "
            f"{'the same columns' if same else 'OTHER COLUMNS'}"
        )
    for task in ("binary", "regression"):
        seconds, grown, _ = apart(ours, 2_000, 1_000, task, "cfs")
        print(
            f"CFS, {task}, 2,000 x 1,000: {seconds:.2f} s, {grown / 2**20:.0f} MiB beyond the table"
        )


if __name__ == "__main__":
    main()
