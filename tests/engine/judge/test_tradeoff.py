"""Performance beside its price: the front, its ties, and the cheapest that is good enough."""

from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pytest

from outfold.errors import ParameterError
from outfold.judge.tradeoff import COSTS, pareto, tradeoff
from outfold.study.results import Costs
from tests.engine.judge.small_runs import binary_run, regression_run, with_failure


def brute_force(goods: list[float], costs: list[float]) -> list[bool]:
    """The definition of dominance, word by word."""
    points = list(zip(goods, costs, strict=True))
    return [not any(g >= a and c <= b and (g > a or c < b) for g, c in points) for a, b in points]


def test_the_front_is_what_nothing_dominates() -> None:
    """The sweep agrees with the definition, also where points tie on one axis or both."""
    rng = np.random.default_rng(2)
    for _ in range(200):
        goods, costs = rng.integers(0, 5, 12).tolist(), rng.integers(0, 5, 12).tolist()
        assert pareto(goods, costs) == brute_force(goods, costs)


def test_equal_points_are_on_the_front_together() -> None:
    """A tie on both axes is no reason to drop one."""
    assert pareto([1, 1, 0.5], [2, 2, 3]) == [True, True, False]
    assert pareto([], []) == []


@pytest.mark.parametrize(("run", "metric"), [(binary_run, "roc_auc"), (regression_run, "rmse")])
@pytest.mark.parametrize("cost", ["fit_seconds", "predict_seconds_per_1000", "size_bytes"])
def test_nobody_beats_a_candidate_on_the_front(run, metric: str, cost: str) -> None:
    """In the metric's own direction, on measured costs."""
    found = tradeoff(run().result, metric, cost)
    sign = 1 if found.direction == "higher" else -1
    goods = [sign * o.score for o in found.offers]
    costs = [o.cost for o in found.offers]
    assert [o.on_front for o in found.offers] == brute_force(goods, costs)
    assert found[found.best].score == sign * max(goods)
    assert found[found.best].on_front
    assert costs == sorted(costs)


def test_the_cheapest_good_enough_is_tied_and_costs_no_more_than_the_best() -> None:
    """Within one standard error, not told apart, and never dearer."""
    found = tradeoff(binary_run().result, "roc_auc", "fit_seconds")
    best, cheap = found[found.best], found[found.cheapest]
    assert cheap.tied
    assert cheap.cost <= best.cost
    assert best.score - cheap.score <= best.std_error
    assert found.saving() >= 1
    assert found.cheapest in found.sentence()


def test_a_tolerance_widens_what_is_good_enough() -> None:
    """With all the tolerance of the world the cheapest candidate of all is good enough."""
    result = binary_run().result
    assert tradeoff(result, tolerance=0).cheapest == tradeoff(result).best
    everything = tradeoff(result, cost="fit_seconds", tolerance=1)
    assert everything.cheapest == everything.offers[0].candidate
    with pytest.raises(ParameterError, match="0 or more"):
        tradeoff(result, tolerance=-1)


def test_an_unmeasured_cost_leaves_no_offer() -> None:
    """What was not measured is not drawn as free."""
    result = binary_run().result
    bare = [dataclasses.replace(c, costs=Costs()) for c in result.candidates]
    found = tradeoff(dataclasses.replace(result, candidates=tuple(bare)))
    assert found.offers == ()
    assert math.isnan(found.saving())
    assert "No candidate" in found.sentence()


def test_failed_and_running_candidates_are_no_offers() -> None:
    """Only what was measured on every split is compared."""
    assert len(tradeoff(with_failure(binary_run())).offers) == 3


def test_the_command_lines_form_holds_every_cost_and_the_front() -> None:
    """JSON with candidates, their costs and the front by name."""
    text = json.loads(json.dumps(tradeoff(binary_run().result).to_json()))
    assert set(text["candidates"][0]["costs"]) == set(COSTS)
    assert text["pareto"]
    assert set(text["pareto"]) <= {c["candidate"] for c in text["candidates"]}
    assert len(tradeoff(binary_run().result).frame()) == 5


def test_an_unknown_cost_is_refused() -> None:
    """The hint names those that are measured."""
    with pytest.raises(ParameterError, match="fit_seconds"):
        tradeoff(binary_run().result, cost="price")
