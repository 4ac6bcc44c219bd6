"""Selectors that follow one another: planned as steps of their own, shared, recalled, exported."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from outfold.data.schema import source_of
from outfold.errors import StudyError
from outfold.registry import registry
from outfold.select.selection import Selection, followed
from outfold.study import run as runs
from outfold.study import selecting, steps
from outfold.study.candidate import pipeline
from outfold.study.explain.fold_model import refit
from outfold.study.leakage import leakage_study
from outfold.study.leaky_steps import early, split_scores
from outfold.study.plan import Plan, make_plan
from outfold.study.selecting import recall, selection_body
from outfold.study.selections import selections
from outfold.study.steps import with_splits
from outfold.study.study import NONE, Choice, Study
from outfold.study.table import study_table
from outfold.study.timings import timings_of
from outfold.study.tune.carry import options_of
from outfold.study.tune.tuning import Tuning
from outfold.study.workspace import Workspace
from tests.engine.study.conftest import carry_out, study_of

CHAIN = Choice.chain(
    [Choice.of("variance", threshold=0.6), Choice.of("correlation", k=3), Choice.of("anova_f", k=2)]
)
PREFIX = Choice.chain(CHAIN.links[:2])


def planned(workspace, study: Study) -> Plan:
    loaded = with_splits(study_table(workspace, study), study)
    return make_plan(study, loaded.table, loaded.splits)


def test_a_chain_says_what_it_is_made_of():
    """Label, keys and links; each link alone again is what it was."""
    assert CHAIN.label() == "variance(threshold=0.6)+correlation(k=3)+anova_f(k=2)"
    assert CHAIN.path == "variance+correlation+anova_f"
    assert [link.label() for link in CHAIN.links] == CHAIN.label().split("+")
    assert Choice.chain(CHAIN.links) == CHAIN
    assert Choice("cfs").links == (Choice("cfs"),)


def test_a_study_with_chains_survives_its_json_and_one_without_keeps_its_key(workspace):
    """A choice that nothing follows is written as before chains were known."""
    study = study_of(workspace)
    assert '"then"' not in study.to_json()
    chained = study.replace(selectors=(NONE, CHAIN))
    assert Study.from_json(chained.to_json()) == chained
    assert len({study.key, chained.key, study.replace(selectors=(NONE, PREFIX)).key}) == 3
    plain = study.replace(selectors=(Choice.of("variance", threshold=0.6),))
    assert json.loads(plain.to_json())["selectors"] == [
        {"key": "variance", "params": [["threshold", 0.6]]}
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"selectors": (Choice.chain([Choice("cfs")] * 4),)}, "chain of 4 selectors"),
        ({"selectors": (Choice("none", then=Choice("cfs")),)}, "keeps every column"),
        ({"selectors": (Choice("cfs", then=Choice("none")),)}, "keeps every column"),
        ({"resamplers": (Choice("smote", then=Choice("tomek")),)}, "Only selectors can follow"),
    ],
)
def test_a_chain_that_cannot_be_is_refused_in_words(workspace, changes, words):
    """What is wrong, and what would be right."""
    with pytest.raises(StudyError, match=words):
        study_of(workspace).replace(**changes).checked()


def test_chains_that_begin_alike_share_their_first_steps(workspace):
    """Each link is one step a split, and its key stands on the link before it."""
    study = study_of(workspace, selectors=(CHAIN.links[0], PREFIX, CHAIN, Choice("anova_f")))
    plan = planned(workspace, study)
    selects = [s for s in plan.steps if s.kind == "select"]
    # Per split: the baseline's none, variance, then correlation, then anova_f, and anova_f alone.
    assert len(selects) == 5 * 3
    keys = plan.by_key()
    for name in plan.fits:
        for key, chain in zip(plan.selections[name], [name.split(" + ")[0]] * 3, strict=True):
            assert [s.strategy for s in back(keys, key)] == [
                part.split("(")[0] for part in reversed(chain.split("+"))
            ]
    alone = planned(workspace, study.replace(selectors=(CHAIN.links[0],)))
    assert {s.key for s in alone.steps if s.kind == "select"} < {s.key for s in selects}


def back(steps_, key):
    """The select steps before and with one, the last first."""
    found = []
    while key in steps_ and steps_[key].kind in ("rank", "select"):
        if steps_[key].kind == "select":
            found.append(steps_[key])
        key = steps_[key].parent
    return found


def test_ranks_and_scores_are_over_all_columns():
    """Columns that never reached a link rank last and have no score of it."""
    first = Selection(("a", "b", "c"), {"d": 0.1, "c": 0.3, "b": 0.4, "a": 0.5, "e": 0.2},
                      dropped_because={"e": "a"}, notes=("First.",))  # fmt: skip
    second = Selection(("c", "a"), {"a": 1.0, "b": 0.5, "c": 2.0}, merit=0.7,
                       dropped_because={"b": "c"}, notes=("Second.",))  # fmt: skip
    third = Selection(("a",), {"a": 1.0, "c": math.nan})
    two, three = followed(first, second), followed(followed(first, second), third)
    assert two.ranks() == {"c": 1, "a": 2, "b": 3, "e": 4, "d": 5}
    assert three.ranks() == {"a": 1, "c": 2, "b": 3, "e": 4, "d": 5}
    assert list(two.scores) == list(first.scores)
    assert [k for k, v in two.scores.items() if math.isnan(v)] == ["d", "e"]
    assert three.links == (first, second, third)
    assert two.dropped_because == {"e": "a", "b": "c"}
    assert two.notes == ("First.", "Second.")
    assert two.merit == 0.7


def through(loaded, study, choice, split=0):
    """A chain's links, one step after another."""
    prepared = steps.prepare(
        loaded, study, split, "standard", registry("preparation")["standard"].defaults()
    )
    return prepared, selecting.selected_by(prepared, study, choice)


