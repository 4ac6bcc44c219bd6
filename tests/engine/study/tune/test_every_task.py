"""Every task, with weights and exposures as well, can be tuned; more is not always better."""

from __future__ import annotations

import numpy as np
import pytest

from outfold.metrics.catalogue import default_metric
from outfold.registry import registry
from outfold.study import steps
from outfold.study.plan import make_plan
from outfold.study.study import Choice
from outfold.study.table import study_table
from outfold.study.tune.carry import options_of
from outfold.study.tune.step import tune
from outfold.study.tune.trial import Tuned
from outfold.study.tune.tuning import METHODS, Tuning
from outfold.task import TASKS
from tests.engine.study.conftest import study_of

MODEL = {"binary": "naive_bayes", "multiclass": "decision_tree", "regression": "elastic_net",
         "count": "tweedie"}  # fmt: skip


def searched(workspace, study) -> Tuned:
    loaded = steps.with_splits(study_table(workspace, study), study)
    plan = make_plan(study, loaded.table, loaded.splits)
    step = plan.by_key()[next(iter(plan.tunings.values()))[0]]
    return tune(
        loaded, study, strategy=step.strategy, params=dict(step.params),
        **options_of(plan.by_key(), step),
    )  # fmt: skip


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("method", [m for m in METHODS if m != "none"])
def test_every_task_is_tuned_by_every_method(workspace, task, method):
    """The best trial is the one with the best mean, least or greatest as the metric has it."""
    study = study_of(
        workspace, task, models=(Choice(MODEL[task]),), tuning=Tuning(method, trials=4)
    )
    found = searched(workspace, study)
    metric = default_metric(task)
    assert found.metric == metric.key
    best = max if metric.direction == "higher" else min
    full = [t.score for t in found.trials if t.share == 1]
    assert found.score == best(full)
    assert all(t.defined == 3 for t in found.trials)
    assert set(dict(found.params)) <= set(registry("model")[MODEL[task]].defaults())


@pytest.mark.parametrize(("task", "role"), [("count", "exposure"), ("regression", "weight")])
def test_weights_and_exposures_count_inside_too(workspace, task, role):
    """Inner scores differ from those of a table whose rows all count the same."""
    base = study_of(
        workspace, task, models=(Choice("ridge" if task == "regression" else "poisson"),),
        tuning=Tuning("random", trials=2),
    )  # fmt: skip
    weighed = base.replace(roles={"amount": role})
    plain = base.replace(roles={"amount": "ignore"})
    one, other = searched(workspace, weighed), searched(workspace, plain)
    assert not np.allclose(one.trials[0].scores, other.trials[0].scores, rtol=1e-3)


def test_a_log_scale_of_the_target_is_taken_over_inside(workspace):
    """Trials are judged on the target's own scale, of models fitted to its logarithm."""
    study = study_of(
        workspace, "count", models=(Choice("poisson"),), tuning=Tuning("random", trials=2)
    )
    plain = searched(workspace, study)
    logged = searched(workspace, study.replace(target_transform="log"))
    assert 0.3 < logged.score / plain.score < 3
    assert logged.score != plain.score
