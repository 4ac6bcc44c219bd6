"""Where datasets are kept: each table once, as Parquet, under the hash of its content."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from outfold.data.dataset import Dataset
from outfold.data.describe import describe_stored
from outfold.data.frames import load
from outfold.data.infer import source_of_frame
from outfold.data.isolate import read_apart
from outfold.data.large.keeping import keep_figures, keep_whole, read_figures, whole_path
from outfold.data.large.whole import whole_of
from outfold.data.options import Limits
from outfold.data.schema_json import schema_of
from outfold.data.typed import plan, write
from outfold.errors import ReadError, UnknownNameError
from outfold.hashing import KEY_LENGTH, plain
from outfold.registry import Value

_KEY = re.compile(rf"^[0-9a-f]{{{KEY_LENGTH}}}$")


class DatasetStore:
    """Datasets in a folder; several processes may use one at the same time.

    A table lies in ``<key>.parquet`` and what is known of it in ``<key>.json``. Both appear whole
    or not at all: they are written beside and then renamed.

    Args:
        root: The folder; it is made where it does not exist.
        limits: What reading a file may use.
    """

    def __init__(self, root: Path, limits: Limits | None = None) -> None:
        self.root = Path(root)
        self.limits = limits or Limits()
        self.root.mkdir(parents=True, exist_ok=True)

    def add_file(
        self,
        path: str | Path,
        name: str | None = None,
        *,
        by_reference: bool = False,
        **options: Any,
    ) -> Dataset:
        """Read a file in a process of its own and store its table.

        Of a table too large for memory a sample is stored, and the file beside it.

        Args:
            path: The file.
            name: What people call it; the file's own name unless given.
            by_reference: Whether a large Parquet file stays where it is and is only remembered.
            **options: See ``outfold.data.options.ReadOptions``.

        Raises:
            ReadError: It cannot be read.
        """
        path = Path(path)
        called = name or path.name
        with read_apart(path, options, name=called, limits=self.limits, near=self.root) as stored:
            dataset = Dataset(
                stored.key,
                called,
                stored.n_rows,
                stored.schema,
                stored.notes,
                stored.options,
                stored.bytes_in_memory,
                _now(),
                called,
                path.stat().st_size,
                keep_whole(self.root, stored, by_reference=by_reference),
            )
            keep_figures(self.root, stored)
            self._keep(stored.path, dataset)
        return dataset

    def draw_again(self, key: str, rows: int, stratify: str = "") -> Dataset:
        """Another sample of the table that a dataset is a sample of, as a dataset of its own.

        Args:
            key: The dataset.
            rows: Rows of the new sample.
            stratify: The column whose values keep their proportions; empty for none.

        Raises:
            NotApplicableError: The dataset is a whole table.
            ReadError: The file was moved or changed, or the sample would be too large.
        """
        dataset = self.get(key)
        path = self.whole(key)
        assert dataset.whole is not None
        options: dict[str, Value] = {"rows": rows, "stratify": stratify}
        with read_apart(
            path, options, name=dataset.name, limits=self.limits, near=self.root
        ) as stored:
            whole = stored.whole
            if whole is not None:
                whole = dataclasses.replace(
                    whole, path=dataset.whole.path, modified=dataset.whole.modified
                )
            again = dataclasses.replace(
                dataset, key=stored.key, n_rows=stored.n_rows, schema=stored.schema,
                notes=stored.notes, bytes_in_memory=stored.bytes_in_memory, created=_now(),
                options=tuple(sorted((dict(dataset.options) | options).items())), whole=whole,
            )  # fmt: skip
            keep_figures(self.root, stored)
            self._keep(stored.path, again)
        return again

    def whole(self, key: str) -> Path:
        """The Parquet file that a dataset is a sample of.

        Raises:
            NotApplicableError: The dataset is a whole table.
            ReadError: The file was moved or changed since it was opened.
        """
        return whole_path(self.root, self.get(key))

    def figures(self, key: str) -> dict[str, Any]:
        """The figures of all rows that a dataset is a sample of, by column, as plain values."""
        return read_figures(self.root, self.get(key))

    def add_frame(
        self, frame: pd.DataFrame, name: str, notes: Iterable[str] = (), source: str = ""
    ) -> Dataset:
        """Type a DataFrame and store it.

        Raises:
            ReadError: Fewer than two rows, or no columns.
        """
        if frame.shape[1] == 0:
            raise ReadError("The table has no columns.", "Choose at least one.")
        origin, name_notes = source_of_frame(frame)
        decided = plan(origin)
        with tempfile.TemporaryDirectory(prefix="adding-", dir=self.root) as folder:
            table = Path(folder) / "table.parquet"
            key = write(origin, decided, table)
            schema, in_memory = describe_stored(table, origin.declared)
            said = (*notes, *name_notes, *decided.notes)
            dataset = Dataset(
                key, name, decided.n_rows, schema, said, (), in_memory, _now(), source
            )
            self._keep(table, dataset)
        return dataset

    def get(self, key: str) -> Dataset:
        """What is known of a dataset.

        Raises:
            UnknownNameError: No dataset has that key.
        """
        path = self.root / f"{key}.json"
        if not _KEY.match(key) or not path.exists():
            raise UnknownNameError(
                f"There is no dataset {key[:40]!r} here.", "Load the table again."
            )
        return _dataset(json.loads(path.read_text("utf-8")))

    def list(self) -> list[Dataset]:
        """Every dataset, the newest first."""
        found = [self.get(p.stem) for p in self.root.glob("*.json") if _KEY.match(p.stem)]
        return sorted(found, key=lambda d: (d.created, d.key), reverse=True)

    def frame(self, key: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The table, typed as it was stored; with ``columns``, only those, in that order.

        Raises:
            UnknownNameError: No dataset has that key, or it has no such column.
        """
        dataset = self.get(key)
        for name in columns or ():
            if name not in dataset.schema:
                raise UnknownNameError(f"There is no column {name!r}.", "Choose one of the table.")
        return load(self.table(key), dataset.schema, columns)

    def table(self, key: str) -> Path:
        """The Parquet file of a dataset.

        Raises:
            UnknownNameError: No dataset has that key.
        """
        self.get(key)
        return self.root / f"{key}.parquet"

    def _keep(self, table: Path, dataset: Dataset) -> None:
        # The table first: whoever finds the description can rely on the table.
        os.replace(table, self.root / f"{dataset.key}.parquet")
        handle, made = tempfile.mkstemp(prefix="meta-", dir=self.root)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(plain(dataset), stream)
        os.replace(made, self.root / f"{dataset.key}.json")


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")


def _dataset(raw: dict[str, Any]) -> Dataset:
    changed = {
        "schema": schema_of(raw["schema"]),
        "notes": tuple(raw["notes"]),
        "options": tuple((k, v) for k, v in raw["options"]),
        "whole": whole_of(raw.get("whole")),
    }
    return Dataset(**{**raw, **changed})
