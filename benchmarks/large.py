"""How long 10 million rows take to open and profile, and DuckDB beside Polars for the figures.

Command: ``python benchmarks/large.py [ROWS]`` from the project's folder. It writes a Parquet file
of 10 numbers, 5 columns of levels, 2 dates, 2 truth values and an identifier into a temporary
folder and removes it afterwards. Polars is measured where it is installed (``pip install polars``);
the application does not need it.
"""

from __future__ import annotations

import importlib.util
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

PIECE = 500_000


def generate(path: Path, rows: int) -> None:
    """Write the table in pieces, every column with missing cells but the identifier and target."""
    writer = None
    rng = np.random.default_rng(0)
    for start in range(0, rows, PIECE):
        n = min(PIECE, rows - start)
        x = rng.normal(size=(10, n))
        x[1] = np.exp(x[1])
        x[2] = np.round(x[2] * 10)
        x[3] += 0.8 * x[0]
        columns = {"id": pa.array(np.arange(start, start + n))}
        for i in range(10):
            gone = rng.random(n) < 0.02 if i else np.zeros(n, dtype=bool)
            columns[f"x{i}"] = pa.array(x[i], mask=gone)
        for i, levels in enumerate((3, 10, 50, 400, 5000)):
            codes = pa.array(rng.integers(0, levels, n), mask=rng.random(n) < 0.01)
            words = pa.array([f"level {k}" for k in range(levels)])
            columns[f"c{i}"] = words.take(codes)
        for i in range(2):
            day = rng.integers(0, 5000 * 86400, n) * 1_000_000
            columns[f"d{i}"] = pa.array(day).cast(pa.timestamp("us"))
        columns["b0"] = pa.array(rng.random(n) < 0.3, mask=rng.random(n) < 0.05)
        columns["target"] = pa.array(rng.random(n) < 1 / (1 + np.exp(3 - x[0] - x[3])))
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    assert writer is not None
    writer.close()


def with_duckdb(path: Path) -> None:
    """The figures as the application computes them."""
    from outfold.data.large.engine import opened
    from outfold.data.large.figures import figures

    with tempfile.TemporaryDirectory() as scratch, opened(path, Path(scratch)) as table:
        print(figures(table)["x1"].summary)


def with_polars(path: Path) -> None:
    """The same figures by Polars' streaming engine."""
    import polars as pl

    scan = pl.scan_parquet(path)
    schema = scan.collect_schema()
    wanted = []
    for name, kind in schema.items():
        c = pl.col(name)
        wanted.append(c.count().alias(f"{name}|known"))
        if kind == pl.Boolean:
            wanted.append(c.sum().alias(f"{name}|true"))
            continue
        wanted.append(c.approx_n_unique().alias(f"{name}|unique"))
        if kind == pl.String:
            continue
        wanted += [c.min().alias(f"{name}|low"), c.max().alias(f"{name}|high")]
        if kind.is_numeric():
            wanted += [
                c.mean().alias(f"{name}|mean"), c.std().alias(f"{name}|sd"),
            ]  # fmt: skip
    first = scan.select(wanted).collect(engine="streaming").row(0, named=True)
    for name, kind in schema.items():
        c = pl.col(name)
        if kind == pl.String:
            scan.group_by(name).len().sort("len", descending=True).head(20).collect(
                engine="streaming"
            )
        elif kind.is_numeric() or kind == pl.Datetime:
            low, high = first[f"{name}|low"], first[f"{name}|high"]
            width = (high - low) / 20
            place = ((c - low) / width).floor().cast(pl.Int32).clip(0, 19)
            scan.select(place.alias("b")).group_by("b").len().collect(engine="streaming")
    print({k: v for k, v in first.items() if k.startswith("x1|")})


def open_whole(path: Path) -> None:
    """Open as the command line does: figures, sample, types, content key."""
    from outfold.data.source import open_data
    from outfold.data.store import DatasetStore

    with tempfile.TemporaryDirectory() as home:
        dataset = open_data(path, DatasetStore(Path(home)))
        print(dataset.sample_sentence)


TASKS = {"duckdb": with_duckdb, "polars": with_polars, "open": open_whole}


def measured(task: str, path: Path) -> tuple[float, float, float]:
    """Wall and processor seconds and the peak of resident memory in GiB, children included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, __file__, "--task", task, str(path)])
    watched, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        try:
            family = [watched, *watched.children(recursive=True)]
            peak = max(peak, sum(p.memory_info().rss for p in family))
        except psutil.NoSuchProcess:
            pass
        time.sleep(0.05)
    if process.returncode:
        raise SystemExit(f"{task} failed")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, cpu, peak / 2**30


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.parquet"
        generate(path, rows)
        print(f"{rows:,} x 20, {path.stat().st_size / 1e6:,.0f} MB as Parquet")
        found = {
            task: measured(task, path)
            for task in TASKS
            if task != "polars" or importlib.util.find_spec("polars")
        }
    for task, (seconds, cpu, peak) in found.items():
        print(f"{task}: {seconds:.1f} s, {cpu:.1f} s of processors, peak {peak:.2f} GiB")
    if "polars" in found:
        ours, peers = found["duckdb"], found["polars"]
        print(f"DuckDB over Polars: time {ours[0] / peers[0]:.2f}, memory {ours[1] / peers[1]:.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--task"]:
        TASKS[sys.argv[2]](Path(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
