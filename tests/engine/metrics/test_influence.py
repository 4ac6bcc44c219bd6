"""How metrics that are no mean of their rows move with each of them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from outfold.judge.row_influence import drawn, influence, shares, spread
from outfold.metrics.catalogue import catalogue
from outfold.metrics.metric import Scored
from tests.engine.judge.test_bootstrap_632 import scored_rows

FOLLOWING = [m for m in catalogue().values() if m.influence is not None]
CASES = [(m, task) for m in FOLLOWING for task in m.tasks]


@pytest.mark.parametrize(("metric", "task"), CASES, ids=lambda v: getattr(v, "key", v))
@pytest.mark.parametrize("weighted", [False, True])
def test_values_average_to_the_metric_and_move_it_as_weights_do(metric, task, weighted):
    """Their weighted mean is the metric; a row that weighs a little more moves it by its value."""
    scored = scored_rows(task, 60, seed=3, weighted=weighted)
    values, own = metric.influence(scored), metric.compute(scored)
    assert np.average(values, weights=scored.weight) == pytest.approx(own, rel=1e-9, abs=1e-12)
    weight = np.ones(60) if scored.weight is None else scored.weight
    for row in (0, 7, 21, 33):
        moved = []
        for step in (1e-6, -1e-6):
            changed = weight.copy()
            changed[row] += step
            moved.append(metric.compute(dataclasses.replace(scored, weight=changed)))
        slope = (moved[0] - moved[1]) / 2e-6
        assert slope == pytest.approx((values[row] - own) / weight.sum(), abs=2e-6)


@pytest.mark.parametrize("key", ["average_precision", "f1", "mcc", "ks", "brier_skill"])
def test_the_standard_error_is_near_that_of_a_bootstrap(key):
    """Rows drawn anew scatter about as the formula says."""
    metric, scored = catalogue()[key], scored_rows("binary", 400, seed=8)
    psi = influence(scored, metric)
    assert psi is not None
    units = np.arange(400)
    by_formula = spread(shares(scored) * psi, units)
    by_draws = drawn([scored], [units], metric, draws=400)[:, 0].std(ddof=1)
    assert by_formula == pytest.approx(by_draws, rel=0.2)


@pytest.mark.parametrize("metric", FOLLOWING, ids=lambda m: m.key)
def test_what_is_undefined_has_no_values(metric):
    """One class alone, or a constant target, and no value for any row."""
    if "binary" in metric.tasks:
        scored = Scored("binary", np.zeros(6, dtype=int), probability=np.full((6, 2), 0.5),
                        null=np.full((6, 2), [1.0, 0.0]))  # fmt: skip
    else:
        return
    if np.isnan(metric.compute(scored)):
        assert np.isnan(metric.influence(scored)).all()
