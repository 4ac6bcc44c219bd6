"""What every validation scheme must keep to, whoever wrote it; subjects come from the registry."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outfold.errors import StudyError
from outfold.study.split import check_scheme, proposed_scheme, splits
from outfold.study.study import Validation
from outfold.task import TASKS, is_classification
from outfold.validate.catalogue import offered, schemes
from outfold.validate.fields import FIELDS
from outfold.validate.scheme import Scheme

EVERY = list(schemes().values())
every = pytest.mark.parametrize("scheme", EVERY, ids=lambda s: s.key)
FAST = settings(max_examples=12, deadline=None, derandomize=True)


def drawn_table(seed: int, n: int) -> dict[str, Any]:
    """Classes, groups and an order with equal moments, of any size."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(np.sort(rng.integers(0, max(20, n // 2), n)))
    return {
        "target": np.concatenate([[0, 0, 1, 1], rng.choice(3, n - 4, p=[0.7, 0.25, 0.05])]),
        "groups": np.concatenate([np.arange(14), rng.integers(0, 14, n - 14)]),
        "order": order,
        "moments": order * 0.5,
    }


def cut(scheme: Scheme, table: dict[str, Any], seed: int = 0, **fields: Any) -> list[Any]:
    """The splits of a scheme on a table with the roles that it needs and no other."""
    task = "multiclass" if "multiclass" in scheme.tasks else scheme.tasks[0]
    given = {k: table[k] for k in ("groups", "order", "moments") if k in roles_of(scheme)}
    used = {k: v for k, v in fields.items() if scheme.uses(k)}
    return splits(Validation(scheme.key, **used), table["target"], task, seed=seed, **given)


def roles_of(scheme: Scheme) -> set[str]:
    found = {"groups"} if "group" in scheme.needs else set()
    return found | ({"order", "moments"} if "time" in scheme.needs else set())


def is_sentence(text: str) -> bool:
    return len(text) > 10 and text.endswith(".") and text[0].isupper()


@every
def test_it_says_what_it_is_and_when_to_take_it(scheme):
    """The menu, the documents and the refusals are made of these words."""
    assert scheme.key == scheme.key.lower()
    assert scheme.key.replace("_", "").isalnum()
    assert scheme.label
    assert is_sentence(scheme.summary)
    assert is_sentence(scheme.suits)
    assert any(ch.isdigit() for ch in scheme.source), "a source has an author and a year"
    assert set(scheme.needs) <= set(scheme.guards)


@every
def test_its_settings_are_fields_of_a_validation_with_their_defaults(scheme):
    """A form shows what the study holds, and nothing else."""
    bare = Validation(scheme.key)
    known = {field.key for field in FIELDS}
    for field in scheme.fields:
        assert field.key in known
        assert getattr(bare, field.key) == field.default
        assert is_sentence(field.help)


@every
@FAST
@given(seed=st.integers(0, 10_000), n=st.integers(60, 150), folds=st.integers(2, 6))
def test_training_and_validation_never_meet(scheme, seed, n, folds):
    """No row is judged by a model that saw it; only the apparent fit is, and it says so."""
    for split in cut(scheme, drawn_table(seed, n), seed, folds=folds, resamples=10):
        if split.apparent:
            assert scheme.apparent
            assert (split.train == np.arange(n)).all()
            continue
        assert not set(split.train) & set(split.test)
        assert (np.diff(split.test) > 0).all()
        steps = np.diff(split.train)
        assert (steps >= 0).all() if scheme.repeats_rows else (steps > 0).all()


@pytest.mark.parametrize("scheme", [s for s in EVERY if s.covers], ids=lambda s: s.key)
@FAST
@given(seed=st.integers(0, 10_000), folds=st.integers(2, 8), repeats=st.integers(1, 3))
def test_every_row_is_validated_on_once_per_repeat(scheme, seed, folds, repeats):
    """Folds are a partition, drawn anew each time."""
    table = drawn_table(seed, 90)
    found = cut(scheme, table, seed, folds=folds, repeats=repeats)
    times = np.bincount(np.concatenate([s.test for s in found]), minlength=90)
    assert (times == (repeats if scheme.uses("repeats") else 1)).all()
    for split in found:
        assert len(split.train) + len(split.test) == 90


