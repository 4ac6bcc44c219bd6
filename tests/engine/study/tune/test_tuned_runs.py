"""Tuning in plans and runs: what is computed again, what is reused, what is reported."""

from __future__ import annotations

import math

import pytest

from outfold.errors import NotApplicableError
from outfold.study import steps
from outfold.study.plan import Plan, make_plan
from outfold.study.run import new_run, plan_of, progress
from outfold.study.study import Choice, Study, Validation
from outfold.study.table import study_table
from outfold.study.tune.carry import options_of
from outfold.study.tune.results import trial_fits, tunings
from outfold.study.tune.step import tune
from outfold.study.tune.trial import Tuned
from outfold.study.tune.tuning import Tuning
from tests.engine.study.conftest import carry_out, study_of

HELD = Choice.of("logistic", C=0.5)
"""Nothing of it is left to tune."""


def plan_for(workspace, study: Study) -> Plan:
    loaded = steps.with_splits(study_table(workspace, study), study)
    return make_plan(study, loaded.table, loaded.splits)


def tuned_study(workspace, **changes) -> Study:
    return study_of(
        workspace,
        **{"models": (Choice("naive_bayes"), HELD), "tuning": Tuning("random", trials=3)} | changes,
    )


def name_of(study: Study, model: str) -> str:
    return next(c.name for c in study.candidates() if c.model.key == model)


def test_only_tuned_candidates_have_other_steps(workspace):
    """Without tuning, and for whatever is set by hand, a plan is what it was."""
    study = tuned_study(workspace)
    tuned, plain = plan_for(workspace, study), plan_for(workspace, study.replace(tuning=Tuning()))
    free = name_of(study, "naive_bayes")
    assert set(tuned.tunings) == {free}
    assert not plain.tunings
    for name, keys in tuned.fits.items():
        assert (keys == plain.fits[name]) == (name != free)
    assert tuned.selections == plain.selections
    by_key = tuned.by_key()
    for fitted, search in zip(tuned.fits[free], tuned.tunings[free], strict=True):
        assert by_key[fitted].parent == search
        assert by_key[by_key[search].parent].kind == "resample"
    assert trial_fits(tuned, study.tuning) == 3 * 3 * 3
    assert trial_fits(plain, study.tuning) == 0
    first = next(iter(tuned.tunings.values()))[0]
    assert trial_fits(tuned, study.tuning, known=[first]) == 2 * 3 * 3
    assert Plan.from_json(tuned.to_json()) == tuned


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda s: s.replace(metric="brier"), True),
        (lambda s: s.replace(positive="no"), True),
        (lambda s: s.replace(models=s.models[::-1]), True),
        (lambda s: s.replace(tuning=Tuning("random", trials=3, metric="roc_auc")), True),
        (lambda s: s.replace(tuning=Tuning("random", trials=4)), False),
        (lambda s: s.replace(tuning=Tuning("halton", trials=3)), False),
        (lambda s: s.replace(tuning=Tuning("random", trials=3, folds=4)), False),
        (lambda s: s.replace(tuning=Tuning("random", trials=3, seconds=9.0)), False),
        (lambda s: s.replace(tuning=Tuning("random", trials=3, metric="log_loss")), False),
        (lambda s: s.replace(seed=s.seed + 1), False),
    ],
)
def test_a_search_is_done_again_only_if_something_that_it_depends_on_changed(
    workspace, change, same
):
    """The shown metric and the positive class refit nothing; method, budget and metric do."""
    study = tuned_study(workspace)
    before, after = plan_for(workspace, study), plan_for(workspace, change(study))
    assert (before.tunings == after.tunings) == same
    assert (before.fits == after.fits) == same


def test_the_positive_class_matters_to_a_metric_that_has_one(workspace):
    """Precision of the one class is not precision of the other."""
    study = tuned_study(workspace, tuning=Tuning("random", trials=3, metric="precision"))
    yes, no = (plan_for(workspace, study.replace(positive=p)) for p in ("yes", "no"))
    assert yes.tunings != no.tunings


def test_a_metric_of_another_task_is_refused(workspace):
    """The study says so before a run."""
    study = tuned_study(workspace, tuning=Tuning("random", metric="rmse"))
    with pytest.raises(NotApplicableError, match="cannot guide tuning"):
        study.checked()


def test_a_tuned_run_reports_values_trials_and_optimism(workspace, client):
    """Each split's search is kept; the run's events say how far it is; costs include it."""
    study = tuned_study(workspace)
    told = []
    measured = carry_out(workspace, study, client, told=told.append)
    assert all(c.status == "finished" for c in measured.candidates)
    free = name_of(study, "naive_bayes")
    assert {reason.split(",")[0] for kind, *_, reason in told if kind == "trial"} >= {
        "3 of 3 trials"
    }
    (found,) = tunings(workspace, measured.run)
    assert found.candidate.name == free
    assert [s.split for s in found.splits] == [0, 1, 2]
    scores = next(c for c in measured.candidates if c.candidate.name == free)
    for split, outer in zip(found.splits, scores.scores["roc_auc"], strict=True):
        assert len(split.found.trials) == 3
        assert dict(split.found.trials[0].params) == {"smoothing": 1.0, "var_smoothing": 1e-9}
        assert split.inner == max(t.score for t in split.found.trials)
        assert split.outer == outer
    assert found.optimism == pytest.approx(found.inner - found.outer)
    assert found.to_json()["splits"][0]["params"] == dict(found.splits[0].found.params)
    assert len(found.frame()) == 3
    assert len(found.trial_frame()) == 9
    assert scores.costs.fit_seconds > sum(s.found.seconds for s in found.splits) / 3


