"""Tuning sees training rows alone: no outer validation row, and inside no inner one either.

Rows are recognised by the column ``amount``, as in the tests of the other steps.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from outfold.registry import registry
from outfold.study import steps
from outfold.study.study import Choice, Study, Validation
from outfold.study.table import study_table
from outfold.study.tune import folds as inner
from outfold.study.tune.folds import Recipe, inner_splits
from outfold.study.tune.step import tune
from outfold.study.tune.tuning import Tuning
from outfold.validate.catalogue import schemes
from tests.engine.study.conftest import study_of
from tests.engine.study.test_no_leak import watch as watch  # a fixture

MINIMAL = ("minimal", registry("preparation")["minimal"].defaults())


def recipe(selector="variance", resampler="none") -> Recipe:
    return Recipe(
        MINIMAL,
        ((selector, registry("selector")[selector].defaults()),),
        (resampler, registry("resampler")[resampler].defaults()),
    )


def loaded_of(workspace, study):
    return steps.with_splits(study_table(workspace, study), study)


@pytest.mark.parametrize("resampler", ["none", "random_over", "smotenc", "class_weight"])
@pytest.mark.parametrize("method", ["random", "halving", "tpe"])
def test_no_fit_inside_tuning_sees_a_row_held_out(workspace, watch, method, resampler):
    """Every preparation, selection, resampling and fit gets inner training rows alone."""
    study = study_of(
        workspace,
        n_rows=600,
        preparation=Choice("minimal"),
        tuning=Tuning(method, trials=3),
        models=(Choice("decision_tree"),),
    )
    loaded = loaded_of(workspace, study)
    amount = loaded.table.frame["amount"].to_numpy()
    params = registry("model")["decision_tree"].defaults()
    for number, split in enumerate(loaded.splits):
        watch.seen.clear()
        tune(loaded, study, number, "decision_tree", params, recipe(resampler=resampler))
        outer = set(amount[split.test])
        seen = {kind: [set(rows) for k, rows in watch.seen if k == kind] for kind, _ in watch.seen}
        assert {"preparation", "selector", "model"} <= set(seen)
        for kind, fits in seen.items():
            assert not any(rows & outer for rows in fits), f"{kind} saw a row held out"
        folds = inner_splits(loaded, study, number)
        known = [set(amount[f.train]) for f in folds]
        # Preparation and selection are fitted once per inner fold, on its training rows exactly.
        assert sorted(map(sorted, seen["preparation"])) == sorted(map(sorted, known))
        assert sorted(map(sorted, seen["selector"])) == sorted(map(sorted, known))
        trials = len(seen["model"]) // len(folds)
        for place, rows in enumerate(seen["model"]):
            fold = folds[place % len(folds)]
            assert not rows & set(amount[fold.test]), "a model saw the rows it is judged on"
        assert trials >= 3


def test_the_inner_folds_divide_the_training_rows(workspace):
    """Each training row is judged on once, and no other row is."""
    study = study_of(workspace, tuning=Tuning("random", folds=4))
    loaded = loaded_of(workspace, study)
    for number, split in enumerate(loaded.splits):
        folds = inner_splits(loaded, study, number)
        assert len(folds) == 4
        assert sorted(np.concatenate([f.test for f in folds])) == sorted(split.train)
        for fold in folds:
            assert sorted([*fold.train, *fold.test]) == sorted(split.train)
            share = loaded.table.target[fold.test].mean()
            assert share == pytest.approx(loaded.table.target[split.train].mean(), abs=0.03)


def test_inner_folds_keep_groups_together(workspace):
    """A group is on one side inside as it is outside; few groups make fewer inner folds."""
    study = study_of(
        workspace, "regression",
        roles={"kind": "group"},
        types={"kind": "categorical"},
        validation=Validation("grouped", folds=2),
        tuning=Tuning("random", folds=5),
    )  # fmt: skip
    loaded = loaded_of(workspace, study)
    groups = loaded.table.groups
    for number, split in enumerate(loaded.splits):
        folds = inner_splits(loaded, study, number)
        assert len(folds) == min(5, max(2, len(np.unique(groups[split.train]))))
        for fold in folds:
            assert not set(groups[fold.train]) & set(groups[fold.test])


def test_inner_folds_go_forward_in_time(workspace):
    """What is judged on lies after what is fitted on, with the gap between."""
    study = study_of(
        workspace, "regression",
        roles={"when": "time"},
        validation=Validation("time", folds=3, gap=5),
        tuning=Tuning("random", folds=2),
    )  # fmt: skip
    loaded = loaded_of(workspace, study)
    order = loaded.table.order
    for number in range(3):
        for fold in inner_splits(loaded, study, number):
            assert order[fold.train].max() < order[fold.test].min()


def test_a_row_drawn_twice_is_on_one_side_inside(workspace):
    """Where a split trains on repeated rows, the inner folds are of distinct ones."""
    study = study_of(workspace, "regression", tuning=Tuning("random"))
    loaded = loaded_of(workspace, study)
    first = loaded.splits[0]
    twice = steps.Loaded(
        loaded.table, (inner.Split(np.sort(np.r_[first.train, first.train[:50]]), first.test),)
    )
    for fold in inner_splits(twice, study, 0):
        assert not set(fold.train) & set(fold.test)


def test_each_part_of_the_rows_has_every_class_in_its_share(workspace):
    """Successive halving fits on nested parts that are as imbalanced as the whole."""
    study = study_of(workspace, n_rows=600, tuning=Tuning("halving"))
    loaded = loaded_of(workspace, study)
    fold = inner.inner_folds(loaded, study, 0, recipe()).folds[0]
    whole = fold.part(1.0)
    third, ninth = fold.part(1 / 3), fold.part(1 / 9)
    for part, share in ((third, 1 / 3), (ninth, 1 / 9)):
        assert len(part.frame) == round(share * len(whole.frame))
        assert part.target.mean() == pytest.approx(whole.target.mean(), abs=0.02)
    assert set(ninth.frame["amount"]) < set(third.frame["amount"]) < set(whole.frame["amount"])


def test_models_tuned_on_the_same_rows_share_their_inner_folds(workspace, watch, monkeypatch):
    """They are prepared once, unless they are too large to be kept, and never for other rows."""
    study = study_of(
        workspace, preparation=Choice("minimal"), tuning=Tuning("random", trials=2),
    )  # fmt: skip
    loaded = loaded_of(workspace, study)
    monkeypatch.setattr(inner, "_last", None)
    keyed = dataclasses.replace(recipe(), key="resample-1")

    def prepared(model: str, split: int = 0, how: Recipe = keyed, of: Study = study) -> int:
        watch.seen.clear()
        tune(loaded, of, split, model, registry("model")[model].defaults(), how)
        return sum(kind == "preparation" for kind, _ in watch.seen)

    assert prepared("decision_tree") == 3
    assert prepared("naive_bayes") == 0
    assert prepared("naive_bayes", how=dataclasses.replace(recipe(), key="resample-2")) == 3
    assert prepared("naive_bayes", split=1) == 3
    assert prepared("naive_bayes", split=1, of=study.replace(tuning=Tuning("tpe", 2, folds=2))) == 2
    assert prepared("naive_bayes", how=recipe()) == 3
    assert prepared("decision_tree", how=recipe()) == 3
    monkeypatch.setattr(inner, "KEPT_BYTES", 10)
    assert prepared("decision_tree") == 3
    assert prepared("decision_tree") == 3


def test_the_time_of_shared_folds_counts_for_every_model(workspace):
    """A candidate costs what it would cost alone."""
    study = study_of(workspace, tuning=Tuning("random", trials=2))
    loaded = loaded_of(workspace, study)
    keyed = dataclasses.replace(recipe(), key="resample-3")
    made = inner.inner_folds(loaded, study, 0, keyed)
    again = inner.inner_folds(loaded, study, 0, keyed)
    assert again is made
    found = tune(
        loaded, study, 0, "naive_bayes", registry("model")["naive_bayes"].defaults(), keyed
    )
    assert found.seconds > made.seconds > 0


@pytest.mark.parametrize("key", schemes())
def test_inside_every_scheme_the_inner_folds_are_training_rows_alone(workspace, key):
    """Whatever holds rows out: within the rows trained on, and each inner side apart."""
    needs = schemes()[key].needs
    roles = {"when": "time"} if "time" in needs else {}
    study = study_of(
        workspace,
        roles=roles | ({"kind": "group"} if "group" in needs else {}),
        validation=Validation(key, folds=3, resamples=10),
        tuning=Tuning("random", folds=2),
    )
    loaded = loaded_of(workspace, study)
    table = loaded.table
    for number, split in enumerate(loaded.splits):
        for fold in inner_splits(loaded, study, number):
            assert set(fold.train) | set(fold.test) <= set(split.train)
            assert not set(fold.train) & set(fold.test)
            if table.groups is not None:
                assert not set(table.groups[fold.train]) & set(table.groups[fold.test])
            if table.order is not None:
                assert table.order[fold.train].max() < table.order[fold.test].min()
