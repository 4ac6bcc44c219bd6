"""A run carried out in the test's own process: the steps of a plan one after the other."""

from __future__ import annotations

from typing import Any

from outfold.study import worker
from outfold.study import write_down as written
from outfold.study.plan import Plan, make_plan
from outfold.study.run import new_run
from outfold.study.scores import scheme_of, score, scored_from_arrays
from outfold.study.steps import Failed, with_splits
from outfold.study.study import Study
from outfold.study.table import study_table
from outfold.study.workspace import Workspace


def carry_out_here(workspace: Workspace, study: Study) -> tuple[str, Plan]:
    """Compute every step that is not known yet, and write the run down as finished."""
    run = new_run(workspace, study, "", claimed=True)
    loaded = with_splits(study_table(workspace, study), study)
    plan = make_plan(study, loaded.table, loaded.splits)
    results: dict[str, Any] = {}
    steps = plan.by_key()
    records = workspace.records
    counted = [*plan.every_fit(), *plan.every_explanation()]
    records.set_plan(run, len(counted), plan.to_json())
    known = workspace.held(counted)
    for step in plan.steps:
        if step.key in known:
            continue
        given: dict[str, Any] = {
            "loaded": loaded, "study": study, "split": step.split, "strategy": step.strategy,
            "params": dict(step.params),
        }  # fmt: skip
        at = step.parent
        while at in results:
            given.setdefault(worker.RESULTS[steps[at].kind], results[at])
            at = steps[at].parent
        call = worker.CALLS[step.kind]
        named = call.__code__.co_varnames[: call.__code__.co_argcount]
        result = call(**{name: value for name, value in given.items() if name in named})
        assert not isinstance(result, Failed), result
        results[step.key] = result
        if step.kind == "fit":
            scores = score(scored_from_arrays(dict(result.arrays), study.task, plan.positive))
            kept = worker.Kept(result, scores)
            found = written.fit_of(workspace, steps, step.key, kept, len(plan.classes))
            records.add_steps([found], scheme_of(study.task, plan.positive))
        elif step.kind == "explain":
            kept_too = worker.KeptExplained(result)
            records.add_steps([written.explained_of(workspace, step.key, kept_too)])
        elif step.kind in ("rank", "select"):
            records.add_steps([written.small_of(step.key, result)])
    records.add_events(
        run,
        [("reused" if k in known else "finished", k, steps[k].label, None, "") for k in counted],
    )
    records.finish(run, "finished")
    return run, plan
