"""What a change to a finished study costs, beside the steps that it adds.

Command: ``python benchmarks/what_if.py [--rows 32000] [--workers 2] [--repeat 1]``

A grid of models × selectors × resamplers × five folds is run; then again with nothing changed, with
another metric, and with one selector more. Prints, as ratios of the same run:

* ``added``: wall seconds of the run with one selector more over the scheduled length of the steps
  that it adds (each step's own measured seconds, longest way first on the same workers); at most
  1.15 is asked for;
* ``same``: wall seconds of an unchanged run to its full leaderboard; under 1 is asked
  for, and the same with another metric;
* ``foretold``: what the forecast said over what each run took;
* milliseconds of one forecast of the largest plan, with everything stored and in a fresh workspace.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.grid import mixed_table
from outfold.judge.leaderboard import leaderboard
from outfold.study.cluster import connected
from outfold.study.defaults import default_study
from outfold.study.execute import execute
from outfold.study.forecast import forecast, size_of_table
from outfold.study.plan import Plan
from outfold.study.run import new_run, plan_of, result
from outfold.study.schedule import makespan
from outfold.study.study import Choice, Study
from outfold.study.table import study_table
from outfold.study.workspace import Workspace

MODELS = ("logistic", "random_forest", "hist_gradient_boosting", "lightgbm", "naive_bayes")
SELECTORS = ("none", "mutual_info", "cfs")
RESAMPLERS = ("none", "class_weight", "smotenc")
MORE = "anova_f"


def timed(workspace: Workspace, study: Study, client: Any) -> tuple[float, float, str]:
    """Wall seconds to the leaderboard, what was foretold over the run's own, and the run."""
    run = new_run(workspace, study, "", claimed=True)
    start = time.perf_counter()
    execute(workspace, run, client)
    board = leaderboard(result(workspace, run))
    seconds = time.perf_counter() - start
    record = workspace.records.run(run)
    assert record.state == "finished", record.reason
    assert all(row.rank or row.reason for row in board.rows)
    assert record.predicted_seconds is not None
    assert record.seconds is not None
    return seconds, record.predicted_seconds / max(record.seconds, 1e-3), run


def length_of(workspace: Workspace, plan: Plan, old: set[str], workers: int) -> float:
    """The scheduled length of a plan's steps that an earlier plan had not, as they were measured.

    A new fit under an old selection needs its preparation again; what the store holds is free.
    """
    steps = plan.by_key()
    wanted: set[str] = set()
    for key in (k for keys in plan.fits.values() for k in keys if k not in old):
        while key in steps and key not in wanted:
            wanted.add(key)
            key = steps[key].parent
    keys = sorted(wanted)
    took = workspace.records.timings(keys + [f"serve-{k}" for k in keys])
    stored = {k for k in wanted & old if steps[k].kind == "select"}
    seconds = {
        k: 0.0
        if k in stored
        else took[k].seconds + (took[f"serve-{k}"].seconds if f"serve-{k}" in took else 0.0)
        for k in wanted
        if k in took
    }
    ordered = [s for s in plan.steps if s.key in seconds]
    return makespan(ordered, seconds, workers)


def forecast_ms(workspace: Workspace, plan: Plan, study: Study, workers: int) -> float:
    """Milliseconds of one forecast, median of nine."""
    size = size_of_table(study_table(workspace, study))
    times = []
    for _ in range(9):
        start = time.perf_counter()
        forecast(workspace, plan, workers, size)
        times.append(1000 * (time.perf_counter() - start))
    return float(np.median(times))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=32_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=1)
    options = parser.parse_args()
    added = []
    with connected("", options.workers) as client:
        for repeat in range(options.repeat):
            with tempfile.TemporaryDirectory() as folder:
                workspace = Workspace(Path(folder))
                dataset = workspace.datasets.add_frame(
                    mixed_table(options.rows, repeat), "generated"
                )
                frame = workspace.datasets.frame(dataset.key)
                study = default_study(dataset, frame).replace(
                    target="outcome", task="binary", positive="yes",
                    models=tuple(map(Choice, MODELS)), selectors=tuple(map(Choice, SELECTORS)),
                    resamplers=tuple(map(Choice, RESAMPLERS)), metric="roc_auc",
                )  # fmt: skip
                warm = study.replace(models=(Choice("naive_bayes"),), seed=99)
                timed(workspace, warm, client)
                first, told_first, run = timed(workspace, study, client)
                plan = plan_of(workspace, run)
                assert plan is not None
                before = set(plan.by_key())
                print(
                    f"grid: {len(plan.steps)} steps, {first:.1f} s, foretold {told_first:.2f} of it"
                )
                same, *_ = timed(workspace, study, client)
                metric, *_ = timed(workspace, study.replace(metric="brier"), client)
                print(f"same: {same:.2f} s (under 1 is asked for), another metric {metric:.2f} s")
                more = study.replace(selectors=(*study.selectors, Choice(MORE)))
                seconds, told, run = timed(workspace, more, client)
                plan = plan_of(workspace, run)
                assert plan is not None
                length = length_of(workspace, plan, before, options.workers)
                added.append(seconds / length)
                print(
                    f"added: {seconds:.1f} s over {length:.1f} s of new steps on "
                    f"{options.workers} workers, ratio {added[-1]:.2f}; foretold {told:.2f} of it"
                )
                other = more.replace(models=(*more.models, Choice("knn")))
                seconds, told, run = timed(workspace, other, client)
                plan = plan_of(workspace, run)
                assert plan is not None
                print(f"one model more: {seconds:.1f} s, foretold {told:.2f} of it")
                print(f"one forecast of {len(plan.steps)} steps, all stored: "
                      f"{forecast_ms(workspace, plan, other, options.workers):.1f} ms")  # fmt: skip
                empty = Workspace(Path(folder) / "empty")
                empty.datasets.add_frame(mixed_table(options.rows, repeat), "generated")
                print(f"the same in a fresh workspace: "
                      f"{forecast_ms(empty, plan, other, options.workers):.1f} ms")  # fmt: skip
    print(f"median ratio of what is added {np.median(added):.2f} (at most 1.15 is asked for)")


if __name__ == "__main__":
    main()
