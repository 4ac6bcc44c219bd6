"""What tuning may change: ranges from the registry, without what is set by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from outfold.registry import Param, registry
from outfold.study.study import BASELINE, NONE, Candidate, Choice
from outfold.study.tune.space import Axis, axis_of, space_of, tunable, values_at

PARAMS = [
    pytest.param(strategy, param, id=f"{strategy.key}-{param.key}")
    for strategy in registry("model")
    for param in strategy.params
]
LOG = Axis("C", "C", "float", 0.01, 100.0, log=True)
WHOLE = Axis("k", "k", "int", 1, 4)
WAY = Axis("way", "Way", "choice", choices=("a", "b", "c"))


@pytest.mark.parametrize(("strategy", "param"), PARAMS)
def test_every_value_searched_is_allowed_and_has_a_source(strategy, param):
    """A strategy declares its range once, within its limits, and says where it comes from."""
    if param.search is not None:
        assert param.search_source, "say where the range comes from, or why it is not tuned"
    axis = axis_of(param)
    if axis is None:
        return
    assert axis.source
    assert not axis.log or axis.low > 0
    for position in (0.0, 0.3, 0.5, 0.999, 1.0):
        value = axis.at(position)
        assert param.check(value) == value
        assert axis.holds(value)


def test_whole_numbers_and_choices_share_the_range_evenly():
    """Each of four whole numbers and of three choices has its equal part."""
    grid = np.linspace(0, 1, 1201)[:-1] + 1 / 2400
    numbers, counts = np.unique([WHOLE.at(u) for u in grid], return_counts=True)
    assert numbers.tolist() == [1, 2, 3, 4]
    assert counts.tolist() == [300, 300, 300, 300]
    ways, counts = np.unique([WAY.at(u) for u in grid], return_counts=True)
    assert ways.tolist() == ["a", "b", "c"]
    assert counts.tolist() == [400, 400, 400]


def test_a_log_scale_spreads_ratios_evenly():
    """The middle of 0.01 to 100 is 1."""
    assert LOG.at(0.5) == pytest.approx(1.0)
    assert LOG.at(0.0) == pytest.approx(0.01)
    assert LOG.at(1.0) == pytest.approx(100.0)
    assert LOG.words() == "0.01 to 100, log scale"


@pytest.mark.parametrize("axis", [LOG, Axis("a", "A", "float", -1, 3)])
def test_position_undoes_at(axis):
    """Where a value lies in its range is where it was taken from."""
    for u in (0.0, 0.2, 0.77, 1.0):
        assert axis.position(axis.at(u)) == pytest.approx(u, abs=1e-12)
    assert math.isnan(axis.position(None))
    assert WAY.position("b") == 0.5


def test_what_is_set_by_hand_is_not_tuned():
    """A choice that names a value keeps it; the others are searched."""
    forest = registry("model")["hist_gradient_boosting"]
    free = {a.key for a in space_of(forest, Choice(forest.key))}
    held = {a.key for a in space_of(forest, Choice.of(forest.key, learning_rate=0.1))}
    assert free - held == {"learning_rate"}
    assert tunable(BASELINE) == ()
    assert tunable(Candidate(NONE, NONE, Choice("linear"))) == ()


def test_what_a_strategy_leaves_out_stays_as_it_is():
    """An empty range means not tuned; a range of its own goes before the limits."""
    assert axis_of(Param("n", "N", "int", 5, low=1, high=9, search=())) is None
    axis = axis_of(
        Param("a", "A", "float", 0.0, low=0.0, high=9.0, search=(0.1, 1.0), search_scale="log")
    )
    assert axis == Axis("a", "A", "float", 0.1, 1.0, log=True)
    assert axis_of(Param("f", "F", "bool", False)).choices == (False, True)


def test_values_at_a_point_have_their_parameters_names():
    """One coordinate per axis."""
    assert values_at((LOG, WHOLE, WAY), (0.5, 0.0, 0.9)) == {
        "C": pytest.approx(1.0), "k": 1, "way": "c"
    }  # fmt: skip
