"""The content key of a tuning step: everything that the chosen values depend on."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from importlib.metadata import version

import numpy as np

from outfold.errors import NotApplicableError
from outfold.hashing import key_of
from outfold.metrics.catalogue import default_metric, metric_named
from outfold.metrics.metric import Metric, Scored
from outfold.registry import registry
from outfold.study.study import Candidate, Study
from outfold.study.tune.space import tunable
from outfold.study.tune.tuning import LIBRARIES, Method

VERSION = 1
"""Raised when the code of the step changes what it computes."""


def tuning_metric(study: Study) -> Metric:
    """The metric that trials are judged by."""
    return metric_named(study.tuning.metric) if study.tuning.metric else default_metric(study.task)


def tune_key(study: Study, positive: int, candidate: Candidate, resampled: str) -> str | None:
    """The step's content key, or None where there is nothing to tune.

    Args:
        study: What is compiled.
        positive: Code of the positive class; part of the key only if the metric depends on it.
        candidate: What is tuned; the baseline never is.
        resampled: Key of the split's resampling step, which stands for its rows and all before.
    """
    from outfold.study.scores import scheme_of  # it needs the records, which know plans

    choice = candidate.model
    if not study.tuning.is_on or not (space := tunable(candidate)):
        return None
    strategy = registry("model")[choice.key]
    metric = tuning_metric(study)
    sided = study.task == "binary" and has_sides(metric)
    ranges = [replace(axis, label="", source="") for axis in space]
    return "tune-" + key_of(
        VERSION, strategy.key, strategy.complete(dict(choice.params)), strategy.fingerprint,
        ranges, resampled, study.seed, replace(study.tuning, metric=metric.key),
        study.validation.inside,
        scheme_of(study.task, positive if sided else 1),
        _versions(study.tuning.method),
    )  # fmt: skip


@cache
def _versions(method: Method) -> tuple[tuple[str, str], ...]:
    """The libraries that decide which values a method tries; asking for them takes milliseconds."""
    return tuple((name, version(name)) for name in LIBRARIES[method])


@cache
def has_sides(metric: Metric) -> bool:
    """Whether a binary metric depends on which class is called positive, tried on a few rows."""
    chance = np.array([0.1, 0.2, 0.3, 0.45, 0.55, 0.6, 0.85, 0.35])
    rows = Scored(
        "binary",
        np.array([0, 0, 1, 0, 1, 0, 1, 0]),
        np.column_stack([1 - chance, chance]),
        null=np.array([5 / 8, 3 / 8]),
    )
    one, other = metric.compute(rows), metric.compute(replace(rows, positive=0))
    return not math.isclose(one, other, rel_tol=1e-9)


def check_metric(study: Study) -> None:
    """Refuse a metric for tuning that the task has not.

    Raises:
        UnknownNameError: There is no such metric.
        NotApplicableError: It is not defined for the task.
    """
    metric = tuning_metric(study)
    if study.task not in metric.tasks:
        raise NotApplicableError(
            f"{metric.label} is not defined for {study.task} targets, so it cannot guide tuning.",
            "Take another metric for tuning, or leave it at the default.",
        )
