"""A page's rerun on the server with a 100,000 × 30 table loaded and its results cached.

Command: ``python benchmarks/rerun.py [--times 15]``

Runs the app's own script in this process by Streamlit's test harness, first until a page's results
are cached, then repeatedly; the median wall time of a rerun is what the server spends on a click. A
run of the default models is finished before, so that the pages that judge show all that they have.
A script that only writes one line is rerun in the same way as the peer. Prints a line per page.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.chdir(ROOT)

import numpy as np
import pandas as pd

PAGES = ("start/home", "data/data", "data/explore", "design/features", "design/resampling",
         "design/train", "judge/compare", "judge/deviance", "judge/tradeoffs")  # fmt: skip


def wide_table(n_rows: int = 100_000, seed: int = 0) -> pd.DataFrame:
    """20 numbers, 8 categories, a date and a target; some cells missing."""
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=(n_rows, 20))
    frame = pd.DataFrame(numbers, columns=[f"number {i}" for i in range(20)])
    frame.loc[rng.random(n_rows) < 0.1, "number 3"] = np.nan
    for i in range(8):
        levels = [f"level {j}" for j in range(3 + 2 * i)]
        frame[f"kind {i}"] = pd.Categorical(rng.choice(levels, n_rows))
    frame["day"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, n_rows), "D")
    chance = 1 / (1 + np.exp(2 - numbers[:, 0]))
    frame["outcome"] = pd.Categorical(np.where(rng.random(n_rows) < chance, "yes", "no"))
    return frame


def median_rerun(test: object, times: int) -> float:
    """Median wall seconds of a rerun of a page that has been drawn before."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        test.run()  # type: ignore[attr-defined]
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=15)
    times = parser.parse_args().times
    from streamlit.testing.v1 import AppTest

    from outfold.study.cluster import connected
    from outfold.study.defaults import default_study
    from outfold.study.execute import execute
    from outfold.study.run import new_run, result
    from outfold.study.workspace import Workspace

    def one_line() -> None:
        import streamlit as st

        st.write("one line")

    with tempfile.TemporaryDirectory() as folder:
        os.environ["OUTFOLD_HOME"] = folder
        workspace = Workspace(Path(folder))
        dataset = workspace.datasets.add_frame(wide_table(), "100,000 x 30")
        study = default_study(dataset, workspace.datasets.frame(dataset.key))
        with connected("") as client:
            run = new_run(workspace, study, "", claimed=True)
            execute(workspace, run, client)
        assert result(workspace, run).state == "finished"
        # Not before the run: the harness changes the main module, which Dask's workers import.
        peer = AppTest.from_function(one_line, default_timeout=300).run()
        floor = median_rerun(peer, times)
        print(f"one line: {1000 * floor:.0f} ms")
        for name in PAGES:
            test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=300)
            test.query_params["run"] = run
            test.run()
            test.switch_page(f"pages/{name}.py").run()
            assert not test.exception, test.exception
            seconds = median_rerun(test, times)
            print(
                f"{name}: {1000 * seconds:.0f} ms, {seconds / floor:.1f} × one line "
                "(under 200 ms is asked for)"
            )


if __name__ == "__main__":
    main()
