"""Every registered selector as the first and as a later link of a chain."""

import numpy as np
import pytest

from outfold.data.schema import source_of
from outfold.registry import registry
from outfold.select.selection import followed
from tests.engine.select.mixed_table import mixed, target
from tests.engine.select.test_every_selector import built

KEYS = [s.key for s in registry("selector") if s.key != "none"]


def chained(X, y, first, second):
    """Both fitted on the same rows, the second on what the first keeps; and what is kept."""
    kept = first.fit(X, y).transform(X)
    left = second.fit(kept, y).transform(kept)
    return followed(first.selection_, second.selection_), kept, left


@pytest.mark.parametrize("place", ["first", "second"])
@pytest.mark.parametrize("key", KEYS)
def test_a_selector_goes_before_and_after_another(key, place):
    """What is found is over all columns; categories and parts of a date stay whole."""
    X = mixed()
    y = target(X, "binary")
    sources = list(dict.fromkeys(source_of(c) for c in X))
    if place == "first":
        first, second = built(key, "binary"), built("correlation", "binary", k=2)
    else:
        first, second = built("correlation", "binary", k=4), built(key, "binary")
    found, kept, left = chained(X, y, first, second)
    assert {source_of(c) for c in kept} == set(first.selection_.selected)
    assert list(left.columns) == [c for c in X if source_of(c) in found.selected]
    assert len(found.selected) >= 1
    assert set(found.selected) <= set(first.selection_.selected)
    assert list(found.scores) == list(first.selection_.scores) == sources
    assert {n for n in sources if n not in first.selection_.selected} <= {
        n for n, s in found.scores.items() if np.isnan(s)
    }
    ranks = found.ranks()
    assert sorted(ranks.values()) == list(range(1, len(sources) + 1))
    reached = {n: r for n, r in ranks.items() if n in first.selection_.selected}
    assert max(reached.values()) == len(reached)
    assert found.merit == second.selection_.merit
    assert set(first.selection_.notes) <= set(found.notes)
