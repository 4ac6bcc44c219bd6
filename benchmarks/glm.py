"""How long a generalised linear model takes beside statsmodels, and what memory it needs.

Command: ``python benchmarks/glm.py [--rows 1000000] [--columns 20] [--family binomial]``

Both fit the same generated rows in turn in processes of their own, from a table in memory to
coefficients with standard errors, deviance and null deviance; statsmodels is given a matrix
and so spared reading a formula. Prints

* ``seconds``: ours over theirs (at most 1 is asked for);
* ``memory``: the most that the process held above what it held with the table loaded, over 2 GiB
  (below 1 is asked for), and theirs beside it;
* ``agreement``: the largest difference of a coefficient in standard errors, and the relative
  difference of the deviances.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd

LIMIT = 2 * 1024**3


def table(rows: int, columns: int, family: str) -> pd.DataFrame:
    """Normal features, and a response of the family around their weighted sum."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({f"x{i}": rng.normal(size=rows) for i in range(columns)})
    eta = frame.to_numpy() @ rng.normal(size=columns) * 0.15
    if family == "binomial":
        frame["y"] = (rng.uniform(size=rows) < 1 / (1 + np.exp(-eta))).astype(float)
    elif family == "poisson":
        frame["y"] = rng.poisson(np.exp(eta)).astype(float)
    else:
        frame["y"] = eta + rng.normal(size=rows)
    return frame


def held(most: bool) -> int:
    """The memory that this process holds, or the most since ``forget_the_most``, in bytes."""
    name = "VmHWM:" if most else "VmRSS:"
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    raise RuntimeError("this benchmark reads /proc, which only Linux has")


def forget_the_most() -> None:
    """Begin anew to watch the most memory held: generating the table has a peak of its own."""
    Path("/proc/self/clear_refs").write_text("5")


def ours(frame: pd.DataFrame, family: str) -> dict[str, object]:
    """One fit by the engine."""
    from outfold.judge.glm import fit_glm

    right = " + ".join(c for c in frame.columns if c != "y")
    fit = fit_glm(frame, f"y ~ {right}", family)
    return {
        "beta": [c.estimate for c in fit.coefficients],
        "error": [c.std_error for c in fit.coefficients],
        "deviance": fit.residual_deviance,
        "null": fit.null_deviance,
    }


def theirs(frame: pd.DataFrame, family: str) -> dict[str, object]:
    """One fit by statsmodels."""
    import statsmodels.api as sm

    named = {"binomial": "Binomial", "poisson": "Poisson", "gaussian": "Gaussian"}[family]
    x = sm.add_constant(frame.drop(columns="y"))
    fit = sm.GLM(frame["y"], x, family=getattr(sm.families, named)()).fit()
    return {
        "beta": list(fit.params),
        "error": list(fit.bse),
        "deviance": float(fit.deviance),
        "null": float(fit.null_deviance),
    }


def measure(who: str, options: argparse.Namespace) -> None:
    """Fit once and print what it took and found, as JSON."""
    call = {"ours": ours, "theirs": theirs}[who]
    call(table(500, options.columns, options.family), options.family)  # loads libraries
    frame = table(options.rows, options.columns, options.family)
    forget_the_most()
    before = held(most=False)
    began, processor = time.perf_counter(), time.process_time()
    found = call(frame, options.family)
    found["seconds"] = time.perf_counter() - began
    found["cpu"] = time.process_time() - processor
    found["memory"] = held(most=True) - before
    print(json.dumps(found))


def main() -> None:
    """Measure both, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--family", choices=["binomial", "poisson", "gaussian"], default="binomial")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--one", choices=["ours", "theirs"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        measure(options.one, options)
        return
    found: dict[str, list[dict[str, object]]] = {"ours": [], "theirs": []}
    for _ in range(options.repeats):
        for who in found:
            command = [sys.executable, __file__, "--one", who, "--rows", str(options.rows),
                       "--columns", str(options.columns), "--family", options.family]  # fmt: skip
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            found[who].append(json.loads(done.stdout.splitlines()[-1]))

    def median(who: str, name: str) -> float:
        return float(np.median([f[name] for f in found[who]]))  # type: ignore[arg-type]

    a, b = found["ours"][0], found["theirs"][0]
    apart = np.max(np.abs(np.array(a["beta"]) - np.array(b["beta"])) / np.array(b["error"]))
    deviance = abs(float(str(a["deviance"])) / float(str(b["deviance"])) - 1)
    ratio = median("ours", "seconds") / median("theirs", "seconds")
    cpu = median("ours", "cpu") / median("theirs", "cpu")
    print(f"{options.rows:,} rows of {options.columns} columns, {options.family}")
    print(
        f"seconds: {median('ours', 'seconds'):.1f} over {median('theirs', 'seconds'):.1f}, ratio "
        f"{ratio:.2f}, of processor time {cpu:.2f} (at most 1 is asked for)"
    )
    print(
        f"memory: {median('ours', 'memory') / LIMIT:.2f} of 2 GiB beyond the table "
        f"({median('theirs', 'memory') / LIMIT:.2f} for statsmodels)"
    )
    print(f"agreement: {apart:.1e} standard errors, {deviance:.1e} of the deviance")


if __name__ == "__main__":
    main()
