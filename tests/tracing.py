"""A run carried out in the test's own process, one fit after the other."""

from __future__ import annotations

from typing import Any

from outfold.study import worker
from outfold.study.plan import make_plan
from outfold.study.run import new_run
from outfold.study.scores import scheme_of, score, scored_from_arrays
from outfold.study.steps import with_splits
from outfold.study.study import Study
from outfold.study.table import study_table
from outfold.study.workspace import Workspace
from outfold.study.write_down import fit_of


def run_here(workspace: Workspace, study: Study) -> str:
    """Compute every step of a study and write the run down as finished."""
    run = new_run(workspace, study, "", claimed=True)
    loaded = with_splits(study_table(workspace, study), study)
    plan = make_plan(study, loaded.table, loaded.splits)
    workspace.records.set_plan(run, len(plan.every_fit()), plan.to_json())
    steps, results = plan.by_key(), dict[str, Any]()
    for step in plan.steps:
        given: dict[str, Any] = {
            "loaded": loaded, "study": study, "split": step.split, "strategy": step.strategy,
            "params": dict(step.params),
        }  # fmt: skip
        at = step.parent
        while at in results:
            given[worker.RESULTS[steps[at].kind]] = results[at]
            at = steps[at].parent
        call = worker.CALLS[step.kind]
        names = call.__code__.co_varnames[: call.__code__.co_argcount]
        results[step.key] = result = call(**{n: v for n, v in given.items() if n in names})
        if step.kind == "fit":
            scores = score(scored_from_arrays(dict(result.arrays), study.task, plan.positive))
            kept = worker.Kept(result, scores)
            found = fit_of(workspace, steps, step.key, kept, len(plan.classes))
            workspace.records.add_steps([found], scheme_of(study.task, plan.positive))
    workspace.records.add_events(
        run, [("finished", k, steps[k].label, None, "") for k in plan.every_fit()]
    )
    workspace.records.finish(run, "finished")
    return run
