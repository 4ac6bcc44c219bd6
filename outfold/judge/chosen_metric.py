"""Which metric a result is judged by."""

from __future__ import annotations

from outfold.errors import NotApplicableError
from outfold.metrics.catalogue import default_metric, metric_named, metrics_for
from outfold.metrics.metric import Metric
from outfold.study.study import Study
from outfold.task import TASK_LABELS


def chosen_metric(study: Study, key: str | None = None) -> Metric:
    """The metric named, else the study's own, else the task's default.

    Raises:
        UnknownNameError: There is no metric of that name.
        NotApplicableError: The metric is not defined for the study's task.
    """
    named = key or study.metric
    if not named:
        return default_metric(study.task)
    metric = metric_named(named)
    if study.task not in metric.tasks:
        raise NotApplicableError(
            f"{metric.label} is not defined for this task, {TASK_LABELS[study.task].lower()}.",
            "Take one of " + ", ".join(m.key for m in metrics_for(study.task)) + ".",
        )
    return metric
