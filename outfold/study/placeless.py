"""Steps whose worker is gone go on with whoever comes: a plugin for Dask's scheduler.

A step is sent with the worker that should take it and leave for any other to do so. Where all
workers are replaced at once, as when a run is cancelled that keeps each of them busy, Dask (2026.8)
forgets the leave: the step waits for the old address, which never comes back, and everything that
other runs had begun waits with it.
"""

from __future__ import annotations

from typing import Any

from distributed import SchedulerPlugin


class Placeless(SchedulerPlugin):  # type: ignore[misc]
    """Takes departed workers from what waits for a worker, whenever one joins."""

    name = "outfold-placeless"
    idempotent = True

    def add_worker(self, scheduler: Any, worker: str) -> None:
        """Called before the scheduler looks for steps that the new worker can take."""
        del worker
        for task in list(scheduler.unrunnable):
            wanted = task.worker_restrictions
            if task.loose_restrictions and wanted and not wanted & scheduler.workers.keys():
                task.worker_restrictions = None
