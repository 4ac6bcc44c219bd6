"""How many copies of prepared rows a run holds, and what its workers take beside the table.

Command: ``python benchmarks/memory.py [--rows 100000] [--workers 2]``

Three models × two selectors × two resamplers × five folds on generated mixed rows
(``benchmarks/grid.py``). Ten times a second the files of prepared splits are counted, and the
private memory of all workers (what no other process shares) is read. Prints

* ``copies``: prepared copies at most for one split (1 is asked for), and at most at once;
* ``memory``: the most that all workers took of their own beyond what they took when idle and warm,
  over the bytes of one prepared split; libraries' own working copies of rows are in it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psutil

from benchmarks.grid import MODELS, RESAMPLERS, SELECTORS, mixed_table
from outfold.study.cluster import connected
from outfold.study.defaults import default_study
from outfold.study.execute import execute
from outfold.study.run import new_run, result
from outfold.study.study import Choice
from outfold.study.workspace import Workspace


class Watch:
    """Looks ten times a second at prepared files and at the workers' own memory."""

    def __init__(self, folder: Path, workers: list[psutil.Process]) -> None:
        self.folder, self.workers = folder, workers
        self.copies, self.at_once, self.bytes = 0, 0, 0
        self.least = self.most = self.own()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def own(self) -> int:
        """Private bytes of all workers."""
        return sum(w.memory_full_info().uss for w in self.workers)

    def _look(self) -> None:
        while not self._stop.wait(0.1):
            here: Counter[str] = Counter()
            for path in self.folder.glob("*.prepare-*"):
                key = path.name.partition(".prepare-")[2]
                if "." in key:
                    continue  # half written
                here[key] += 1
                try:
                    self.bytes = max(self.bytes, path.stat().st_size)
                except FileNotFoundError:
                    continue
            self.copies = max([self.copies, *here.values()])
            self.at_once = max(self.at_once, sum(here.values()))
            self.most = max(self.most, self.own())

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with connected("", options.workers) as client, tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        dataset = workspace.datasets.add_frame(mixed_table(options.rows), "generated")
        frame = workspace.datasets.frame(dataset.key)
        study = default_study(dataset, frame).replace(
            target="outcome", task="binary", positive="yes",
            models=tuple(map(Choice, MODELS)), selectors=tuple(map(Choice, SELECTORS)),
            resamplers=tuple(map(Choice, RESAMPLERS)), metric="roc_auc",
        )  # fmt: skip
        small = workspace.datasets.add_frame(mixed_table(1000), "small")
        run = new_run(workspace, study.replace(dataset=small.key), "", claimed=True)
        execute(workspace, run, client)  # loads what steps import
        pids = client.run(os.getpid).values()
        run = new_run(workspace, study, "", claimed=True)
        with Watch(workspace.root / "work", [psutil.Process(p) for p in pids]) as watch:
            execute(workspace, run, client)
        measured = result(workspace, run)
        assert len(measured.finished()) == len(measured.candidates), measured.reason
    print(
        f"copies: at most {watch.copies} of one split (1 is asked for), {watch.at_once} splits at "
        f"once on {options.workers} workers"
    )
    print(
        f"memory: {(watch.most - watch.least) / 1e6:.0f} MB of their own at most, "
        f"{(watch.most - watch.least) / watch.bytes:.1f} times one prepared split of "
        f"{watch.bytes / 1e6:.0f} MB"
    )


if __name__ == "__main__":
    main()
