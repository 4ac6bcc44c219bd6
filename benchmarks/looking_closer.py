"""What a person waits for on the Compare page, with predictions of many rows.

Command: ``python benchmarks/looking_closer.py [--rows 100000] [--folds 5] [--columns 20]``

One candidate's simulated out-of-fold predictions; no model is fitted. Prints:

* ``threshold``: milliseconds from a moved slider to the two finished charts, the figures and the
  cheapest threshold (at most 100 is asked for), and over them the milliseconds that scikit-learn
  takes for the same figures and the same curve of metrics at the same number of thresholds;
* ``prepared``: what it takes once, before the first move;
* ``slices``: seconds in which a column's slices are scored by average precision with intervals, and
  over them the seconds that a bootstrap of the rows takes in the same run;
* ``search``: seconds of the search over all columns, and of pricing the leaderboard once.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
from sklearn import metrics as sk

from outfold.draw import confusion, threshold_curve
from outfold.judge.cost_matrix import CostMatrix
from outfold.judge.expected_cost import honest_costs
from outfold.judge.row_groups import row_groups
from outfold.judge.slices import slices, weakest
from outfold.judge.threshold import GRID, Thresholds, thresholds
from outfold.metrics.catalogue import catalogue
from outfold.study.results import Predictions
from outfold.study.study import NONE, Candidate, Choice

COSTS = CostMatrix(1, 5)


def predicted(rows: int, folds: int) -> Predictions:
    """Binary predictions as a run stores them, a tenth of the rows positive."""
    rng = np.random.default_rng(0)
    truth = (rng.random(rows) < 0.1).astype(int)
    p = 1 / (1 + np.exp(-(1.5 * truth - 2.2 + rng.normal(size=rows))))
    order = rng.permutation(rows)
    split = np.repeat(np.arange(folds), -(-rows // folds))[:rows]
    return Predictions(
        Candidate(NONE, NONE, Choice("logistic")), "binary", ("no", "yes"), 1, order, split,
        truth[order], np.column_stack([1 - p, p])[order], None, None, None,
        np.tile([0.9, 0.1], (rows, 1)), (rows - rows // folds,) * folds,
    )  # fmt: skip


def median_ms(call: Callable[[int], object], times: int = 15) -> float:
    """Milliseconds of a call, median; each call is told its number."""
    took = []
    for place in range(times):
        start = time.perf_counter()
        call(place)
        took.append(1000 * (time.perf_counter() - start))
    return float(np.median(took))


def moved(found: Thresholds, at: float) -> None:
    """Everything that follows from a moved slider, to the charts as they go to the browser."""
    found.at(at), found.cost(COSTS, at), found.best(COSTS)
    for figure in (
        confusion.draw(found.confusion(at), {}),
        threshold_curve.draw(found, at, list(threshold_curve.SHOWN), COSTS, {}),
    ):
        json.dumps(figure.to_plotly_json(), default=lambda v: np.asarray(v).tolist())


def by_sklearn(made: Predictions, at: float) -> None:
    """The same figures at one threshold, and along as many thresholds as the curve has."""
    assert made.probability is not None
    score, truth = made.probability[:, 1], made.truth
    said = score >= at
    sk.confusion_matrix(truth, said)
    for figure in (sk.recall_score, sk.precision_score, sk.f1_score, sk.accuracy_score,
                   sk.balanced_accuracy_score, sk.matthews_corrcoef):  # fmt: skip
        figure(truth, said)
    for place in np.linspace(0, 1, GRID):
        sk.confusion_matrix(truth, score >= place)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--columns", type=int, default=20)
    options = parser.parse_args()
    made = predicted(options.rows, options.folds)
    start = time.perf_counter()
    found = thresholds(made)
    prepared = 1000 * (time.perf_counter() - start)
    moved(found, 0.5)
    ours = median_ms(lambda place: moved(found, 0.3 + place / 50))
    theirs = median_ms(lambda place: by_sklearn(made, 0.3 + place / 50), 1)
    print(f"threshold: {ours:.0f} ms a move, scikit-learn {theirs / ours:.0f} times as long")
    print(f"prepared: {prepared:.0f} ms once")
    rng = np.random.default_rng(1)
    column = pd.Series(rng.choice(list("abcdefgh"), options.rows), name="column")
    groups = row_groups(column)
    metric = catalogue()["average_precision"]
    start = time.perf_counter()
    slices(made, groups, metric)
    by_formula = time.perf_counter() - start
    start = time.perf_counter()
    slices(made, groups, dataclasses.replace(metric, influence=None))
    by_draws = time.perf_counter() - start
    print(f"slices: {by_formula:.2f} s, a bootstrap {by_draws / by_formula:.0f} times as long")
    every = [
        row_groups(pd.Series(rng.choice(list("abcdefgh"), options.rows), name=f"column {place}"))
        for place in range(options.columns)
    ]
    start = time.perf_counter()
    weakest(made, every, metric)
    searched = time.perf_counter() - start
    start = time.perf_counter()
    honest_costs(made).by_split(COSTS)
    priced = time.perf_counter() - start
    print(f"search: {searched:.2f} s over {options.columns} columns; pricing {priced:.3f} s")


if __name__ == "__main__":
    main()
