"""Which processes are still there; identifiers alone are given out again."""

from __future__ import annotations

import psutil


def process_mark(pid: int | None = None) -> str:
    """A process's identifier with its start, since identifiers are given out again."""
    process = psutil.Process(pid)
    return f"{process.pid}:{process.create_time():.2f}"


def is_living(mark: str) -> bool:
    """Whether the process of a mark is still there."""
    pid = int(mark.partition(":")[0])
    try:
        return process_mark(pid) == mark and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
