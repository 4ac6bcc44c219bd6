"""A dataset: one table, read, typed and stored under the hash of its content."""

from __future__ import annotations

from dataclasses import dataclass

from outfold.data.large.whole import Whole
from outfold.data.schema import Schema
from outfold.registry import Value


@dataclass(frozen=True, slots=True)
class Dataset:
    """What is known of a stored table without loading it.

    Attributes:
        key: The content key: equal names, types and values have equal keys.
        name: What people call it.
        n_rows: Rows.
        schema: Its columns.
        notes: What was found or changed on reading, in sentences.
        options: How it was read; giving them again reads it the same way.
        bytes_in_memory: About what it takes as a DataFrame, in bytes.
        created: When it was stored, in ISO format, UTC.
        source: The file or sample that it came from.
        source_bytes: The size of that file, in bytes; 0 where there is none.
        whole: The table that this one is a sample of; None where it is no sample.
    """

    key: str
    name: str
    n_rows: int
    schema: Schema
    notes: tuple[str, ...] = ()
    options: tuple[tuple[str, Value], ...] = ()
    bytes_in_memory: int = 0
    created: str = ""
    source: str = ""
    source_bytes: int = 0
    whole: Whole | None = None

    @property
    def sample_sentence(self) -> str:
        """What a page says of a sample, in one sentence; empty where the table is whole."""
        return self.whole.sentence(self.n_rows) if self.whole else ""