@pytest.mark.parametrize("scheme", [s for s in EVERY if "group" in s.guards], ids=lambda s: s.key)
@FAST
@given(seed=st.integers(0, 10_000))
def test_no_group_stands_on_both_sides(scheme, seed):
    """Whoever takes care of groups keeps each on one side of every split."""
    table = drawn_table(seed, 120)
    task = scheme.tasks[0]
    given = {"groups": table["groups"]}
    if "time" in scheme.needs:  # groups that come again and again would leave nothing to train on
        table["groups"] = np.sort(table["order"] // 4)[np.argsort(np.argsort(table["order"]))]
        given = {"groups": table["groups"], "order": table["order"]}
    made = Validation(scheme.key, folds=3, resamples=10)
    target = np.minimum(table["target"], 1)
    for split in splits(made, target, task, seed=seed, **given):
        if not split.apparent:
            assert not set(table["groups"][split.train]) & set(table["groups"][split.test])


@pytest.mark.parametrize("scheme", [s for s in EVERY if "time" in s.guards], ids=lambda s: s.key)
@FAST
@given(seed=st.integers(0, 10_000), gap=st.integers(0, 8), gap_time=st.integers(0, 6))
def test_training_lies_before_validation_by_the_gap(scheme, seed, gap, gap_time):
    """Nothing of the future is trained on, and the gap is kept in rows and in time."""
    table = drawn_table(seed, 130)
    order, moments = table["order"], table["moments"]
    for split in cut(scheme, table, folds=3, gap=gap, gap_time=float(gap_time)):
        assert order[split.train].max() < order[split.test].min()
        first = order[split.test].min()
        between = (order < first).sum() - (order <= order[split.train].max()).sum()
        ties = (order == order[split.train].max()).sum() - 1
        assert between + ties >= gap if gap else between >= 0
        if gap_time:
            assert moments[split.train].max() < moments[split.test].min() - gap_time


@every
def test_the_seed_decides_the_splits(scheme):
    """Same seed, same splits; where anything is drawn, another seed gives others."""
    table = drawn_table(5, 100)
    a, b, c = (cut(scheme, table, seed, resamples=10) for seed in (3, 3, 4))
    for x, y in zip(a, b, strict=True):
        assert (x.train == y.train).all()
        assert (x.test == y.test).all()
    is_drawn = any(
        not np.array_equal(x.test, y.test) for x, y in zip(a, c, strict=True) if not x.apparent
    )
    assert is_drawn == (not scheme.needs or scheme.uses("repeats"))


@every
def test_the_number_of_splits_is_what_it_says(scheme):
    """A plan is counted before it is made."""
    found = cut(scheme, drawn_table(1, 100), resamples=12, folds=4, repeats=2)
    used = {"folds": 4, "repeats": 2, "resamples": 12}
    made = Validation(scheme.key, **{k: v for k, v in used.items() if scheme.uses(k)})
    assert len(found) == (made.n_splits or 14)


@every
def test_what_it_does_not_use_changes_nothing(scheme):
    """Every control that is shown has an effect; the others have none."""
    table = drawn_table(2, 100)
    away = {"folds": 3, "repeats": 2, "test_share": 0.4, "gap": 2, "gap_time": 1.0, "window": 9,
            "resamples": 11}  # fmt: skip
    task = scheme.tasks[0]
    target = np.minimum(table["target"], 1)
    given = {k: table[k] for k in roles_of(scheme)}
    base = Validation(scheme.key)

    def rows(made: Validation) -> list[tuple[bytes, bytes]]:
        return [(s.train.tobytes(), s.test.tobytes()) for s in splits(made, target, task, **given)]

    for field, value in away.items():
        same = rows(replace(base, **{field: value})) == rows(base)
        assert same != scheme.uses(field), field


@every
def test_where_it_would_leak_it_is_refused_in_a_sentence(scheme):
    """Roles, task and declaration decide; the same reason is shown greyed in the menu."""
    for task in TASKS:
        for grouped in (False, True):
            for ordered in (False, True):
                reasons = dict(offered(grouped, ordered, task))
                refused = reasons[scheme]
                leaks = (grouped and "group" not in scheme.guards) or (
                    ordered and "time" not in scheme.guards
                )
                lacks = ("group" in scheme.needs and not grouped) or (
                    "time" in scheme.needs and not ordered
                )
                assert (refused is not None) == (leaks or lacks or task not in scheme.tasks)
                if refused:
                    assert is_sentence(refused.message)
                    assert is_sentence(refused.hint)
                    with pytest.raises(StudyError):
                        check_scheme(Validation(scheme.key), grouped, ordered, task)


def test_some_scheme_is_proposed_for_every_table():
    """Whatever the roles, the person may press Run."""
    for task in TASKS:
        for grouped in (False, True):
            for ordered in (False, True):
                for now in schemes():
                    made = proposed_scheme(Validation(now), grouped, ordered, task)
                    check_scheme(made, grouped, ordered, task)
                    if schemes()[now].proposal is not None:
                        assert made.is_holdout == schemes()[now].single


def test_a_scheme_that_was_asked_for_stays_where_it_serves():
    """A changed role does not throw away a choice that is still right."""
    asked = Validation("bootstrap_632_plus")
    assert proposed_scheme(asked, True, False, "binary") == asked
    assert proposed_scheme(asked, False, True, "binary").scheme == "time"
    assert proposed_scheme(Validation("sliding"), False, False, "count").scheme == "kfold"


def test_stratified_classes_are_even_within_a_row():
    """Each fold holds each class in proportion, give or take one row."""
    table = drawn_table(7, 120)
    for split in cut(schemes()["stratified"], table, folds=5):
        for code in range(3):
            share = (table["target"] == code).sum() / 5
            assert abs((table["target"][split.test] == code).sum() - share) <= 1


def test_menus_of_schemes_load_no_heavy_library():
    """Listing the schemes imports nothing that computes."""
    code = (
        "import sys; from outfold.validate.catalogue import schemes\n"
        "n = len(schemes()); print(n, sorted({'sklearn', 'scipy', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == str(len(EVERY))
    assert "sklearn" not in done.stdout
    assert "scipy" not in done.stdout


def test_the_target_of_a_number_is_never_stratified():
    """A scheme for classes says so by its tasks."""
    for scheme in EVERY:
        if "stratified" in scheme.key:
            assert all(is_classification(task) for task in scheme.tasks)
