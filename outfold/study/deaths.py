"""Which step brought a worker down, and why, for a person.

Dask holds every step that a dead worker had in hand under suspicion. Only one that was begun each
time is to blame; the others are sent again.
"""

from __future__ import annotations

import collections
from typing import Any

MEMORY_TOPIC = "worker-restart-memory"
"""Where Dask's nannies tell that they stopped a worker for its memory."""


class Deaths:
    """What is known of workers that died during a run.

    Args:
        client: A ``distributed.Client``.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._begun: collections.Counter[str] = collections.Counter()
        self._keys: dict[str, str] = {}

    def sent(self, name: str, key: str) -> None:
        """A step was sent under a name of Dask's."""
        self._keys[name] = key
        self._begun[key] = 0

    def begun(self, key: str) -> None:
        """A worker began a step."""
        self._begun[key] += 1

    def to_blame(self, error: BaseException | None) -> str | None:
        """The step that killed its workers, or None where it only happened to be there."""
        from distributed.scheduler import KilledWorker

        if not isinstance(error, KilledWorker):
            return None
        key = self._keys.get(str(error.task), "")
        return key if self._begun[key] > error.allowed_failures else None

    def is_death(self, error: BaseException | None) -> bool:
        """Whether an error says that workers died."""
        from distributed.scheduler import KilledWorker

        return isinstance(error, KilledWorker)

    def reason(self, error: BaseException) -> str:
        """Why the worker died, one sentence and what to do."""
        last = getattr(getattr(error, "last_worker", None), "address", "")
        told = [e for _, e in self._client.get_events(MEMORY_TOPIC) if e["worker"] == last]
        if told:
            used = told[-1]["rss"] / 1e9
            return (
                f"It needed more memory than its worker may use (stopped at {used:.2g} GB); "
                "take fewer columns, a smaller model or a worker with more memory."
            )
        return (
            "The worker process died while computing this, most likely out of memory; take fewer "
            "columns, a smaller model or a machine with more memory."
        )