def test_a_link_sees_only_what_the_one_before_it_keeps_and_is_recalled_whole(workspace):
    """Sources go together, and what the store gives back is what was computed."""
    study = study_of(workspace)
    loaded = with_splits(study_table(workspace, study), study)
    prepared, found = through(loaded, study, CHAIN)
    first, second, third = found.selection.links
    sources = {source_of(c) for c in prepared.train}
    assert set(first.scores) == sources == set(found.selection.scores)
    assert set(second.scores) == set(first.selected) < sources
    assert set(third.scores) == set(second.selected)
    assert found.selection.selected == third.selected
    assert len(third.selected) <= 2
    again = recall(json.loads(json.dumps(selection_body(found))))
    assert again.selection.ranks() == found.selection.ranks()
    assert [link.selected for link in again.selection.links] == [
        link.selected for link in found.selection.links
    ]
    assert [log.size for log in (again.log, *again.earlier)] == [
        log.size for log in (found.log, *found.earlier)
    ]
    np.testing.assert_equal(dict(again.selection.scores), dict(found.selection.scores))


def test_a_pipeline_does_what_the_steps_do(workspace):
    """The estimator that is written to disk keeps the same columns."""
    study = study_of(workspace, selectors=(CHAIN,))
    loaded = with_splits(study_table(workspace, study), study)
    _, found = through(loaded, study, CHAIN)
    train = loaded.splits[0].train
    made = pipeline(study, study.candidates()[-1])
    made.fit(loaded.table.frame.iloc[train], loaded.table.target[train])
    assert [name for name, _ in made.steps] == [
        "prepare", "select", "select_2", "select_3", "model"
    ]  # fmt: skip
    assert made.named_steps["select_3"].selection_.selected == found.selection.selected


def test_a_fold_fitted_again_for_explaining_goes_through_every_link(workspace):
    """The model that a page explains is the one that was scored."""
    study = study_of(workspace, selectors=(CHAIN,))
    loaded = with_splits(study_table(workspace, study), study)
    _, found = through(loaded, study, CHAIN, split=1)
    again = refit(loaded, study, study.candidates()[-1], 1)
    assert again.selection.selected == found.selection.selected


