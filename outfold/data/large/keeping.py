"""Where a large table's file and its figures lie: in the dataset store, or where they were."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outfold.data.large.whole import Whole
from outfold.data.words import quoted
from outfold.errors import NotApplicableError, ReadError

if TYPE_CHECKING:
    from outfold.data.dataset import Dataset
    from outfold.data.isolate import Stored

FIGURES_FILE = "figures.json"


def keep_whole(root: Path, stored: Stored, *, by_reference: bool) -> Whole | None:
    """Keep the file that a sample was drawn from, unless it stays where it is.

    Args:
        root: The dataset store's folder.
        stored: What was read; a file that reading made lies beside it.
        by_reference: Whether a file of somebody else's stays where it is.
    """
    whole = stored.whole
    if whole is None:
        return None
    path = Path(whole.path)
    target = root / f"{whole.key}.whole.parquet"
    made_on_reading = path.parent == stored.path.parent
    if by_reference and not made_on_reading:
        return whole
    if not target.exists():
        made = root / f"{whole.key}.{os.getpid()}"
        if made_on_reading:
            os.replace(path, made)
        else:
            try:
                os.link(path, made)
            except OSError:  # another disk, or one without links
                shutil.copyfile(path, made)
        os.replace(made, target)
    return dataclasses.replace(whole, path=target.name, modified=0)


def keep_figures(root: Path, stored: Stored) -> None:
    """Keep the figures of all rows, where what was read is a sample."""
    if stored.whole is not None:
        os.replace(stored.path.parent / FIGURES_FILE, root / f"{stored.key}.{FIGURES_FILE}")


def whole_path(root: Path, dataset: Dataset) -> Path:
    """The Parquet file that a dataset is a sample of.

    Raises:
        NotApplicableError: The dataset is a whole table.
        ReadError: The file was moved or changed since it was opened.
    """
    whole = dataset.whole
    if whole is None:
        raise NotApplicableError(
            f"{quoted(dataset.name)} is a whole table, no sample.", "It is shown with all its rows."
        )
    path = root / whole.path
    try:
        now = path.stat()
    except OSError:
        raise ReadError(
            f"The file of {quoted(dataset.name)} is no longer there: {quoted(path, 200)}.",
            "Put it back, or open it from its new place.",
        ) from None
    if whole.modified and (now.st_size, now.st_mtime_ns) != (whole.n_bytes, whole.modified):
        raise ReadError(
            f"The file of {quoted(dataset.name)} has changed since it was opened.", "Open it again."
        )
    return path


def read_figures(root: Path, dataset: Dataset) -> dict[str, Any]:
    """The figures of all rows, by column, as plain values; empty for a whole table."""
    path = root / f"{dataset.key}.{FIGURES_FILE}"
    if dataset.whole is None or not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found
