"""How rows are held out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outfold.errors import StudyError
from outfold.study.split import splits
from outfold.study.study import Validation

RNG = np.random.default_rng(0)
CLASSES = RNG.choice(3, 200, p=[0.7, 0.25, 0.05])
GROUPS = RNG.integers(0, 30, 200)
TIME = np.sort(RNG.integers(0, 120, 200))


def covered(found, n):
    return np.bincount(np.concatenate([s.test for s in found]), minlength=n)


@given(st.integers(2, 10), st.integers(1, 3), st.integers(0, 5))
@settings(max_examples=30, deadline=None)
def test_every_row_is_held_out_once_per_repeat(folds, repeats, seed):
    """Training and validation never meet, and together they are all rows."""
    found = splits(Validation("stratified", folds, repeats), CLASSES, "multiclass", seed=seed)
    assert len(found) == folds * repeats
    assert (covered(found, 200) == repeats).all()
    for split in found:
        assert not set(split.train) & set(split.test)
        assert len(split.train) + len(split.test) == 200


def test_stratified_folds_hold_each_class_in_proportion():
    """A class of n rows has n/k of them in each fold, give or take one."""
    for split in splits(Validation("stratified", 5), CLASSES, "multiclass"):
        for code in range(3):
            share = (code == CLASSES).sum() / 5
            assert abs((CLASSES[split.test] == code).sum() - share) <= 1


def test_a_class_with_fewer_rows_than_folds_is_still_dealt_out():
    """Rare classes are what people come for: they are placed, not refused."""
    codes = np.array([0] * 47 + [1] * 3)
    found = splits(Validation("stratified", 5), codes, "binary")
    assert sorted((codes[s.test] == 1).sum() for s in found) == [0, 0, 1, 1, 1]
    sizes = [len(s.test) for s in found]
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("scheme", ["grouped", "stratified_grouped"])
def test_a_group_never_stands_on_both_sides(scheme):
    """Rows of one person, machine or day are either trained on or validated on."""
    for split in splits(Validation(scheme, 5), CLASSES, "multiclass", groups=GROUPS):
        assert not set(GROUPS[split.train]) & set(GROUPS[split.test])


def test_a_grouped_holdout_keeps_groups_whole():
    """A hold-out follows the group role too."""
    (split,) = splits(Validation("holdout"), CLASSES, "multiclass", groups=GROUPS)
    assert not set(GROUPS[split.train]) & set(GROUPS[split.test])


@pytest.mark.parametrize("scheme", ["time", "time_holdout"])
def test_nothing_is_trained_on_that_lies_after_what_is_validated(scheme):
    """The future is never seen; rows of one moment stay on one side."""
    shuffled = RNG.permutation(200)
    order = TIME[shuffled]
    for split in splits(Validation(scheme, 4), CLASSES, "multiclass", order=order):
        assert order[split.train].max() < order[split.test].min()


def test_a_gap_leaves_out_the_rows_just_before():
    """With a gap of ten, the ten rows before the block are neither trained nor validated on."""
    order = np.arange(100)
    for split in splits(Validation("time", 4, gap=10), np.arange(100) % 2, "binary", order=order):
        assert split.test.min() - split.train.max() == 11


def test_time_and_group_together_purge_groups_that_come_again():
    """A customer seen later is not trained on earlier."""
    order, groups = np.arange(200), np.arange(200) % 40
    groups[:60] = np.arange(60) + 100
    for split in splits(Validation("time", 2), CLASSES, "multiclass", groups=groups, order=order):
        assert not set(groups[split.train]) & set(groups[split.test])


@pytest.mark.parametrize(
    ("scheme", "groups", "order", "task", "complaint"),
    [
        ("stratified", GROUPS, None, "multiclass", "group column is set"),
        ("kfold", None, TIME, "multiclass", "train on the future"),
        ("grouped", None, None, "multiclass", "need a column with the role group"),
        ("time", None, None, "multiclass", "needs a column with the role time"),
        ("stratified", None, None, "regression", "need classes"),
    ],
)
def test_a_scheme_that_would_leak_is_refused(scheme, groups, order, task, complaint):
    """The roles decide which schemes are honest."""
    with pytest.raises(StudyError, match=complaint):
        splits(Validation(scheme), CLASSES, task, groups, order)


def test_too_few_rows_or_groups_are_refused():
    """The sentence says how many would do."""
    with pytest.raises(StudyError, match="at most 4 folds"):
        splits(Validation("kfold", 5), np.arange(8.0), "regression")
    with pytest.raises(StudyError, match="3 groups, fewer than the 5 folds"):
        splits(Validation("grouped", 5), np.arange(30.0), "regression", groups=np.arange(30) % 3)


def test_the_seed_decides_the_folds():
    """Same seed, same folds; another seed, other folds."""
    a, b, c = (splits(Validation("stratified"), CLASSES, "multiclass", seed=s) for s in (1, 1, 2))
    assert all((x.test == y.test).all() for x, y in zip(a, b, strict=True))
    assert any(
        (x.test != y.test).any() for x, y in zip(a, c, strict=True) if len(x.test) == len(y.test)
    )
