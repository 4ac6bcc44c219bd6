"""What came back from a worker, as it is written down."""

from __future__ import annotations

from collections.abc import Mapping

from outfold.study import selecting
from outfold.study.computed import Computed
from outfold.study.plan import Step
from outfold.study.selecting import Ranked
from outfold.study.steps import Selected
from outfold.study.timings import timings_of
from outfold.study.tune.trial import Tuned
from outfold.study.worker import Kept, KeptExplained
from outfold.study.workspace import Workspace


def fit_of(
    workspace: Workspace, steps: Mapping[str, Step], key: str, kept: Kept, n_classes: int
) -> Computed:
    """A fit; its predictions are stored here, unless the worker has done so.

    Args:
        workspace: Where they are stored.
        steps: The steps of the plan by key.
        key: The fit's key.
        kept: What came back.
        n_classes: Number of classes; 0 where the target is a number.
    """
    body, size = kept.fitted.body, kept.stored_bytes
    if kept.fitted.arrays:
        size = workspace.save_arrays(key, kept.fitted.arrays)
    took = tuple(timings_of(steps, key, body, n_classes))
    return Computed(
        key, "fit", body, size, float(body["logs"]["fit"]["seconds"]), took, kept.scores
    )


def explained_of(workspace: Workspace, key: str, kept: KeptExplained) -> Computed:
    """An explanation; its arrays are stored here, unless the worker has done so."""
    size = kept.stored_bytes
    if kept.explained.arrays:
        size = workspace.save_arrays(key, kept.explained.arrays)
    body = kept.explained.body
    return Computed(key, "explain", body, size, float(body["step_seconds"]))


def small_of(key: str, result: Ranked | Selected | Tuned) -> Computed:
    """A ranking, a selection or a tuning."""
    if isinstance(result, Ranked):
        return Computed(key, "rank", selecting.ranking_body(result), 0, result.log.seconds)
    if isinstance(result, Selected):
        return Computed(key, "select", selecting.selection_body(result), 0, result.log.seconds)
    return Computed(key, "tune", result.to_body(), 0, result.seconds)
