"""Reading in a process of its own, with limits on memory and time."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from outfold.data.formats import head_of
from outfold.data.large.whole import Whole, whole_of
from outfold.data.options import Limits, ReadOptions
from outfold.data.schema import Schema
from outfold.data.schema_json import schema_of
from outfold.data.words import quoted, size
from outfold.errors import ReadError
from outfold.registry import Value

PACKAGE_ROOT = Path(__file__).resolve().parents[2]
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Stored:
    """A table that was read into a Parquet file.

    Attributes:
        path: The Parquet file.
        key: The content key.
        n_rows: Rows.
        schema: The columns.
        notes: What the person should know about the reading.
        options: The options given or found.
        bytes_in_memory: What the table takes as a DataFrame.
        peak: The most memory that the process used, in bytes.
        whole: The table that this one is a sample of; None where it is no sample.
    """

    path: Path
    key: str
    n_rows: int
    schema: Schema
    notes: tuple[str, ...]
    options: tuple[tuple[str, Value], ...]
    bytes_in_memory: int
    peak: int
    whole: Whole | None = None


@contextlib.contextmanager
def read_apart(
    path: Path,
    options: Mapping[str, Any],
    *,
    name: str | None = None,
    limits: Limits = Limits(),  # noqa: B008
    near: Path | None = None,
) -> Iterator[Stored]:
    """Read a file in a process of its own; what it stored is there until the block ends.

    Args:
        path: The file.
        options: See ``ReadOptions``.
        name: What the file is called for people.
        limits: What the process may use.
        near: A folder in which the temporary one is made, to move the result without copying.

    Raises:
        ReadError: It cannot be read, or needs more memory or time than it may use.
    """
    asked = ReadOptions.of(options)
    path = path.resolve()
    head_of(path, name or path.name)
    with tempfile.TemporaryDirectory(prefix="reading-", dir=near) as made:
        folder = Path(made)
        request = folder / "request.json"
        given = {k: v for k, v in options.items() if v is not None}
        content = {
            "path": str(path),
            "name": name or path.name,
            "options": {**given, "max_bytes": asked.max_bytes},
            "folder": str(folder),
        }
        request.write_text(json.dumps(content), "utf-8")
        peak = _run(request, folder, name or path.name, limits)
        result = json.loads((folder / "result.json").read_text("utf-8"))
        if "error" in result:
            raise ReadError(result["error"], result["hint"])
        yield Stored(
            folder / "table.parquet",
            result["key"],
            result["n_rows"],
            schema_of(result["schema"]),
            tuple(result["notes"]),
            tuple(sorted(result["options"].items())),
            result["bytes_in_memory"],
            peak,
            whole_of(result.get("whole")),
        )


def _run(request: Path, folder: Path, name: str, limits: Limits) -> int:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONSTARTUP")}
    # The system's allocator gives memory back at once, and one thread keeps the peak low.
    environment |= {"ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1"}
    errors = folder / "errors.txt"
    with errors.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "outfold.data.read_child", str(request)],
            cwd=PACKAGE_ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            peak = _watch(process, name, limits)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    if process.returncode != 0 or not (folder / "result.json").exists():
        lines = errors.read_text("utf-8", "replace").strip().splitlines()
        reason = (
            lines[-1][:200] if lines else f"the reader stopped with status {process.returncode}"
        )
        raise ReadError(
            f"{quoted(name)} cannot be read: {reason}.", "Save it again, as CSV if need be."
        )
    return peak


def _watch(process: subprocess.Popen[bytes], name: str, limits: Limits) -> int:
    """Wait for the process; the most memory that it was seen to use."""
    began = time.monotonic()
    peak = 0
    watched = psutil.Process(process.pid)
    while True:
        try:
            process.wait(POLL_SECONDS)
            return peak
        except subprocess.TimeoutExpired:
            pass
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            peak = max(peak, watched.memory_info().rss)
        if peak > limits.memory:
            raise ReadError(
                f"Reading {quoted(name)} needs more memory than the {size(limits.memory)} allowed.",
                "Save it as CSV or Parquet, which are read in pieces, or load fewer rows.",
            )
        if time.monotonic() - began > limits.seconds:
            raise ReadError(
                f"Reading {quoted(name)} took longer than the {limits.seconds:g} seconds allowed.",
                "Load fewer rows or columns.",
            )
