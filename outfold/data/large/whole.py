"""What is known of a table that is worked with as a sample of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outfold.data.words import quoted


@dataclass(frozen=True, slots=True)
class Whole:
    """A table that lies in a Parquet file and is never held in memory.

    Attributes:
        key: The content key of the file's bytes.
        path: Where the file lies: a name inside the dataset store, or an absolute path where the
            table is opened by reference.
        n_rows: Rows.
        n_bytes: The file's size.
        modified: When the file was changed last, in nanoseconds since 1970; 0 inside the store.
        decoded: About what the table would take in memory, in bytes.
        stratified: The column whose values keep their proportions in the sample; empty for none.
    """

    key: str
    path: str
    n_rows: int
    n_bytes: int
    modified: int
    decoded: int
    stratified: str = ""

    def sentence(self, n_rows: int) -> str:
        """What a page that shows the sample has to say, in one sentence."""
        text = f"This is a sample of {n_rows:,} of {self.n_rows:,} rows"
        if self.stratified:
            return f"{text}, with the values of {quoted(self.stratified)} in proportion."
        return f"{text}, drawn by chance."


def whole_of(raw: Mapping[str, Any] | None) -> Whole | None:
    """The ``Whole`` that ``outfold.hashing.plain`` made plain."""
    return None if raw is None else Whole(**raw)
