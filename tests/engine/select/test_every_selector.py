import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from outfold.data.schema import source_of
from outfold.errors import NotApplicableError
from outfold.registry import registry
from tests.engine.select.mixed_table import mixed, target

QUICK = {
    "boruta": {"rounds": 12, "trees": 20},
    "tree_importance": {"trees": 60},
    "stability": {"rounds": 20},
    "sfs_backward": {"pool": 6},
    "sfs_forward": {"k": 3},
    "sfs_floating": {"pool": 5, "k": 3},
    "rfecv": {"folds": 3},
    "permutation_importance": {"trees": 12, "repeats": 3},
}
PAIRS = [(s.key, task) for s in registry("selector") for task in s.tasks]
BLIND = {"none", "pinned", "variance"}


def built(key, task, seed=0, **more):
    strategy = registry("selector")[key]
    return strategy.build(task=task, seed=seed, **strategy.complete(QUICK.get(key, {}) | more))


@pytest.mark.parametrize(("key", "task"), PAIRS)
def test_a_selector_finds_the_signal_and_obeys_the_contract(key, task):
    """Sources go together, rows and order stay, input is unchanged, the result repeats."""
    X = mixed()
    y = target(X, task)
    before = X.copy()
    selector = built(key, task)
    out = selector.fit(X, y).transform(X)
    found = selector.selection_
    pd.testing.assert_frame_equal(X, before)
    sources = list(dict.fromkeys(source_of(c) for c in X))
    assert set(found.scores) == set(sources)
    assert 1 <= len(found.selected) == len(set(found.selected))
    assert set(found.selected) <= set(sources)
    assert list(out.columns) == [c for c in X if source_of(c) in found.selected]
    assert list(selector.get_feature_names_out()) == list(out.columns)
    pd.testing.assert_index_equal(out.index, X.index)
    assert (out.dtypes == X[out.columns].dtypes).all()
    for name in found.selected:
        assert isinstance(found.scores[name], float)
    if key not in BLIND:
        assert {"size", "size again"} & set(found.selected)
        assert found.selected[0] in {"size", "size again", "when"}
        assert "constant" not in found.selected
    again = clone(selector).fit(X, y).selection_
    assert again.selected == found.selected
    np.testing.assert_array_equal(list(again.scores.values()), list(found.scores.values()))
    assert pickle.loads(pickle.dumps(selector)).selection_.selected == found.selected


@pytest.mark.parametrize("key", [s.key for s in registry("selector") if s.key != "none"])
def test_ranks_do_not_depend_on_the_order_of_columns(key):
    """Turning the table round leaves the best column the best."""
    X = mixed().drop(columns=["size again"])
    y = target(X, "binary")
    straight = built(key, "binary").fit(X, y).selection_
    turned = built(key, "binary").fit(X[X.columns[::-1]], y).selection_
    if key not in BLIND:
        assert straight.selected[0] == turned.selected[0] == "size"
    else:
        assert set(straight.selected) == set(turned.selected)


@pytest.mark.parametrize(
    "key", [s.key for s in registry("selector") if any(p.key == "k" for p in s.params)]
)
def test_k_is_the_most_that_is_kept(key):
    """Asking for two columns gives two at most, and one at least."""
    X = mixed()
    found = built(key, "binary", k=2).fit(X, target(X, "binary")).selection_
    assert 1 <= len(found.selected) <= 2


@pytest.mark.parametrize("key", registry("selector").keys())
def test_a_single_column_is_kept(key):
    """There is nothing to choose from, and nothing fails."""
    X = mixed()[["noise"]]
    task = "binary"
    found = built(key, task).fit(X, target(mixed(), task)).selection_
    assert found.selected == ("noise",)


@pytest.mark.parametrize("key", [s.key for s in registry("selector") if s.key not in BLIND])
def test_noise_alone_still_keeps_one_column(key):
    """A selector never hands on an empty table."""
    draw = np.random.default_rng(3)
    X = pd.DataFrame(draw.normal(size=(60, 5)), columns=list("abcde"))
    found = built(key, "binary").fit(X, draw.integers(0, 2, 60)).selection_
    assert len(found.selected) >= 1


@pytest.mark.parametrize(
    ("key", "task", "words"),
    [
        (s.key, task, words)
        for s in registry("selector")
        for task, words in (("binary", "one class"), ("regression", "one value"))
        if s.key not in BLIND and task in s.tasks
    ],
)
def test_a_target_that_does_not_vary_is_refused(key, task, words):
    """The message says what is wrong."""
    with pytest.raises(NotApplicableError, match=words):
        built(key, task).fit(mixed(), np.ones(240))


@pytest.mark.parametrize("key", [s.key for s in registry("selector") if s.key not in BLIND])
def test_a_rare_class_and_few_rows_are_survived(key):
    """Twenty rows, two of them positive: folds and neighbours run short, nothing fails."""
    X = mixed(20)
    y = np.zeros(20, dtype=int)
    y[[3, 11]] = 1
    assert built(key, "binary").fit(X, y).selection_.selected


def test_no_columns_are_refused():
    """An empty table has nothing to select from."""
    with pytest.raises(NotApplicableError, match="no feature column"):
        built("variance", "binary").fit(mixed()[[]], np.ones(240))


def test_transform_before_fit_is_refused():
    """As everywhere in scikit-learn."""
    with pytest.raises(NotFittedError):
        built("variance", "binary").transform(mixed())


def test_a_level_never_seen_in_fitting_passes_through():
    """Validation rows may have missing codes; selecting columns does not mind."""
    X = mixed()
    selector = built("cfs", "binary").fit(X, target(X, "binary"))
    later = X.copy()
    later.loc[1000, "colour"] = np.nan
    assert len(selector.transform(later)) == len(X)
