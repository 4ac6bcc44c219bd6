"""Scores of stored predictions: computed once per fit and positive class, never by refitting."""

from __future__ import annotations

import importlib
import inspect
import math
import pkgutil
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version

import numpy as np

from outfold import metrics
from outfold.hashing import key_of
from outfold.metrics.catalogue import metrics_for
from outfold.metrics.metric import Scored
from outfold.study.workspace import Workspace
from outfold.task import Task


@cache
def _catalogue_key(task: Task) -> str:
    """Changes whenever a metric's code does."""
    modules = [
        importlib.import_module(f"{metrics.__name__}.{info.name}")
        for info in pkgutil.iter_modules(metrics.__path__)
    ]
    return key_of(task, [inspect.getsource(m) for m in modules], version("scikit-learn"))


def scheme_of(task: Task, positive: int) -> str:
    """The name under which scores are kept: they depend on the positive class and the metrics."""
    return key_of("scores", _catalogue_key(task), positive)


def score(scored: Scored) -> dict[str, float]:
    """Every metric of the task that these predictions allow; NaN where it is undefined."""
    values: dict[str, float] = {}
    for metric in metrics_for(scored.task):
        if metric.needs == "probability" and scored.probability is None:
            values[metric.key] = math.nan
        else:
            values[metric.key] = float(metric.compute(scored))
    return values


def scored_from_arrays(arrays: dict[str, np.ndarray], task: Task, positive: int) -> Scored:
    """One fit's stored predictions beside the truth."""
    return Scored(
        task=task,
        truth=arrays["truth"],
        probability=arrays.get("probability"),
        score=arrays.get("score"),
        value=arrays.get("value"),
        positive=positive,
        weight=arrays.get("weight"),
        null=arrays["null"],
    )


def score_steps(
    workspace: Workspace, task: Task, fits: Sequence[str], positive: int
) -> dict[str, dict[str, float]]:
    """The scores of the fits that are stored, computing and keeping those not known yet.

    Args:
        workspace: Where predictions and scores are kept.
        task: What was predicted.
        fits: Keys of fit steps.
        positive: Code of the class called positive (binary only; elsewhere it changes nothing).
    """
    scheme = scheme_of(task, positive)
    known = workspace.records.scores(fits, scheme)
    for key in fits:
        if key not in known and (arrays := workspace.step_arrays(key)) is not None:
            values = score(scored_from_arrays(arrays, task, positive))
            known[key] = {k: None if math.isnan(v) else v for k, v in values.items()}
            workspace.records.add_scores(key, scheme, known[key])
    return {
        key: {k: math.nan if v is None else v for k, v in values.items()}
        for key, values in known.items()
    }
