"""Work shared out over threads gives what one thread gives, and leaves linear algebra as it was."""

from __future__ import annotations

from threading import Barrier, Thread

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import ThreadpoolController

from outfold.data.schema import Column, Schema
from outfold.explore import threads
from outfold.explore.associate import associate
from outfold.explore.linear import pearson


def blas_threads() -> list[int]:
    found = ThreadpoolController().select(user_api="blas").info()
    return [library["num_threads"] for library in found]


@pytest.mark.parametrize("missing", [0.0, 0.05, 0.4])
def test_a_large_table_has_the_same_correlations_as_each_pair_alone(missing: float) -> None:
    """Pieces of many threads add up to what all rows of one pair give, to rounding."""
    rng = np.random.default_rng(4)
    values = rng.normal(size=(30_001, 70)) + rng.normal(size=(30_001, 1)) + 100.0
    values[rng.random(values.shape) < missing] = np.nan
    assert values.size > threads.WORTH
    frame = pd.DataFrame(values, columns=[f"x{i}" for i in range(70)])
    schema = Schema(tuple(Column(c, "numeric") for c in frame))
    found = associate(frame, schema, "pearson")
    for a, b in [(0, 1), (0, 69), (13, 44), (68, 69)]:
        alone, of = pearson(values[:, a], values[:, b]), found.of(f"x{a}", f"x{b}")
        assert of.value == pytest.approx(alone.value, abs=1e-12)
        assert of.n == alone.n


def test_parts_take_every_row_once_whatever_their_number() -> None:
    """However many threads a machine has, each part is worked on once, in the order of parts."""
    found = threads.shared_out(lambda part, parts: (part, parts), threads.WORTH)
    assert [part for part, _ in found] == list(range(len(found)))
    assert {parts for _, parts in found} == {len(found)}
    assert threads.shared_out(lambda part, parts: (part, parts), threads.WORTH - 1) == [(0, 1)]


def test_linear_algebra_gets_its_threads_back_when_two_sessions_overlap() -> None:
    """The one that came second may go first or last: afterwards all is as before."""
    before = blas_threads()
    during: list[list[int]] = []
    inside = Barrier(2, timeout=60)

    def session() -> None:
        def work(part: int, parts: int) -> None:
            if part == 0:
                inside.wait()
                during.append(blas_threads())
                inside.wait()

        threads.shared_out(work, threads.WORTH)

    both = [Thread(target=session) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert during == [[1] * len(before)] * 2
    assert blas_threads() == before


def test_linear_algebra_gets_its_threads_back_after_an_error() -> None:
    before = blas_threads()

    def fails(part: int, parts: int) -> None:
        raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        threads.shared_out(fails, threads.WORTH)
    assert blas_threads() == before
