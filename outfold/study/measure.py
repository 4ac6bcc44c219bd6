"""What a piece of work cost: wall and processor seconds, and growth of resident memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import TracebackType
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Log:
    """What one step cost and said.

    Attributes:
        seconds: Wall seconds of what the step is for: fitting, selecting, resampling.
        cpu_seconds: The same in processor seconds.
        memory_bytes: Growth of resident memory; NaN where it was not watched.
        notes: Sentences about anything that was adjusted.
        step_seconds: Wall seconds of the whole call, prediction included.
        size: Rows, columns and one-hot width of the training rows that it took.
        ranking: Of a selection that cut a ranking, what the ranking cost, which it has in common
            with every other cut of it.
    """

    seconds: float
    cpu_seconds: float
    memory_bytes: float = float("nan")
    notes: tuple[str, ...] = ()
    step_seconds: float = float("nan")
    size: tuple[int, int, int] = (0, 0, 0)
    ranking: Log | None = None

    @property
    def all_seconds(self) -> float:
        """What it is for and the ranking that it cut: what it would take alone."""
        return self.seconds + (self.ranking.seconds if self.ranking else 0.0)

    def to_plain(self) -> dict[str, Any]:
        """The log as JSON can hold it."""
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        plain |= {"notes": list(self.notes), "size": list(self.size)}
        if self.ranking is None:
            del plain["ranking"]
        else:
            plain["ranking"] = self.ranking.to_plain()
        for name in ("memory_bytes", "step_seconds"):
            if plain[name] != plain[name]:
                plain[name] = None
        return plain

    @classmethod
    def from_plain(cls, raw: Mapping[str, Any]) -> Log:
        """The log that ``to_plain`` wrote down, whatever an older one lacks."""
        kept = dict(raw)
        kept |= {n: tuple(kept[n]) for n in ("notes", "size") if n in kept}
        for name in ("step_seconds", "memory_bytes"):
            if kept.get(name) is None:
                kept[name] = float("nan")
        if "ranking" in kept:
            kept["ranking"] = cls.from_plain(kept["ranking"])
        return cls(**kept)
