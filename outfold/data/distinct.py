"""The distinct words of a text column, counted in pieces and without holding them all."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

KEPT = 50_000
"""Distinct words kept as they are; of more, only their hashes are."""


class DistinctWords:
    """What there is to know about the words of a column, fed piece by piece.

    Attributes:
        n: Cells.
        missing: Missing cells.
        letters: UTF-8 bytes of all cells.
        words: The distinct words; the first ones met where there are more than ``KEPT``.
    """

    def __init__(self) -> None:
        self.n = self.missing = self.letters = 0
        self.words: pa.Array = pa.array([], pa.large_string())
        self._hashes: list[npt.NDArray[np.int64]] = []

    def feed(self, cells: pa.Array) -> None:
        """Take in the next cells: strings, or a dictionary of strings."""
        self.n += len(cells)
        self.missing += cells.null_count
        if pa.types.is_dictionary(cells.type):
            lengths = pc.binary_length(cells.dictionary).take(cells.indices)
            fresh = cells.dictionary.take(pc.unique(cells.indices).drop_null())
        else:
            lengths = pc.binary_length(cells)
            fresh = pc.unique(cells).drop_null()
        self.letters += pc.sum(lengths).as_py() or 0
        fresh = pc.cast(fresh, pa.large_string())
        if not self._hashes:
            merged = pc.unique(pa.concat_arrays([self.words, fresh]))
            if len(merged) <= KEPT:
                self.words = merged
                return
            if not len(self.words):
                self.words = merged.slice(0, KEPT)
            self._hashes.append(_hashes(self.words))
        self._hashes.append(_hashes(fresh))

    @property
    def complete(self) -> bool:
        """Whether ``words`` holds every distinct word."""
        return not self._hashes

    def unique(self) -> int:
        """How many distinct words there are."""
        if self.complete:
            return len(self.words)
        return len(np.unique(np.concatenate(self._hashes)))


def _hashes(words: pa.Array) -> npt.NDArray[np.int64]:
    """64-bit hashes: two of ten million different words share one with odds of 1 to 300,000."""
    return np.fromiter(map(hash, words.to_pylist()), dtype=np.int64, count=len(words))
