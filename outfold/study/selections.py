"""What the selectors of a run kept on each split, from the steps that it stored."""

from __future__ import annotations

from collections.abc import Mapping

from outfold.study.run import plan_of
from outfold.study.selecting import recall
from outfold.study.steps import Selected
from outfold.study.study import Study
from outfold.study.trial import without_by_hand
from outfold.study.workspace import Workspace


def selections(workspace: Workspace, run: str) -> Mapping[str, tuple[Selected, ...]]:
    """For each selector of a run, by its label, what it kept on each split that is stored.

    Raises:
        UnknownNameError: This workspace does not know the run.
    """
    plan = plan_of(workspace, run)
    if plan is None:
        return {}
    study = workspace.study(workspace.records.run(run).study)
    named = {c.name: c for c in study.candidates() if not c.is_baseline}
    keys: dict[str, tuple[str, ...]] = {}
    for name, candidate in named.items():
        keys.setdefault(candidate.selector.label(), plan.judged().selections[name])
    bodies = workspace.records.steps([key for some in keys.values() for key in some])
    return {
        label: tuple(recall(bodies[key]) for key in some if key in bodies)
        for label, some in keys.items()
    }


def latest_run(workspace: Workspace, study: Study, limit: int = 200) -> str | None:
    """The newest run of exactly this study, or None."""
    key = study.key
    return next((r.id for r in workspace.records.runs(limit) if r.study == key), None)


def finished_like(workspace: Workspace, study: Study, limit: int = 50) -> str | None:
    """The newest finished run that differs at most in sets of columns chosen by hand, or None."""
    wanted = without_by_hand(study).key
    for record in workspace.records.runs(limit, ("finished",)):
        if without_by_hand(workspace.study(record.study)).key == wanted:
            return record.id
    return None
