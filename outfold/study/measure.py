"""What a piece of work cost: wall and processor seconds, and growth of resident memory."""

from __future__ import annotations

import threading
import time
from types import TracebackType

MEMORY_INTERVAL = 0.02
"""Seconds between two looks at the memory in use."""


class Meter:
    """Measures the block that it surrounds.

    Attributes:
        seconds: Wall seconds.
        cpu_seconds: Processor seconds of this process, all threads.
        memory_bytes: Largest growth of resident memory over its start, sampled every 20 ms; NaN
            unless asked for.
    """

    def __init__(self, memory: bool = False) -> None:
        self.seconds = self.cpu_seconds = 0.0
        self.memory_bytes = float("nan")
        self._watch = memory
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Meter:
        if self._watch:
            import psutil

            process = psutil.Process()
            before = process.memory_info().rss
            self.memory_bytes = 0.0

            def look() -> None:
                while True:
                    now = float(process.memory_info().rss - before)
                    self.memory_bytes = max(self.memory_bytes, now)
                    if self._stop.wait(MEMORY_INTERVAL):
                        return

            self._look = look
            self._thread = threading.Thread(target=look, daemon=True)
            self._thread.start()
        self._cpu = time.process_time()
        self._wall = time.perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.seconds = time.perf_counter() - self._wall
        self.cpu_seconds = time.process_time() - self._cpu
        if self._thread is not None:
            self._stop.set()
            self._thread.join()
            self._look()


def median_seconds(call: object, budget: float, most: int = 20, *, warm: bool = True) -> float:
    """Median wall seconds of repeated calls.

    Args:
        call: A callable without arguments.
        budget: Seconds after which no further repeat is started.
        most: Repeats at the most.
        warm: Whether one call goes before those that are timed.
    """
    assert callable(call)
    if warm:
        call()
    times: list[float] = []
    began = time.perf_counter()
    while len(times) < most and (not times or time.perf_counter() - began < budget):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    times.sort()
    return times[len(times) // 2]
