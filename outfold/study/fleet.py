"""The workers of a run: who is there, who may be given steps, and who has how many."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from outfold.study.shared import reaches
from outfold.study.versions import VersionError, difference, mine

SHORT = 0.5
"""Seconds of a step up to which a worker is given the next one ahead of time. Longer ones are worth
the few milliseconds of a late decision, since by then another worker may be idle."""


class Fleet:
    """The workers of a Dask cluster as one run uses them.

    Args:
        client: A ``distributed.Client``.
        root: The workspace's folder.
        shared_storage: Whether workers can use it; None to ask each of them, and to take none that
            has other versions than this machine.
    """

    def __init__(self, client: Any, root: Path, shared_storage: bool | None) -> None:
        self._client, self._root = client, root
        self._ask = shared_storage is not True
        self.shares = shared_storage
        self.loads: dict[str, set[str]] = {}
        self.refused: dict[str, str] = {}
        self._threads: dict[str, int] = {}

    def look(self) -> list[str]:
        """Take in who joined and who left; those who left.

        Raises:
            VersionError: No worker is left that has the versions of this machine.
        """
        there: Mapping[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        gone = [w for w in self.loads if w not in there]
        for worker in gone:
            del self.loads[worker], self._threads[worker]
        new = [w for w in there if w not in self.loads and w not in self.refused]
        if new and self._ask:
            new = self._asked(new)
        for worker in new:
            self.loads[worker] = set()
            self._threads[worker] = int(there[worker]["nthreads"])
        refused = [reason for w, reason in self.refused.items() if w in there]
        if refused and not self.loads:
            raise VersionError(refused[0])
        return gone

    def _asked(self, new: list[str]) -> list[str]:
        """Those of some new workers that compute as this machine does."""
        (self._root / "steps").mkdir(exist_ok=True)
        probe = self._root / f"reach-{uuid.uuid4().hex}"
        probe.touch()
        try:
            said = self._client.run(
                greet, str(self._root), probe.name, workers=new, on_error="return"
            )
        finally:
            probe.unlink()
        taken = []
        for worker, answer in said.items():
            versions, reached = answer if isinstance(answer, tuple) else (answer, False)
            if reason := difference(f"The worker {worker}", versions):
                self.refused[worker] = reason
            elif self.shares and not reached:
                self.refused[worker] = f"The worker {worker} cannot use {self._root}."
            else:
                taken.append((worker, reached))
        if self.shares is None and taken:
            self.shares = all(reached for _, reached in taken)
        return [worker for worker, _ in taken]

    def place_for(self, expected: Callable[[str], float]) -> list[str]:
        """The workers that should be given a step now, the least busy first.

        A worker that computes a step which is soon done is given the next one ahead of time.

        Args:
            expected: Seconds that a step is expected to take, by key; 0 where nothing is known.
        """

        def has_room(worker: str) -> bool:
            load, threads = self.loads[worker], self._threads[worker]
            if len(load) < threads:
                return True
            return len(load) == threads and min(map(expected, load)) <= SHORT

        return sorted(filter(has_room, self.loads), key=lambda w: len(self.loads[w]))

    def took_off(self, key: str) -> None:
        """A step is with no worker any more."""
        for load in self.loads.values():
            load.discard(key)


def greet(root: str, name: str) -> tuple[dict[str, str], bool]:
    """What a worker has: its versions, and whether it can use a workspace that has this file."""
    return mine(), reaches(root, name)
