"""SHAP values of every registered model, beside the shap library on the same model and rows.

Command: ``python benchmarks/explain.py [--rows 32000] [--explain 2000] [--workers 2] [--models A]``

Each binary model is fitted on four fifths of 32,000 × 14 generated mixed rows; rows of the last
fifth are explained, shared between worker processes as a run shares its splits. Trees are to take
under 5 seconds, every other model under 30; the budget of 24 seconds is the product's own. Prints
wall seconds (compiling once for each worker and fitting apart), rows done, walks, the largest
residual, and for scikit-learn's trees what shap's TreeExplainer takes for each row over what ours
takes.
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
from outfold.study.explain.shapley import Shapley, shapley
from outfold.study.explain.step import REFERENCE_ROWS

PEER_ROWS = 3
"""Rows that the peer explains; it takes seconds for each."""
_KEPT: dict[str, Any] = {}


def explain(key: str, path: Path, start: int, stop: int, seconds: float) -> tuple[Shapley, float]:
    """Explain some rows in a worker that has the model loaded already."""
    import pickle

    if key not in _KEPT:
        _KEPT[key] = pickle.loads(path.read_bytes())
        model, rows, reference = _KEPT[key]
        shapley(model, rows.iloc[:2], reference.iloc[:50], "binary", seconds=0.01)
    model, rows, reference = _KEPT[key]
    began = time.perf_counter()
    found = shapley(model, rows.iloc[start:stop], reference, "binary", seed=start, seconds=seconds)
    return found, time.perf_counter() - began


def peer(model: Any, rows: Any) -> float:
    """Seconds for each row by shap's TreeExplainer, along the paths; NaN where it cannot."""
    import shap

    inner = getattr(model, "estimator_", None)
    if not hasattr(inner, "estimators_") and not hasattr(inner, "tree_"):
        return float("nan")
    theirs = shap.TreeExplainer(inner, feature_perturbation="tree_path_dependent")
    matrix = model.encode(rows.iloc[:PEER_ROWS])
    began = time.perf_counter()
    theirs.shap_values(matrix, check_additivity=False)
    return (time.perf_counter() - began) / PEER_ROWS


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
    keys = [k for k in options.models.split(",") if k] or [
        s.key for s in registry("model") if "binary" in s.tasks
    ]
    budget = Explaining().seconds
    print(f"{len(rows):,} of {options.rows:,} rows, {train.shape[1]} prepared columns, "
          f"{options.workers} workers, budget {budget:g} s")  # fmt: skip
    print(f"{'model':24s}{'fit s':>8s}{'SHAP s':>8s}{'asked':>7s}{'rows':>7s}{'walks':>7s}"
          f"{'residual':>10s}{'peer s/row ÷ ours':>20s}")  # fmt: skip
    edges = np.linspace(0, len(rows), options.workers + 1).astype(int).tolist()
    with (
        tempfile.TemporaryDirectory() as folder,
        Parallel(n_jobs=options.workers, backend="loky") as pool,
    ):
        for key in keys:
            began = time.perf_counter()
            model = registry("model")[key].build(task="binary", seed=0)
            model.fit(train, y[:edge])
            fit = time.perf_counter() - began
            path = Path(folder) / key
            path.write_bytes(pickle.dumps((model, rows, reference)))
            found = pool(
                delayed(explain)(key, path, a, b, budget) for a, b in itertools.pairwise(edges)
            )
            seconds = max(s for _, s in found)
            done = sum(len(f.values) for f, _ in found)
            residual = max(f.residual for f, _ in found)
            theirs = peer(model, rows) * done / seconds / options.workers
            tree = found[0][0].method in ("tree", "boosted tree")
            print(f"{key:24s}{fit:8.1f}{seconds:8.1f}{'< 5' if tree else '< 30':>7s}{done:7,}"
                  f"{found[0][0].walks:7d}{residual:10.0e}"
                  f"{'' if theirs != theirs else f'{theirs:.0f} ×':>20s}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
