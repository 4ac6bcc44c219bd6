"""What the executor adds to each step: many trivial steps, and what they cost beyond themselves.

Command: ``python benchmarks/overhead.py [--candidates 40] [--folds 10] [--workers 2] [--repeat 3]``

The study has small models on a table of 400 × 6, so hardly anything but the executor is measured:
planning, sending, memory mapping, events, gathering, scoring with every metric, writing predictions
to files and everything else to SQLite, and the measuring of latency. The steps' own times are what
preparing, selecting, resampling, fitting and predicting took on the workers. Overhead per step is
(wall seconds × workers − the steps' own seconds) ÷ (steps × workers), that is wall seconds that a
step adds. Workers are started and warm before the clock starts. A second run of the same study,
where all is reused, is timed beside it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd

from outfold.study.cluster import connected
from outfold.study.defaults import default_study
from outfold.study.execute import execute
from outfold.study.run import new_run, plan_of, result
from outfold.study.study import Choice, Study, Validation
from outfold.study.workspace import Workspace


def study_of(workspace: Workspace, candidates: int, folds: int) -> Study:
    """Ridge classifiers with as many penalties as candidates are asked for."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(400, 6)), columns=[f"x{i}" for i in range(6)])
    frame["y"] = np.where(frame.sum(axis=1) + rng.normal(size=400) > 0, "yes", "no")
    dataset = workspace.datasets.add_frame(frame, "small")
    study = default_study(dataset, workspace.datasets.frame(dataset.key))
    models = tuple(Choice.of("logistic", C=float(c)) for c in np.logspace(-2, 2, candidates))
    return study.replace(
        target="y", task="binary", positive="yes", models=models, selectors=(Choice("none"),),
        resamplers=(Choice("none"),), validation=Validation("stratified", folds=folds),
    )  # fmt: skip


def own_seconds(workspace: Workspace, run: str) -> tuple[int, float, float]:
    """Distinct steps of a run, what they took on the workers, and what measuring latency took."""
    plan = plan_of(workspace, run)
    assert plan is not None
    bodies = workspace.records.steps(list(dict.fromkeys(k for f in plan.fits.values() for k in f)))
    steps = plan.by_key()
    seconds: dict[str, float] = {}
    for key, body in bodies.items():
        at = key
        while at in steps:
            if (log := body["logs"].get(steps[at].kind)) is not None:
                seconds[at] = log["step_seconds"]
            at = steps[at].parent
    measuring = sum(b.get("serving_seconds", 0.0) for b in bodies.values())
    return len(seconds), sum(seconds.values()), measuring


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=40)
    parser.add_argument("--folds", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    found = []
    with connected("", options.workers) as client, tempfile.TemporaryDirectory() as folder:
        for repeat in range(options.repeat + 1):
            workspace = Workspace(Path(folder) / str(repeat))
            study = study_of(workspace, options.candidates, options.folds)
            run = new_run(workspace, study, "", claimed=True)
            start = time.perf_counter()
            execute(workspace, run, client)
            wall = time.perf_counter() - start
            measured = result(workspace, run)
            assert len(measured.finished()) == len(measured.candidates), measured.reason
            n_steps, own, measuring = own_seconds(workspace, run)
            start = time.perf_counter()
            again = new_run(workspace, study, "", claimed=True)
            execute(workspace, again, client)
            result(workspace, again)
            reused = time.perf_counter() - start
            if not repeat:
                continue  # the first one warms the workers
            found.append(1000 * (wall - own / options.workers) / n_steps)
            print(
                f"{n_steps} steps in {wall:.2f} s; their own times {own:.2f} s, latency measuring "
                f"{measuring:.2f} s; overhead {found[-1]:.2f} ms a step; all reused {reused:.2f} s"
            )
    print(f"median overhead {np.median(found):.2f} ms a step (at most 5 is asked for)")


if __name__ == "__main__":
    main()
