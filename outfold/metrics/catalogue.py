"""Every metric, found by walking this folder."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from functools import cache

from outfold import metrics
from outfold.errors import UnknownNameError
from outfold.metrics.cost import costs_in, expected_cost, is_cost
from outfold.metrics.metric import Metric
from outfold.task import Task


@cache
def catalogue() -> dict[str, Metric]:
    """Every metric by key, in menu order."""
    found: list[Metric] = []
    for info in pkgutil.iter_modules(metrics.__path__):
        module = importlib.import_module(f"{metrics.__name__}.{info.name}")
        found.extend(getattr(module, "METRICS", ()))
    return {m.key: m for m in sorted(found, key=lambda m: (m.order, m.key))}


def metrics_for(task: Task) -> tuple[Metric, ...]:
    """The metrics that are defined for a task, in menu order."""
    return tuple(m for m in catalogue().values() if task in m.tasks)


def default_metric(task: Task) -> Metric:
    """The metric that ranks a leaderboard unless another is chosen."""
    return next(m for m in metrics_for(task) if task in m.default_for)


def metric_named(key: str) -> Metric:
    """The metric of that key; an expected cost by its costs, as in ``expected_cost:fp=1:fn=5``.

    Raises:
        UnknownNameError: No such metric; the hint gives the nearest one.
        ParameterError: Costs that are none.
    """
    if is_cost(key):
        return expected_cost(**costs_in(key.partition(":")[2]))
    found = catalogue()
    if key in found:
        return found[key]
    near = difflib.get_close_matches(key, found, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else "Known are " + ", ".join(found) + "."
    raise UnknownNameError(f"There is no metric named {key!r}.", hint)
