"""The folder in which everything is kept: tables, studies, runs and computed steps."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

from outfold.data.store import DatasetStore
from outfold.errors import OutfoldError
from outfold.study.records import Records, RunRecord
from outfold.study.study import Study
from outfold.study.timings import Timing


class Workspace:
    """One folder of tables, studies, runs and computed steps.

    Args:
        root: The folder; made if it is not there.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root).resolve()
        self.root.mkdir(parents=True, exist_ok=True)

    @classmethod
    def default(cls) -> Workspace:
        """The workspace named by ``OUTFOLD_HOME``, else ``.outfold`` in the working directory."""
        return cls(Path(os.environ.get("OUTFOLD_HOME") or ".outfold"))

    @cached_property
    def records(self) -> Records:
        """Studies, runs, events and steps."""
        return Records(self.root / "outfold.db")

    @cached_property
    def datasets(self) -> DatasetStore:
        """The tables."""
        return DatasetStore(self.root / "datasets")

    def save_study(self, study: Study, before: Study | Literal["none"] | None = None) -> str:
        """Keep a study and return its key, by which a link finds it again.

        Args:
            study: The study.
            before: What was changed into it just now, ``none`` where one begins with it; without
                it, what is written down stays.
        """
        key = before.key if isinstance(before, Study) else "" if before else None
        self.records.save_study(study.key, study.to_json(), key)
        return study.key

    def studies_before(self, study: Study, limit: int = 100) -> list[Study]:
        """The studies that were changed into this one, step by step, the latest last."""
        found: list[Study] = []
        for body in self.records.studies_before(study.key, limit):
            try:
                found.append(Study.from_json(body))
            except OutfoldError:  # kept by another version, and no longer understood
                found.clear()
        return found

    def study(self, key: str) -> Study:
        """The study kept under a key.

        Raises:
            UnknownNameError: This workspace does not know it.
        """
        return Study.from_json(self.records.study(key))

    def recent_runs(self, limit: int = 20) -> list[RunRecord]:
        """The newest runs, newest first."""
        return self.records.runs(limit)

    def _arrays_path(self, key: str) -> Path:
        return self.root / "steps" / key[:2] / f"{key}.npz"

    def save_step(
        self,
        key: str,
        kind: str,
        body: Mapping[str, Any],
        arrays: Mapping[str, np.ndarray],
        seconds: float,
        timings: Sequence[Timing] = (),
    ) -> None:
        """Keep a computed step. A kill at any moment leaves either all of it or nothing."""
        size = self.save_arrays(key, arrays) if arrays else 0
        self.records.add_step(key, kind, body, size, seconds, timings)

    def save_arrays(self, key: str, arrays: Mapping[str, np.ndarray]) -> int:
        """Store the arrays of a step, whole or not at all; the size of their file.

        They count as kept once the step is written down: see ``Records.add_steps``.
        """
        path = self._arrays_path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(buffer.getbuffer())
        os.replace(name, path)
        return len(buffer.getbuffer())

    def held(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of the steps whose arrays are here, whole by their size."""
        sizes = self.records.step_bytes(keys)
        return frozenset(key for key, size in sizes.items() if size and self._is_whole(key, size))

    def gone(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of the fits that were computed, but whose arrays were let go or lost."""
        return self.records.known_steps(keys) - self.held(keys)

    def _is_whole(self, key: str, size: int) -> bool:
        try:
            return self._arrays_path(key).stat().st_size == size
        except OSError:
            return False

    def has_arrays(self, key: str) -> bool:
        """Whether there is a file of a step's arrays."""
        return self._arrays_path(key).exists()

    def remove_arrays(self, key: str) -> None:
        """Remove the file of a step's arrays, where there is one."""
        self._arrays_path(key).unlink(missing_ok=True)

    def step_files(self) -> list[Path]:
        """Every file of the store, those that a kill left half written included."""
        return [p for p in (self.root / "steps").glob("*/*") if p.is_file()]

    def step_arrays(self, key: str) -> dict[str, np.ndarray] | None:
        """The arrays of a computed step, or None where the file is missing or damaged.

        A damaged file is removed, so that its step is computed again.
        """
        try:
            with np.load(self._arrays_path(key), allow_pickle=False) as stored:
                return {name: stored[name] for name in stored.files}
        except FileNotFoundError:
            return None
        except (OSError, ValueError, EOFError, zipfile.BadZipFile):
            self.remove_arrays(key)
            return None
