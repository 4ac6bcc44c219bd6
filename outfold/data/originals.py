"""Uploaded files as they came, so that a table can be read again in another way."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

MOST_BYTES = 2 << 30
"""Above this in total the oldest files are removed; their tables stay."""


class Originals:
    """The files that datasets were read from, each under its dataset's key.

    Args:
        root: The folder; made when the first file is kept.
        most_bytes: What all files together may take.
    """

    def __init__(self, root: Path, most_bytes: int = MOST_BYTES) -> None:
        self.root = Path(root)
        self.most_bytes = most_bytes

    def keep(self, file: Path, dataset: str) -> None:
        """Keep a file as a dataset's original; on the same disk it is not copied."""
        self.root.mkdir(parents=True, exist_ok=True)
        target = self.root / dataset
        if target.exists() and target.samefile(file):
            return
        made = self.root / f"{dataset}.{os.getpid()}"
        try:
            os.link(file, made)
        except OSError:  # another disk, or one without links
            shutil.copyfile(file, made)
        os.replace(made, target)
        self._forget_oldest(target)

    def path(self, dataset: str) -> Path | None:
        """A dataset's original, or None where it came from elsewhere or was removed."""
        path = self.root / Path(dataset).name
        return path if path.is_file() else None

    def _forget_oldest(self, newest: Path) -> None:
        files = sorted(
            (p for p in self.root.iterdir() if p != newest), key=lambda p: p.stat().st_ctime
        )
        total = newest.stat().st_size + sum(p.stat().st_size for p in files)
        for path in files:
            if total <= self.most_bytes:
                return
            total -= path.stat().st_size
            path.unlink(missing_ok=True)