def test_tuning_prepares_its_inner_folds_with_every_link(workspace):
    """In their order."""
    study = study_of(workspace, selectors=(CHAIN,), tuning=Tuning("random", trials=2, folds=2))
    plan = planned(workspace, study)
    tune = next(s for s in plan.steps if s.kind == "tune")
    recipe = options_of(plan.by_key(), tune)["recipe"]
    assert [key for key, _ in recipe.selectors] == ["variance", "correlation", "anova_f"]
    assert dict(recipe.selectors[1][1])["k"] == 3


@pytest.mark.cluster
def test_a_run_with_chains_reuses_prefixes_and_gives_the_same_numbers_again(
    workspace, client, tmp_path
):
    """What is recalled equals what is computed, link by link, to the last bit."""
    chained = (CHAIN.links[0], CHAIN)
    whole = study_of(workspace, "regression", selectors=chained)
    carry_out(workspace, whole.replace(selectors=(PREFIX,)), client)
    mine = carry_out(workspace, whole, client)
    # A recalled step is not carried out, so it tells nothing.
    computed = {
        e.label.partition(", split")[0]
        for e in workspace.records.events(mine.run)
        if e.kind == "finished"
    }
    assert {f"select {link.label()}" for link in CHAIN.links} & computed == {"select anova_f(k=2)"}
    fresh = Workspace(tmp_path / "fresh")
    other = carry_out(fresh, study_of(fresh, "regression", selectors=chained), client)
    assert {c.status for c in (*mine.candidates, *other.candidates)} == {"finished"}
    for a, b in zip(mine.candidates, other.candidates, strict=True):
        assert a.selected == b.selected
        there, here = (
            runs.predictions(w, r.run, a.name) for w, r in ((workspace, mine), (fresh, other))
        )
        np.testing.assert_array_equal(there.value, here.value)
    kept = selections(workspace, mine.run)
    assert [len(s.selection.links) for s in kept[CHAIN.label()]] == [3] * 3
    selects = [s.key for s in planned(workspace, whole).steps if s.kind == "select"]
    assert set(selects) == set(workspace.records.timings(selects))


def test_each_link_has_a_time_of_its_own(workspace):
    """Forecasts learn from every link on the columns that reached it."""
    study = study_of(workspace, selectors=(CHAIN,))
    plan = planned(workspace, study)
    log = {"seconds": 1.0, "step_seconds": 1.0}
    logs = {"prepare": {**log, "size": (9, 5, 5)}, "fit": {**log, "size": (9, 1, 1)},
            "resample": {**log, "size": (9, 1, 1)}, "select": {**log, "size": (9, 2, 2)},
            "select-1": {**log, "size": (9, 3, 3)},
            "select-2": {**log, "size": (9, 4, 4)}}  # fmt: skip
    key = plan.fits[study.candidates()[-1].name][0]
    found = timings_of(plan.by_key(), key, {"logs": logs}, 2)
    assert [(t.strategy, t.columns, t.columns_out) for t in found[1:4]] == [
        ("variance", 4, 3), ("correlation", 3, 2), ("anova_f", 2, 1)
    ]  # fmt: skip


def test_the_leakage_meter_follows_every_link(workspace):
    """On all rows at once for the mistake, and inside each split for the honest figure."""
    study = leakage_study(study_of(workspace), CHAIN, NONE, Choice("logistic"))
    loaded = with_splits(study_table(workspace, study), study)
    before = early(loaded, study)
    assert before.selected is not None
    assert len(before.selected.selection.links) == 3
    honest = split_scores(loaded, study, 0, "honest", before, 1)
    leaky = split_scores(loaded, study, 0, "selection", before, 1)
    assert not leaky.reasons.get("selection")
    assert leaky.leaky["selection"].keys() == honest.honest.keys()
