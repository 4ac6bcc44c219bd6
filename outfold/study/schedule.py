"""When a set of steps would end on some workers: list scheduling, the longest way to go first."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

from outfold.study.plan import Step


def makespan(steps: Sequence[Step], seconds: Mapping[str, float], workers: int) -> float:
    """Wall seconds until the last of some steps ends (Graham 1969, by critical path).

    A step begins when its parent has ended and a worker is free; of those that can begin, the one
    with the longest way to go comes first.

    Args:
        steps: The steps, parents before children; a parent that is not among them is there already.
        seconds: What each takes, by key.
        workers: How many there are, at least 1.
    """
    to_go: dict[str, float] = {}
    children: dict[str, list[str]] = {}
    for step in reversed(steps):
        below = max((to_go[child] for child in children.get(step.key, ())), default=0.0)
        to_go[step.key] = seconds[step.key] + below
        children.setdefault(step.parent, []).append(step.key)
    ready = [(-to_go[s.key], s.key) for s in steps if s.parent not in to_go]
    heapq.heapify(ready)
    running: list[tuple[float, str]] = []
    now = 0.0
    while ready or running:
        while ready and len(running) < workers:
            _, key = heapq.heappop(ready)
            heapq.heappush(running, (now + seconds[key], key))
        now, ended = heapq.heappop(running)
        for child in children.get(ended, ()):
            heapq.heappush(ready, (-to_go[child], child))
    return now
