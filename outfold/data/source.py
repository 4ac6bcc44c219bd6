"""From what a person names, a path or ``sample:NAME``, to a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from outfold.data.dataset import Dataset
from outfold.data.samples import sample_named
from outfold.data.store import DatasetStore

SAMPLE_PREFIX = "sample:"


def open_data(spec: str | Path, store: DatasetStore, **options: Any) -> Dataset:
    """The dataset of a path or a sample, stored.

    Args:
        spec: A path, or ``sample:NAME``.
        store: Where it is kept.
        **options: How to read a file; see ``outfold.data.options.ReadOptions``.

    Raises:
        UnknownNameError: No such sample or option.
        ReadError: The file cannot be read.
    """
    text = str(spec)
    if text.startswith(SAMPLE_PREFIX):
        sample = sample_named(text.removeprefix(SAMPLE_PREFIX))
        whole = store.add_frame(sample.load(), sample.title, (sample.source,), source=text)
        if (options.get("rows") or whole.n_rows) >= whole.n_rows:
            return whole
        sampling = {"rows": options["rows"], "stratify": options.get("stratify", sample.target)}
        table = store.table(whole.key)
        return store.add_file(table, sample.title, by_reference=True, **sampling)
    return store.add_file(Path(spec), by_reference=True, **options)
