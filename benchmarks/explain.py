"""SHAP values of every registered model, beside the shap library on the same model and rows.

Command: ``python benchmarks/explain.py [--rows 32000] [--explain 2000] [--workers 2] [--models A]``

Each model is fitted on four fifths of 32,000 × 14 generated mixed rows, for two classes or, where
it takes none, for numbers; rows of the last fifth are explained, shared between worker processes as
a run shares its splits, and each has its share of the product's own 24 seconds. Trees are to take
under 5 seconds, every other model under 30. Prints wall seconds (compiling once for each worker and
fitting apart), rows done, walks with the largest standard error of a value, the largest residual;
and, where values are not the shap library's own, what its explainer for that model takes for each
row over what ours takes, with its residual, on a few rows.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.grid import mixed_table
from outfold.registry import registry
from outfold.study.explain.explaining import Explaining
from outfold.study.explain.players import Codes
from outfold.study.explain.shapley import Shapley, answer_of, shapley
from outfold.study.explain.step import REFERENCE_ROWS
from outfold.study.explain.trees import trees_of
from outfold.task import Task

PEER_ROWS = 3
"""Rows that the peer explains where it takes seconds for each."""
PEER_BACKGROUND = 3
"""Reference rows of its explainer for any model, which takes as many predictions as our walks."""
_KEPT: dict[str, Any] = {}


def explain(
    key: str, path: Path, task: Task, start: int, stop: int, seconds: float
) -> tuple[Shapley, float]:
    """Explain some rows in a worker that has the model loaded already."""
    import pickle

    if key not in _KEPT:
        _KEPT[key] = pickle.loads(path.read_bytes())
        model, rows, reference = _KEPT[key]
        shapley(model, rows.iloc[:2], reference.iloc[:50], task, seconds=0.01)
    model, rows, reference = _KEPT[key]
    began = time.perf_counter()
    found = shapley(model, rows.iloc[start:stop], reference, task, seed=start, seconds=seconds)
    return found, time.perf_counter() - began


def peer(model: Any, rows: Any, reference: Any, task: Task) -> tuple[float, float]:
    """Seconds for each row and residual of the shap library's explainer for a model."""
    import shap

    inner, answer = getattr(model, "estimator_", None), answer_of(model, task)
    began = time.perf_counter()
    try:
        found = shap.TreeExplainer(inner)
        rows = rows.iloc[:PEER_ROWS]
        trees = trees_of(model)
        said = trees.output(rows) if trees else answer(rows)
        explained = found(model.encode(rows), check_additivity=False)
    except shap.utils._exceptions.InvalidModelError:
        codes, rows = Codes(rows), rows.iloc[:PEER_ROWS]
        masker = shap.maskers.Independent(codes.matrix(reference.iloc[:PEER_BACKGROUND]))
        found = shap.PermutationExplainer(lambda m: answer(codes.frame(np.asarray(m))), masker)
        explained = found(
            codes.matrix(rows), max_evals=2 * rows.shape[1] + 1, silent=True
        )  # fmt: skip
        said = answer(rows)
    seconds = (time.perf_counter() - began) / len(rows)
    summed = np.asarray(explained.base_values) + np.asarray(explained.values).sum(axis=1)
    return seconds, float(np.abs(summed.reshape(len(rows), -1) - said).max())


def main() -> None:
    """Measure and print."""
    import pickle
    import tempfile

    from joblib import Parallel, delayed

    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=32_000)
    parser.add_argument("--explain", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--models", default="")
    options = parser.parse_args()
    warnings.simplefilter("ignore")

    frame = mixed_table(options.rows)
    target = str(frame.columns[-1])
    names = sorted(frame[target].astype("str").unique())
    y = (frame[target].astype("str") == names[-1]).astype(int).to_numpy()
    edge = options.rows * 4 // 5
    features = frame.drop(columns=target)
    prepare = registry("preparation")["standard"].build(task="binary", seed=0)
    train = prepare.fit_transform(features.iloc[:edge], y[:edge]).reset_index(drop=True)
    rows = prepare.transform(features.iloc[edge : edge + options.explain]).reset_index(drop=True)
    reference = train.iloc[
        np.sort(np.random.default_rng(0).choice(edge, min(edge, REFERENCE_ROWS), replace=False))
    ]
    # Numbers: what the classes follow from, so that both tasks are of one kind.
    numbers = np.exp(features["number 0"].to_numpy() / 3) + y
    keys = [k for k in options.models.split(",") if k] or list(registry("model").keys())
    budget = Explaining().seconds
    print(f"{len(rows):,} of {options.rows:,} rows, {train.shape[1]} prepared columns, "
          f"{options.workers} workers, budget {budget:g} s")  # fmt: skip
    print(f"{'model':24s}{'fit s':>8s}{'SHAP s':>8s}{'asked':>7s}{'rows':>7s}{'walks':>7s}"
          f"{'error':>8s}{'residual':>10s}{'peer s/row ÷ ours':>20s}"
          f"{'its residual':>14s}")  # fmt: skip
    edges = np.linspace(0, len(rows), options.workers + 1).astype(int).tolist()
    with (
        tempfile.TemporaryDirectory() as folder,
        Parallel(n_jobs=options.workers, backend="loky") as pool,
    ):
        for key in keys:
            began = time.perf_counter()
            strategy = registry("model")[key]
            task: Task = "binary" if "binary" in strategy.tasks else "regression"
            target_of = y if task == "binary" else numbers
            model = strategy.build(task=task, seed=0)
            model.fit(train, target_of[:edge])
            fit = time.perf_counter() - began
            path = Path(folder) / key
            path.write_bytes(pickle.dumps((model, rows, reference)))
            found = pool(
                delayed(explain)(key, path, task, a, b, budget / options.workers)
                for a, b in itertools.pairwise(edges)
            )
            seconds = max(s for _, s in found)
            done = sum(len(f.values) for f, _ in found)
            residual = max(f.residual for f, _ in found)
            error = max(f.error for f, _ in found)
            tree = found[0][0].method in ("tree", "tree paths")
            beside = f"{'is the library':>20s}"
            if found[0][0].method in ("tree", "sampled"):
                theirs, off = peer(model, rows, reference, task)
                beside = f"{theirs * done / seconds / options.workers:18.2g} ×{off:14.0e}"
            print(f"{key:24s}{fit:8.1f}{seconds:8.2f}{'< 5' if tree else '< 30':>7s}{done:7,}"
                  f"{min(f.walks for f, _ in found):7d}{error:8.2g}{residual:10.0e}"
                  f"{beside}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
