"""Sizes of one ranking share it: in a plan, in a run, and in what is computed later."""

from __future__ import annotations

import pytest

from outfold.judge.selector_value import selector_worth
from outfold.study import selecting, steps
from outfold.study.plan import make_plan
from outfold.study.run import result
from outfold.study.selections import selections
from outfold.study.steps import with_splits
from outfold.study.study import Choice
from outfold.study.table import study_table
from outfold.study.timings import timings_of
from outfold.study.tune.carry import options_of
from outfold.study.tune.tuning import Tuning
from tests.engine.study.conftest import carry_out, study_of
from tests.here import carry_out_here


def planned(workspace, study):
    loaded = with_splits(study_table(workspace, study), study)
    return make_plan(study, loaded.table, loaded.splits)


def sized(key, *sizes, **params):
    return tuple(Choice.of(key, k=k, **params) for k in sizes)


def kinds(plan, kind):
    return [s for s in plan.steps if s.kind == kind]


def test_one_ranking_serves_every_size_and_settings_that_change_it_have_their_own(workspace):
    """Once per split, whatever number of columns is cut from it."""
    study = study_of(
        workspace,
        selectors=(*sized("mutual_info", 1, 2, 3), *sized("mutual_info", 2, neighbors=5),
                   *sized("relieff", 1, 2), Choice("cfs")),
    )  # fmt: skip
    plan = planned(workspace, study)
    assert len(kinds(plan, "rank")) == 3 * 3
    assert len(kinds(plan, "select")) == 3 * (4 + 2 + 1 + 1)  # with the baseline's none
    steps_ = plan.by_key()
    for step in kinds(plan, "select"):
        above = steps_[step.parent]
        ranked = step.strategy not in ("none", "cfs")
        assert (above.kind, above.strategy) == (
            ("rank", step.strategy) if ranked else ("prepare", "standard")
        )


def test_a_selection_keeps_its_key_whatever_else_is_cut_from_the_ranking(workspace):
    """So that one more size computes nothing but itself, even where it ranks deeper."""
    for key in ("mutual_info", "mrmr", "correlation"):
        few = planned(workspace, study_of(workspace, selectors=sized(key, 1, 2)))
        more = planned(workspace, study_of(workspace, selectors=sized(key, 1, 2, 60)))
        assert {s.key for s in kinds(few, "select")} < {s.key for s in kinds(more, "select")}
        deeper = {s.key for s in kinds(few, "rank")} != {s.key for s in kinds(more, "rank")}
        assert deeper == (key != "mutual_info")


def test_links_of_a_chain_share_a_ranking_only_after_the_same_links(workspace):
    """What was dropped before decides what is ranked."""
    first = Choice.of("variance", threshold=0.6)
    study = study_of(
        workspace,
        selectors=(*(Choice.chain([first, c]) for c in sized("anova_f", 1, 2)),
                   *sized("anova_f", 1, 2)),
    )  # fmt: skip
    plan = planned(workspace, study)
    ranked = [s.strategy for s in kinds(plan, "rank") if s.split == 0]
    assert sorted(ranked) == ["anova_f", "anova_f", "variance"]


def test_tuning_is_told_of_selectors_and_not_of_rankings(workspace):
    """Inner folds rank anew, among their own training rows."""
    chain = Choice.chain([Choice("variance"), *sized("mutual_info", 2)])
    study = study_of(workspace, selectors=(chain,), tuning=Tuning("random", trials=2, folds=2))
    plan = planned(workspace, study)
    recipe = options_of(plan.by_key(), kinds(plan, "tune")[0])["recipe"]
    assert [key for key, _ in recipe.selectors] == ["variance", "mutual_info"]


def test_a_run_with_shared_rankings_keeps_what_each_selector_keeps_alone(workspace):
    """Chains, cuts and searches; and the ranking's seconds count for every candidate that cuts."""
    chain = Choice.chain([Choice.of("variance", threshold=0.6), Choice("cfs")])
    study = study_of(workspace, selectors=(*sized("mutual_info", 1, 3), *sized("rfe", 2), chain))
    run, plan = carry_out_here(workspace, study)
    loaded = with_splits(study_table(workspace, study), study)
    found = selections(workspace, run)
    for choice in study.selectors:
        for split, kept in enumerate(found[choice.label()]):
            prepared = steps.prepare(loaded, study, split, "standard",
                                     dict(plan.steps[0].params))  # fmt: skip
            alone = selecting.selected_by(prepared, study, choice)
            assert kept.selection.selected == alone.selection.selected
            assert kept.selection.ranks() == alone.selection.ranks()
    one, three = (found[c.label()] for c in sized("mutual_info", 1, 3))
    for a, b in zip(one, three, strict=True):
        assert a.log.ranking.seconds == b.log.ranking.seconds > 0
        assert a.log.ranking.size == b.log.ranking.size == a.log.size
        assert a.log.all_seconds == a.log.seconds + a.log.ranking.seconds > a.log.seconds
    worth = selector_worth(result(workspace, run), found)
    seconds = {r.selector.label(): r.seconds for r in worth.rows}
    mean = sum(s.log.all_seconds for s in one) / len(one)
    assert seconds[sized("mutual_info", 1)[0].label()] == pytest.approx(mean)
    assert all(log.ranking is None for s in found[chain.label()] for log in (s.log,))


def test_a_ranking_and_its_cuts_have_times_of_their_own(workspace):
    """A forecast learns that the second size is as good as free."""
    study = study_of(
        workspace, selectors=(Choice.chain([*sized("anova_f", 3), *sized("relieff", 2)]),)
    )
    plan = planned(workspace, study)
    log = {"seconds": 1.0, "step_seconds": 1.0}
    logs = {"rank-1": {**log, "size": (9, 4, 4)}, "select-1": {**log, "size": (9, 4, 4)},
            "rank": {**log, "size": (9, 3, 3)}, "select": {**log, "size": (9, 3, 3)},
            "prepare": {**log, "size": (9, 4, 4)}, "resample": {**log, "size": (9, 2, 2)},
            "fit": {**log, "size": (9, 2, 2)}}  # fmt: skip
    key = plan.fits[study.candidates()[-1].name][0]
    found = timings_of(plan.by_key(), key, {"logs": logs}, 2)
    assert [(t.kind, t.strategy, t.columns, t.columns_out) for t in found[1:5]] == [
        ("rank", "anova_f", 4, 4), ("select", "anova_f", 4, 3),
        ("rank", "relieff", 3, 3), ("select", "relieff", 3, 2),
    ]  # fmt: skip


@pytest.mark.cluster
def test_a_size_added_later_computes_no_ranking_again(workspace, client):
    """Nor does another model, though the rankings of a deeper search are not known."""

    def begun(study) -> set[str]:
        done = carry_out(workspace, study, client)
        assert {c.status for c in done.candidates} == {"finished"}
        events = workspace.records.events(done.run)
        return {e.label.partition(",")[0] for e in events if e.kind == "started"}

    both = ("mutual_info", "mrmr")
    first = study_of(workspace, selectors=tuple(c for key in both for c in sized(key, 1, 60)))
    assert {"rank mutual_info", "rank mrmr"} <= begun(first)
    more = first.replace(selectors=(*first.selectors, *sized("mutual_info", 2)))
    again = begun(more)
    assert "select mutual_info(k=2)" in again
    assert not [label for label in again if label.startswith("rank")]
    # The ranking of mRMR alone goes less deep, so it is another one; none of its cuts is new.
    less = first.replace(selectors=sized("mrmr", 1), models=(Choice("naive_bayes"),))
    assert not [label for label in begun(less) if label.startswith(("rank", "select mrmr"))]
