"""Distinct words are counted exactly, however many there are and however they come."""

from __future__ import annotations

import pyarrow as pa
import pytest

from outfold.data import distinct
from outfold.data.distinct import DistinctWords


@pytest.mark.parametrize("many", [10, 1000, 5000])
@pytest.mark.parametrize("step", [7, 500, 20_000])
@pytest.mark.parametrize("coded", [True, False])
def test_words_are_counted_exactly_in_pieces(
    monkeypatch: pytest.MonkeyPatch, many: int, step: int, coded: bool
) -> None:
    """Above the number of words kept, the count goes on by hashes and stays exact."""
    monkeypatch.setattr(distinct, "KEPT", 900)
    cells = [None if i % 11 == 0 else f"w{(i * 7919) % many}" for i in range(20_000)]
    found = DistinctWords()
    for start in range(0, len(cells), step):
        piece = pa.array(cells[start : start + step], pa.large_string())
        found.feed(piece.dictionary_encode() if coded else piece)
    known = [c for c in cells if c is not None]
    assert found.unique() == len(set(known))
    assert found.complete is (many <= 900)
    assert (found.n, found.missing) == (20_000, 20_000 - len(known))
    assert found.letters == sum(map(len, known))
    if found.complete:
        assert set(found.words.to_pylist()) == set(known)
