"""Comparing the same models on the same rows and folds: Outfold beside four other libraries.

Command: ``python benchmarks/peers.py [--rows 8000] [--only outfold,flaml] [--jobs 2]``

The others are PyCaret's ``compare_models``, LazyPredict, mljar-supervised in its Explain mode and
FLAML. Each is installed in an environment of its own below ``--envs`` and runs in a process of its
own, on the same generated table (``benchmarks/grid.py``), the same five stratified folds and, as
far as the library has them, the same models. Prints wall seconds without the imports, peak memory
of the process and all its children, and the best mean ROC AUC over the folds. A library that cannot
be installed or fails is a line with the reason.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import numpy as np
import psutil

from benchmarks.grid import mixed_table

PINS: dict[str, tuple[str, ...]] = {
    "outfold": (),
    "pycaret": ("pycaret==3.3.2", "setuptools<81", "six"),
    "lazypredict": ("lazypredict==0.3.0", "lightgbm==4.7.0", "psutil"),
    "mljar": ("mljar-supervised==1.3.2",),
    "flaml": ("flaml[automl]==2.7.0", "psutil"),
}
"""What is installed for each; Outfold runs in the environment of this script."""

PATIENCE = 1800
"""Seconds after which a library is stopped."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one library did."""

    name: str
    seconds: float = float("nan")
    peak_bytes: float = float("nan")
    best: str = ""
    score: float = float("nan")
    models: int = 0
    reason: str = ""


def environment(name: str, folder: Path) -> Path:
    """The Python of a library's environment, made where it is missing.

    Raises:
        RuntimeError: It cannot be installed; the last line of what pip said.
    """
    if not PINS[name]:
        return Path(sys.executable)
    python = folder / name / "bin" / "python"
    done = folder / name / "installed"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / name)], check=True)
        made = subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", *PINS[name]],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            raise RuntimeError((made.stderr.strip().splitlines() or ["pip failed"])[-1][:200])
        done.touch()
    return python


def tree_memory(process: psutil.Process) -> int:
    """Resident bytes of a process and its children."""
    total = 0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_info().rss
        except psutil.Error:
            continue
    return total


def run(name: str, python: Path, folder: Path, jobs: int) -> Outcome:
    """One library in a process of its own."""
    work = folder / name
    work.mkdir()
    with (work / "log").open("w") as log:
        process = subprocess.Popen(
            [str(python), str(HERE / "peers" / f"{name}_side.py"), str(folder), str(jobs)],
            cwd=work, stdout=log, stderr=log,
        )  # fmt: skip
        peak, stop = [0], threading.Event()

        def watch() -> None:
            while not stop.wait(0.1):
                try:
                    peak[0] = max(peak[0], tree_memory(psutil.Process(process.pid)))
                except psutil.Error:
                    return

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            return Outcome(name, reason=f"stopped after {PATIENCE} s")
        finally:
            stop.set()
            watcher.join()
    answer = work / "answer.json"
    if process.returncode or not answer.exists():
        last = [line for line in (work / "log").read_text().splitlines() if line.strip()]
        return Outcome(name, reason=(last or ["no answer"])[-1][:160])
    said = json.loads(answer.read_text())
    scores = said["scores"]
    best = max(scores, key=scores.get)
    return Outcome(name, said["seconds"], peak[0], best, scores[best], len(scores))


def write_task(folder: Path, n_rows: int) -> None:
    """The table and its folds, as every side reads them."""
    from sklearn.model_selection import StratifiedKFold

    frame = mixed_table(n_rows)
    frame.to_csv(folder / "table.csv", index=False)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    codes = np.empty(n_rows, dtype=int)
    for number, (_, test) in enumerate(folds.split(frame, frame["outcome"])):
        codes[test] = number
    np.save(folder / "folds.npy", codes)


def main() -> None:
    """Run every side and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=8000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default=",".join(PINS))
    default = Path.home() / ".cache" / "outfold-peers"
    parser.add_argument("--envs", type=Path, default=default)
    given = parser.parse_args()
    outcomes = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_task(folder, given.rows)
        for name in given.only.split(","):
            began = time.perf_counter()
            try:
                python = environment(name, given.envs)
            except (RuntimeError, OSError, subprocess.SubprocessError) as error:
                outcomes.append(Outcome(name, reason=f"not installed: {error}"))
                continue
            print(f"{name}: ready after {time.perf_counter() - began:.0f} s", file=sys.stderr)
            outcomes.append(run(name, python, folder, given.jobs))
    first = outcomes[0]
    print(f"{given.rows:,} rows x 14 columns, 5 folds, {given.jobs} jobs")
    print(f"{'library':12} {'seconds':>8} {'ratio':>6} {'peak MB':>8} {'models':>6}  best")
    for one in outcomes:
        if one.reason:
            print(f"{one.name:12} {one.reason}")
            continue
        print(
            f"{one.name:12} {one.seconds:8.1f} {one.seconds / first.seconds:6.2f} "
            f"{one.peak_bytes / 1e6:8.0f} {one.models:6}  {one.best}, ROC AUC {one.score:.4f}"
        )


if __name__ == "__main__":
    main()
