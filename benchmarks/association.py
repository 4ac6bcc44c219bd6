"""How long associations take, and what memory, beside ``numpy.corrcoef`` in the same run.

Command: ``python benchmarks/association.py`` from the project's folder.

Both sides use the same linear algebra library with the same number of threads, which is printed:
the library's default, or what ``OPENBLAS_NUM_THREADS=1`` in the environment says. Two ratios are
given: of wall time, and of processor time over all threads, which waiting threads do not inflate
where there is one. ``numpy.corrcoef`` cannot leave out missing values, so it gets the table without
any; ``pandas.DataFrame.corr`` can, and stands beside it. Memory is the peak of what is allocated
during a call, beyond the table itself.
"""

from __future__ import annotations

import os
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd

from outfold.data.schema import Column, Schema
from outfold.explore.associate import associate
from outfold.explore.collinearity import collinearity
from outfold.explore.missing import missingness
from outfold.explore.pair_measures import pair_measures
from outfold.explore.relevance import relevance

ROUNDS = 7


def numbers(rows: int, columns: int, missing: float, seed: int = 0) -> tuple[pd.DataFrame, Schema]:
    """Correlated normal columns with cells missing by chance."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(rows, columns)) + rng.normal(size=(rows, 1))
    values[rng.random(values.shape) < missing] = np.nan
    frame = pd.DataFrame(values, columns=[f"x{i}" for i in range(columns)])
    return frame, Schema(tuple(Column(c, "numeric") for c in frame))


def mixed(rows: int, columns: int, missing: float, seed: int = 0) -> tuple[pd.DataFrame, Schema]:
    """Half numbers; of the rest a fifth truth values, the others with 3 to 40 levels."""
    rng = np.random.default_rng(seed)
    frame, _ = numbers(rows, columns // 2, missing, seed)
    schema = [Column(c, "numeric") for c in frame]
    for i in range(columns - columns // 2):
        gap = rng.random(rows) < missing
        if i % 5 == 0:
            frame[f"b{i}"] = pd.array(rng.random(rows) < 0.3, dtype="boolean")
            frame.loc[gap, f"b{i}"] = pd.NA
            schema.append(Column(f"b{i}", "boolean"))
            continue
        codes = rng.integers(0, int(rng.integers(3, 41)), rows)
        codes[gap] = -1
        levels = [f"level {k}" for k in range(codes.max() + 1)]
        frame[f"c{i}"] = pd.Categorical.from_codes(codes, levels)
        schema.append(Column(f"c{i}", "categorical", unique=len(levels)))
    return frame, Schema(tuple(schema))


def seconds(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median time of some calls after one to warm up."""
    call()
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return median(taken)


def beside(call: Callable[[], object], other: Callable[[], object]) -> tuple[float, ...]:
    """Median wall and processor times of two calls made in turn: a busy machine slows both."""
    call(), other()
    taken: list[list[float]] = []
    for _ in range(ROUNDS):
        moments = []
        for each in (call, other):
            wall, work = time.perf_counter(), time.process_time()
            each()
            moments += [time.perf_counter() - wall, time.process_time() - work]
        taken.append(moments)
    return tuple(median(column) for column in zip(*taken, strict=True))


def peak(call: Callable[[], object]) -> float:
    """The most that a call holds at a time, in MiB beyond what was there before."""
    tracemalloc.start()
    call()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 2**20


def main() -> None:
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "default")
    print(f"{os.cpu_count()} cores; OPENBLAS_NUM_THREADS: {threads}")
    plain = numbers(100_000, 100, 0.0)[0].to_numpy()
    for missing in (0.0, 0.01, 0.05, 0.2):
        frame, schema = numbers(100_000, 100, missing)
        wall, work, other, other_work = beside(
            lambda f=frame, s=schema: associate(f, s, "pearson"),
            lambda: np.corrcoef(plain, rowvar=False),
        )
        print(
            f"Pearson 100,000 x 100, {missing:.0%} missing in rows of its own per column:"
            f" {wall:.3f} s; numpy.corrcoef without missing {other:.3f} s;"
            f" ratio {wall / other:.2f}, of processor time {work / other_work:.2f};"
            f" memory {peak(lambda f=frame, s=schema: associate(f, s, 'pearson')):.0f} MiB"
        )
    frame, schema = numbers(100_000, 100, 0.05)
    theirs = seconds(lambda: frame.corr(), 1)
    ours = seconds(lambda: associate(frame, schema, "pearson"), 3)
    print(f"Pearson 100,000 x 100, 5% missing, beside pandas' corr: ratio {ours / theirs:.3f}")
    frame, schema = mixed(100_000, 50, 0.05)
    print(
        f"auto, mixed 100,000 x 50: {seconds(lambda: associate(frame, schema), 3):.2f} s;"
        f" memory {peak(lambda: associate(frame, schema)):.0f} MiB"
    )
    for rows, columns, measure in (
        (83, 2310, "pearson"),
        (60, 2000, "spearman"),
        (60, 2000, "kendall"),
        (1_000_000, 20, "auto"),
        (100_000, 100, "spearman"),
        (100_000, 100, "kendall"),
        (100_000, 100, "distance"),
        (100_000, 100, "mutual_info"),
        (100_000, 100, "partial"),
    ):
        frame, schema = numbers(rows, columns, 0.02 if columns < 200 else 0.0)
        found = associate(frame, schema, measure)
        taken = seconds(lambda f=frame, s=schema, m=measure: associate(f, s, m), 1)
        note = " ".join(found.notes)
        held = peak(lambda f=frame, s=schema, m=measure: associate(f, s, m))
        print(
            f"{measure} {rows:,} x {columns:,} ({len(found):,} pairs): {taken:.2f} s,"
            f" memory {held:.0f} MiB. {note}"
        )
    views()


def views() -> None:
    """What else the Explore page asks for, on tables that take it long."""
    for name, (frame, schema), target in (
        ("mixed 100,000 x 100", mixed(100_000, 100, 0.1), "c1"),
        ("numbers 100,000 x 100", numbers(100_000, 100, 0.2), "x0"),
        ("numbers 1,000,000 x 20", numbers(1_000_000, 20, 0.05), "x0"),
    ):
        others = Schema(tuple(c for c in schema.columns if c.name != target))
        for what, call in (
            ("relevance", lambda f=frame, s=schema, t=target: relevance(f, s, t)),
            ("inflation", lambda f=frame, s=others: collinearity(f, s)),
            ("missing values", lambda f=frame, s=schema, t=target: missingness(f, s, t)),
            (
                "one pair by every measure, given three",
                lambda f=frame, s=schema: pair_measures(f, s, "x1", "x2", given=["x3", "x4", "x5"]),
            ),
        ):
            print(f"{what}, {name}: {seconds(call, 3):.2f} s")


if __name__ == "__main__":
    main()