def test_the_same_values_are_found_whoever_searches_and_in_what_order(workspace, client):
    """A run on workers finds what a call in this process finds, to the bit."""
    study = tuned_study(workspace, tuning=Tuning("tpe", trials=12))
    measured = carry_out(workspace, study.replace(models=study.models[::-1]), client)
    (found,) = tunings(workspace, measured.run)
    loaded = steps.with_splits(study_table(workspace, study), study)
    plan = plan_for(workspace, study)
    for place in (2, 0):
        step = plan.by_key()[plan.tunings[found.candidate.name][place]]
        again = tune(
            loaded, study, strategy=step.strategy, params=dict(step.params),
            **options_of(plan.by_key(), step),
        )  # fmt: skip
        assert again.params == found.splits[place].found.params
        assert [t.scores for t in again.trials] == [
            t.scores for t in found.splits[place].found.trials
        ]


def test_changing_the_budget_reuses_what_is_not_tuned(workspace, client):
    """Baseline and the candidate set by hand come from the store; the tuned one is fitted anew."""
    study = tuned_study(workspace)
    carry_out(workspace, study, client)
    again = carry_out(workspace, study.replace(tuning=Tuning("random", trials=4)), client)
    free = name_of(study, "naive_bayes")
    assert {c.candidate.name: c.reused for c in again.candidates} == {
        c.name: c.name != free for c in study.candidates()
    }


def test_a_search_that_is_kept_is_not_done_again(workspace, client):
    """Where the fits are lost and the searches are not, only the fits are computed."""
    study = tuned_study(workspace)
    first = carry_out(workspace, study, client)
    plan = plan_of(workspace, first.run)
    free = name_of(study, "naive_bayes")
    workspace.records.forget_steps(plan.fits[free])
    second = carry_out(workspace, study, client)
    events = workspace.records.events(second.run)
    assert not [e for e in events if e.step in plan.tunings[free]]
    assert {e.step for e in events if e.kind == "finished"} >= set(plan.fits[free])
    for mine in zip(*(
        next(c for c in run.candidates if c.candidate.name == free).scores["roc_auc"]
        for run in (first, second)
    ), strict=True):  # fmt: skip
        assert mine[0] == mine[1]


def test_a_search_that_cannot_be_done_costs_its_candidate_only(workspace, client):
    """One group is left to train on, so it cannot be divided; the reason stands in its row."""
    study = study_of(
        workspace, "regression",
        roles={"flag": "group"},
        validation=Validation("grouped", folds=2),
        models=(Choice("ridge"), Choice.of("ridge", alpha=2.0)),
        tuning=Tuning("random", trials=2),
    )  # fmt: skip
    rows = {c.candidate.name: c for c in carry_out(workspace, study, client).candidates}
    tuned, held = rows["none + none + ridge"], rows["none + none + ridge(alpha=2.0)"]
    assert tuned.status == "failed"
    assert "group" in tuned.reason
    assert held.status == "finished"


def test_without_any_score_the_reason_is_given(workspace):
    """Where every trial fails, the candidate's reason is the first trial's."""
    study = study_of(
        workspace, "regression", models=(Choice("ridge"),), tuning=Tuning("random", trials=2)
    )
    loaded = steps.with_splits(study_table(workspace, study), study)
    plan = plan_for(workspace, study)
    step = plan.by_key()[plan.tunings["none + none + ridge"][0]]
    # Gamma regression refuses a target with negative values, whatever its penalty.
    with pytest.raises(NotApplicableError, match=r"None of the 2 trials gave a score.*ValueError"):
        tune(
            loaded, study, strategy="gamma", params={"alpha": 0.001},
            **options_of(plan.by_key(), step),
        )  # fmt: skip


def test_a_search_by_time_says_that_it_is_not_reproducible(workspace):
    """The note goes with the candidate."""
    study = study_of(
        workspace, "regression", models=(Choice("ridge"),),
        tuning=Tuning("random", trials=None, seconds=0.2),
    )  # fmt: skip
    loaded = steps.with_splits(study_table(workspace, study), study)
    plan = plan_for(workspace, study)
    step = plan.by_key()[plan.tunings["none + none + ridge"][0]]
    found = tune(
        loaded, study, strategy="ridge", params=dict(step.params),
        **options_of(plan.by_key(), step),
    )  # fmt: skip
    assert isinstance(found, Tuned)
    assert not math.isnan(found.score)
    assert any("another run may choose other values" in note for note in found.notes)
    assert not study.tuning.reproducible


def test_a_running_search_says_how_far_it_is_and_hides_no_other_step(workspace):
    """What is being computed stays in view however much a search tells of itself."""
    run = new_run(workspace, tuned_study(workspace), "", claimed=True)
    records = workspace.records
    records.add_events(run, [("started", "fit-1", "fit logistic, split 1 of 3", None, "")])
    label = "tune naive_bayes, split 1 of 3"
    records.add_events(run, [("started", "tune-1", label, None, "")])
    records.add_events(
        run, [("trial", "tune-1", label, None, f"{n} of 30 trials") for n in range(1, 31)]
    )
    now = progress(workspace, run, 12)
    assert set(now.running) == {"fit logistic, split 1 of 3", f"{label}: 30 of 30 trials"}
    assert len(now.events) == 12
    assert now.done == 0
    records.add_events(run, [("finished", "tune-1", label, 2.0, "")])
    assert progress(workspace, run, 12).running == ("fit logistic, split 1 of 3",)
