"""A selector that says it cuts a ranking keeps the same, whether the ranking is shared or not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from outfold.registry import Strategy, Value
from outfold.select.ranking import Ranking
from outfold.task import Task
from tests.contracts.subjects import cheap, ends, name, served, strategies, subject_table

EVERY = list({s.key: (s, t) for s, t in served("selector") if s.ranks}.values())
"""Each with one task: no cut looks at the target."""


def cuts_of(strategy: Strategy) -> list[dict[str, Value]]:
    """Complete parameters that differ in nothing but where they cut, each cut at its ends."""
    assert strategy.ranks is not None
    plain = cheap(strategy)
    cuts = [p for p in strategy.params if p.key in strategy.ranks.cuts]
    varied = [plain | {p.key: value} for p in cuts for value in (*ends(p), p.default)]
    if "k" in strategy.ranks.cuts:
        varied += [plain | {"k": k} for k in (2, 3)]
    return varied


@pytest.mark.parametrize(("strategy", "task"), EVERY, ids=name)
def test_cuts_of_a_shared_ranking_are_what_each_selector_finds_alone(
    strategy: Strategy, task: Task
):
    """Columns, scores, notes, merit: all that a selection says, also after it was written down."""
    assert strategy.ranks is not None
    X, y = subject_table(strategy, task)
    varied = cuts_of(strategy)
    asked = [v["k"] for v in varied if "k" in v]
    shared = strategy.ranks.before(varied[0], asked)
    ranking = strategy.build(task=task, seed=3).rank_columns(X, y, shared)
    again = Ranking.from_plain(json.loads(json.dumps(ranking.to_plain())))
    different: list[Any] = []
    for params in varied:
        selector = strategy.build(task=task, seed=3, **params)
        alone = selector.fit(X, y).selection_
        # A NaN is not equal to itself, but its text is.
        assert repr(selector.cut_ranking(ranking)) == repr(alone)
        assert repr(selector.cut_ranking(again)) == repr(alone)
        different.append(alone.selected)
    assert len(set(different)) > 1, "the cuts make no difference, so nothing was tested"


def test_what_can_be_asked_for_its_k_best_is_shared_unless_it_searches():
    """Sizes are cheap for each ranking; a search for a set has to be done for each size."""
    by_size = {s.key for s in strategies("selector") if any(p.key == "k" for p in s.params)}
    shared = {s.key for s in strategies("selector") if s.ranks and "k" in s.ranks.cuts}
    assert shared <= by_size
    assert {s for s in by_size - shared if not s.startswith("sfs_")} == set()
