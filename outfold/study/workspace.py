"""The folder in which everything is kept: tables, studies, runs and computed steps."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from outfold.data.store import DatasetStore
from outfold.study.records import Records, RunRecord
from outfold.study.study import Study


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

    def save_study(self, study: Study) -> str:
        """Keep a study and return its key, by which a link finds it again."""
        self.records.save_study(study.key, study.to_json())
        return study.key

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
    ) -> None:
        """Keep a computed step. A kill at any moment leaves either all of it or nothing."""
        size = 0
        if arrays:
            path = self._arrays_path(key)
            path.parent.mkdir(parents=True, exist_ok=True)
            buffer = io.BytesIO()
            np.savez(buffer, allow_pickle=False, **arrays)
            size = buffer.tell()
            handle, name = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "wb") as stream:
                stream.write(buffer.getbuffer())
            os.replace(name, path)
        self.records.add_step(key, kind, body, size, seconds)

    def step_arrays(self, key: str) -> dict[str, np.ndarray] | None:
        """The arrays of a computed step, or None where the file is missing or damaged."""
        try:
            with np.load(self._arrays_path(key), allow_pickle=False) as stored:
                return {name: stored[name] for name in stored.files}
        except (OSError, ValueError, EOFError, zipfile.BadZipFile):
            return None
