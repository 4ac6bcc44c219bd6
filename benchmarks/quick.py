"""How soon a quick look shows a first leaderboard, and what share of the whole run that is.

Command: ``python benchmarks/quick.py [--rows 100000] [--workers 2] [--whole]``

The default study of generated mixed rows (``benchmarks/grid.py``) with a quick look. Prints wall
seconds from Run until every candidate stands on its first leaderboard, the same with what a person
sees a first candidate after, and beside it the forecast of the whole run; with ``--whole`` the run
goes on to its end, and the ratio is to what it took.
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

from benchmarks.grid import mixed_table
from outfold.study.cluster import connected
from outfold.study.defaults import default_study, with_target
from outfold.study.execute import EventRow, execute
from outfold.study.run import new_run, plan_of
from outfold.study.speed import Quick
from outfold.study.study import Choice
from outfold.study.workspace import Workspace


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--whole", action="store_true")
    options = parser.parse_args()
    with connected("", options.workers) as client, tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        dataset = workspace.datasets.add_frame(mixed_table(options.rows), "generated")
        frame = workspace.datasets.frame(dataset.key)
        study = with_target(
            default_study(dataset, frame), dataset, frame, "outcome", "binary"
        ).replace(quick=Quick(True))
        small = workspace.datasets.add_frame(mixed_table(1000), "small")
        warm = study.replace(dataset=small.key, models=(Choice("naive_bayes"),))
        execute(workspace, new_run(workspace, warm, "", claimed=True), client)
        run = new_run(workspace, study, "", claimed=True)
        began, ended = time.perf_counter(), []
        done: set[str] = set()

        def told(event: EventRow) -> None:
            kind, key, *_ = event
            if kind != "finished":
                return
            plan = plan_of(workspace, run)
            assert plan is not None
            looked_at = plan.samples[0].fits
            done.add(key)
            ready = [keys for keys in looked_at.values() if done & set(keys)]
            if ready and not ended:
                ended.append(time.perf_counter() - began)
            if len(ended) == 1 and done >= {k for keys in looked_at.values() for k in keys}:
                ended.append(time.perf_counter() - began)
                if not options.whole:
                    workspace.records.ask_cancel(run)

        execute(workspace, run, client, told=told)
        record = workspace.records.run(run)
        assert len(ended) == 2, record.reason
        whole = record.seconds if options.whole else record.predicted_seconds
        assert whole is not None
        print(
            f"{options.rows:,} rows, {len(study.candidates())} candidates: the first after "
            f"{ended[0]:.1f} s, all after {ended[1]:.1f} s, {ended[1] / whole:.2f} of the "
            f"{whole:.0f} s that the whole run {'took' if options.whole else 'is foretold'}"
        )


if __name__ == "__main__":
    main()
