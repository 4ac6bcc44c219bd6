import time

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_selection import RFECV
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression, Ridge

from outfold.data.schema import part
from outfold.registry import Facts, registry
from outfold.select.association import Associations, measured_codes, measured_number
from outfold.select.boruta import with_shadows
from outfold.select.columns import classes
from outfold.select.elimination import judged_sizes
from outfold.select.encode import encode, encode_for_trees
from outfold.select.inner_score import InnerScore
from outfold.select.linear_model import coefficients
from outfold.select.permutation_importance import fold_importances
from outfold.select.sampling import inner_folds, sampled
from outfold.select.shrinkage import shrinkage_path
from outfold.select.softmax_path import softmax_path
from outfold.select.subset_search import best_first, merit
from tests.engine.select.mixed_table import mixed, target


def fitted(key, X, y, task="binary", **params):
    strategy = registry("selector")[key]
    return strategy.build(task=task, seed=0, **strategy.complete(params)).fit(X, y).selection_


def test_correlation_names_the_kept_column_that_a_dropped_one_repeats():
    """Two columns at r = .99: the more relevant stays, the other says why it went."""
    X = mixed()
    y = target(X, "regression")
    found = fitted("correlation", X, y, "regression", redundancy=0.9)
    kept, dropped = sorted(("size", "size again"), key=lambda c: -found.scores[c])
    assert kept in found.selected
    assert found.dropped_because == {dropped: kept}
    both = fitted("correlation", X, y, "regression", redundancy=1.0)
    assert {"size", "size again"} <= set(both.selected)
    assert both.dropped_because == {}


def test_cfs_names_the_kept_column_that_a_dropped_one_repeats():
    """The repeat is redundant; noise is merely weak and has no such reason."""
    X = mixed()[["size", "noise", "constant"]]
    X["size, doubled"] = 2 * X["size"]
    found = fitted("cfs", X, target(mixed(), "binary"))
    assert found.dropped_because == {"size, doubled": "size"}
    assert found.scores["noise"] == found.scores["constant"] == 0
    assert found.merit == pytest.approx(found.scores["size"])


def test_mrmr_takes_the_repeat_of_a_taken_column_late():
    """Both are relevant, but the second tells nothing new."""
    X = mixed()
    y = target(X, "binary")
    for scheme in ("mid", "miq"):
        order = fitted("mrmr", X, y, scheme=scheme, k=4).selected
        first, second = sorted(
            ("size", "size again"), key=lambda c: order.index(c) if c in order else 99
        )
        assert order[0] == first
        assert second not in order[1:2]


def test_associations_are_pearson_eta_and_cramers_v():
    """The three measures from one trace, each against its own formula."""
    draw = np.random.default_rng(0)
    x, z = draw.normal(size=(2, 200))
    x = x + z
    a = draw.integers(0, 3, 200)
    b = np.where(draw.random(200) < 0.6, a, draw.integers(0, 3, 200))
    X = pd.DataFrame({"x": x, "a": pd.Categorical(a)})
    links = Associations(X)
    groups = pd.Series(x).groupby(a)
    eta = np.sqrt(
        (groups.size() * (groups.mean() - x.mean()) ** 2).sum() / ((x - x.mean()) ** 2).sum()
    )
    counts = pd.crosstab(a, b).to_numpy()
    expected = np.outer(counts.sum(1), counts.sum(0)) / 200
    v = np.sqrt(((counts - expected) ** 2 / expected).sum() / 200 / 2)
    z_links = links.strengths(measured_number(z))
    assert z_links[0] == pytest.approx(abs(np.corrcoef(x, z)[0, 1]), abs=1e-12)
    assert links.strengths_with(0)[1] == pytest.approx(eta, abs=1e-12)
    assert links.strengths_with(1)[0] == pytest.approx(eta, abs=1e-12)
    assert links.strengths(measured_codes(b))[1] == pytest.approx(v, abs=1e-12)


def test_the_search_is_lazy_and_finds_the_planted_set():
    """Correlations are asked for only for columns that the search takes up."""
    draw = np.random.default_rng(1)
    relevance = np.concatenate(([0.6, 0.55, 0.5], draw.uniform(0, 0.1, 197)))
    redundancy = np.full((200, 200), 0.05)
    np.fill_diagonal(redundancy, 1.0)
    redundancy[0, 3] = redundancy[3, 0] = 0.99
    asked = set()

    def links(i):
        asked.add(i)
        return redundancy[i]

    found = best_first(relevance, links)
    assert found.subset == (0, 1, 2)
    assert found.merit == pytest.approx(merit(relevance, redundancy, found.subset))
    assert len(asked) < 20


@pytest.mark.parametrize("ratio", [1.0, 0.5])
def test_the_softmax_path_reaches_the_optimum_that_scikit_learn_reaches(ratio):
    """Objective and zeros against a saga fit run for long, at three penalties."""
    draw = np.random.default_rng(3)
    matrix = draw.normal(size=(120, 15))
    matrix = (matrix - matrix.mean(axis=0)) / matrix.std(axis=0)
    level = classes(np.digitize(matrix[:, 0] + matrix[:, 1] + draw.normal(size=120), [-1, 1]))
    penalties = np.array([0.15, 0.08, 0.04])
    for penalty, model in zip(
        penalties, softmax_path(matrix, level, penalties, ratio), strict=True
    ):
        other = LogisticRegression(
            C=1 / (penalty * 120), l1_ratio=ratio, solver="saga", tol=1e-8, max_iter=20_000
        ).fit(matrix, level)

        def loss(coef, chance, penalty=penalty):
            size = ratio * np.abs(coef).sum() + (1 - ratio) * (coef**2).sum() / 2
            return -np.log(chance[np.arange(120), level]).mean() + penalty * size

        ours = loss(model.coef, model.predict_proba(matrix))
        theirs = loss(other.coef_, other.predict_proba(matrix))
        assert ours <= theirs + 1e-5
        np.testing.assert_array_equal(
            np.abs(model.coef).max(axis=1) > 0, np.abs(other.coef_).max(axis=0) > 1e-4
        )


def test_wide_coefficients_are_those_of_the_whole_problem():
    """The fit in the space of the rows gives what the direct fit gives."""
    draw = np.random.default_rng(6)
    matrix = draw.normal(size=(30, 50))
    y = matrix[:, 0] + draw.normal(size=30)
    direct = np.linalg.solve(
        (matrix - matrix.mean(0)).T @ (matrix - matrix.mean(0)) + np.eye(50),
        (matrix - matrix.mean(0)).T @ (y - y.mean()),
    )
    np.testing.assert_allclose(coefficients(matrix, y, "regression")[0], direct, atol=1e-8)


def test_a_penalty_can_be_given_instead_of_found():
    """A small share keeps more than a large one, and no merit is claimed."""
    X = mixed()
    y = target(X, "binary")
    few = fitted("l1", X, y, strength=0.6)
    many = fitted("l1", X, y, strength=0.02)
    assert set(few.selected) < set(many.selected)
    assert few.merit is None
    assert fitted("l1", X, y).merit > 0.2


def test_the_whole_path_begins_empty_and_grows():
    """At the largest penalty nothing is in; at the end the signal is."""
    X = mixed().drop(columns="size again")
    found = shrinkage_path(X, target(X, "count"), task="count", seed=0, ratio=1.0)
    assert (np.diff(found.penalties) < 0).all()
    assert found.weights[0].max() < 1e-3
    entries = dict(zip(found.sources, found.entries(), strict=True))
    assert entries["size"] > entries["noise"]
    assert entries["constant"] == 0


def test_rfe_with_a_number_given_is_nested():
    """The two columns that are left are among the four that are left."""
    X = mixed()
    y = target(X, "binary")
    two, four = (set(fitted("rfe", X, y, k=k).selected) for k in (2, 4))
    assert len(two) == 2
    assert two < four


def test_rfecv_finds_what_scikit_learn_finds_on_the_same_folds():
    """Mean R² of every number of columns, the number advised, and the columns."""
    draw = np.random.default_rng(4)
    X = pd.DataFrame(draw.normal(size=(150, 9)), columns=list("abcdefghi"))
    y = X["b"] + 0.7 * X["e"] - 0.4 * X["h"] + draw.normal(size=150)
    encoded = encode(X)
    folds = inner_folds(y.to_numpy(), "regression", 5, 0)

    def skill(model, held, truth):
        """1 less the squared error over that of the mean of the training rows."""
        train = next(a for a, b in folds if len(b) == len(truth) and (y.iloc[b] == truth).all())
        null = ((truth - y.iloc[train].mean()) ** 2).mean()
        return 1.0 - ((truth - model.predict(held)) ** 2).mean() / null

    other = RFECV(Ridge(alpha=1.0), cv=folds, scoring=skill).fit(encoded.matrix, y.to_numpy())
    sizes = judged_sizes(encoded, y.to_numpy(), "regression", "linear", 0, 5)
    np.testing.assert_allclose(sizes.r2.mean(axis=0), other.cv_results_["mean_test_score"])
    found = fitted("rfecv", X, y, "regression")
    assert set(found.selected) == set(X.columns[other.support_])
    assert found.merit == pytest.approx(other.cv_results_["mean_test_score"].max())
    few = fitted("rfecv", X, y, "regression", rule="one_se")
    assert set(few.selected) < set(found.selected)
    assert len(fitted("rfecv", X, y, "regression", least=7).selected) >= 7


def test_a_number_of_columns_beyond_those_there_keeps_them_all():
    """RFE asked for more than there are: after another selector, fewer may be left."""
    X = mixed()[["size", "noise", "colour"]]
    assert len(fitted("rfe", X, target(mixed(), "binary"), k=50).selected) == 3


def test_floating_search_takes_back_what_forward_search_is_stuck_with():
    """Two columns explain the target together; a blend of both is best alone, and then useless."""
    draw = np.random.default_rng(0)
    a, b = draw.normal(size=(2, 400))
    X = pd.DataFrame({"blend": a + b + 0.6 * draw.normal(size=400), "a": a, "b": b,
                      "noise": draw.normal(size=400)})  # fmt: skip
    y = pd.Series(a + b + 0.1 * draw.normal(size=400))
    forward = fitted("sfs_forward", X, y, "regression", k=2)
    found = fitted("sfs_floating", X, y, "regression", k=2)
    assert "blend" in forward.selected
    assert set(found.selected) == {"a", "b"}
    assert found.merit > forward.merit + 0.05
    assert found.scores["blend"] < 0.002
    free = fitted("sfs_floating", X, y, "regression")
    assert set(free.selected) == {"a", "b"}


def test_floating_search_is_never_worse_than_forward_search_of_the_same_size():
    """It meets every set that forward search meets, or a better one."""
    X = mixed()
    y = target(X, "binary")
    for k in (2, 3):
        forward = fitted("sfs_forward", X, y, k=k, least_gain=0.0, pool=5)
        found = fitted("sfs_floating", X, y, k=k, least_gain=0.0, pool=5)
        assert found.merit >= forward.merit - 1e-9


@pytest.mark.parametrize("model", ["forest", "linear", "tree"])
def test_permutation_importance_tells_signal_from_noise(model):
    """Held-out rows decide: noise has about 0, and a repeat shares its column's importance."""
    X = mixed()
    y = target(X, "regression")
    found = fitted("permutation_importance", X, y, "regression", model=model, trees=20)
    assert {"size", "size again"} & set(found.selected)
    assert not {"noise", "more noise", "constant"} & set(found.selected)
    assert found.scores["constant"] == 0.0
    alone = fitted("permutation_importance", X.drop(columns="size again"), y, "regression",
                   model=model, trees=20)  # fmt: skip
    assert alone.scores["size"] > max(found.scores["size"], found.scores["size again"])


def test_permutation_importance_is_what_scikit_learn_computes():
    """One fold's figures for a linear model, up to the luck of the shuffles."""
    draw = np.random.default_rng(2)
    X = pd.DataFrame(draw.normal(size=(600, 3)), columns=list("abc"))
    y = (X["a"] + 0.5 * X["b"] + 0.5 * draw.normal(size=600)).to_numpy()
    encoded = encode(X)
    got = fold_importances(encoded, y, "regression", 0, kind="linear", trees=10, repeats=40)
    train, test = inner_folds(y, "regression", 5, 0)[0]
    model = Ridge().fit(encoded.matrix[train], y[train])
    other = permutation_importance(
        model, encoded.matrix[test], y[test], n_repeats=40, scoring="r2", random_state=0
    )
    np.testing.assert_allclose(got[0], other.importances_mean, atol=0.05)


def test_forward_search_stops_when_nothing_helps_enough():
    """A least gain that no column reaches leaves the best one, and says so."""
    X = mixed()
    y = target(X, "binary")
    found = fitted("sfs_forward", X[["noise", "more noise", "shape"]], y, least_gain=0.1)
    assert len(found.selected) == 1
    assert "least gain" in found.notes[-1]


@pytest.mark.parametrize("model", ["linear", "tree", "knn"])
def test_an_inner_score_is_zero_for_nothing_and_positive_for_the_signal(model):
    """R² out of fold, remembered for each set."""
    X = mixed()
    y = classes(target(X, "binary"))
    score = InnerScore(encode(X), y, "binary", model, 0)
    assert score([]) == 0
    assert score([0]) > 0.1 > score([1])
    fits = score.fits
    score([0])
    assert score.fits == fits


def test_a_shadow_is_its_column_shuffled_by_one_order():
    """The parts of a column stay together in its shadow."""
    X = mixed()
    encoded = encode_for_trees(X)
    both, real = with_shadows(encoded, np.random.default_rng(0))
    assert real == len(encoded.sources)
    when = encoded.sources.index("when")
    here, shadow = encoded.of([when]), both.matrix[:, both.owner == when + real]
    assert here.shape == shadow.shape == (len(X), 2)
    assert sorted(map(tuple, shadow)) == sorted(map(tuple, here))
    assert not np.array_equal(shadow, here)


@pytest.mark.parametrize(
    ("key", "given"), [("tree_importance", {}), ("boruta", {}), ("rfe", {"model": "tree", "k": 3})]
)
@pytest.mark.parametrize("task", ["binary", "regression"])
def test_trees_do_not_take_many_levels_for_signal(key, given, task):
    """A noise column of forty levels weighs no more than one number, and hides no signal."""
    draw = np.random.default_rng(0)
    n = 1_500
    X = pd.DataFrame({
        "forty": pd.Categorical(draw.integers(0, 40, n), categories=range(40)),
        "eight": pd.Categorical(draw.integers(0, 8, n), categories=range(8)),
        "square": draw.normal(size=n),
        "four": pd.Categorical(draw.integers(0, 4, n), categories=range(4)),
        "line": draw.normal(size=n),
        "number": draw.normal(size=n),
    })  # fmt: skip
    four = np.array([-1.0, 0.0, 0.5, 1.2])[X["four"].cat.codes]
    y = 1.2 * X["line"] + X["square"] ** 2 + four + draw.normal(size=n)
    if task == "binary":
        y = (y > y.quantile(0.8)).astype(int)
    found = registry("selector")[key].build(task=task, seed=0, **given).fit(X, y).selection_
    assert {"square", "line"} <= set(found.selected) <= {"square", "line", "four"}
    noise = max(found.scores[c] for c in ("forty", "eight", "number"))
    assert noise < found.scores["four"]


def test_stability_selection_keeps_its_bound_on_noise():
    """On pure noise at most one column is kept in error on average (Meinshausen & Bühlmann)."""
    draw = np.random.default_rng(11)
    wrong = []
    for seed in range(12):
        X = pd.DataFrame(draw.normal(size=(80, 20)), columns=[f"x{i}" for i in range(20)])
        found = registry("selector")["stability"].build(task="regression", seed=seed, rounds=20)
        selection = found.fit(X, draw.normal(size=80)).selection_
        wrong.append(sum(s >= 0.7 for s in selection.scores.values()))
    assert np.mean(wrong) <= 1.0
    assert selection.merit <= 1.0


def test_samples_keep_rare_classes_and_the_order_of_rows():
    """Three rows of a rare class stay in a sample of 100 of 10,000."""
    level = np.zeros(10_000, dtype=np.int64)
    level[[5, 500, 5_000]] = 1
    rows = sampled(level, "binary", 100, np.random.default_rng(0))
    assert (np.diff(rows) > 0).all()
    assert level[rows].sum() == 3
    assert len(rows) < 110


def test_inner_folds_part_the_rows_and_spread_the_classes():
    """Each row is held out once, each class about equally often in every fold."""
    level = np.array([0] * 30 + [1] * 6)
    folds = inner_folds(level, "binary", 3, seed=4)
    held = np.concatenate([test for _, test in folds])
    np.testing.assert_array_equal(np.sort(held), np.arange(36))
    assert [int(level[test].sum()) for _, test in folds] == [2, 2, 2]
    assert all(not set(train) & set(test) for train, test in folds)


def test_relief_samples_rows_and_says_so():
    """Six thousand rows are more than neighbours are looked for among."""
    draw = np.random.default_rng(0)
    X = pd.DataFrame(draw.normal(size=(6_000, 4)), columns=list("abcd"))
    found = fitted("relieff", X, (X["b"] > 0).astype(int))
    assert found.selected[0] == "b"
    assert "5,000 of 6,000 rows" in found.notes[0]


def test_relief_sees_an_interaction_that_univariate_scores_miss():
    """Exclusive or of two columns: neither alone tells anything."""
    draw = np.random.default_rng(8)
    X = pd.DataFrame(draw.uniform(-1, 1, size=(400, 5)), columns=list("abcde"))
    y = ((X["a"] > 0) ^ (X["b"] > 0)).astype(int)
    assert set(fitted("relieff", X, y, k=2).selected) == {"a", "b"}


def test_parts_of_a_date_are_scored_as_one_column():
    """The best of its parts decides, and both parts are kept."""
    X = mixed()
    y = target(X, "regression")
    found = fitted("anova_f", X, y, "regression")
    alone = fitted("anova_f", X[[part("when", "month")]], y, "regression")
    assert found.scores["when"] == pytest.approx(alone.scores["when"])


def test_cfs_on_a_thousand_columns_takes_seconds():
    """300 × 1,000: generous, since the machine may be shared."""
    draw = np.random.default_rng(0)
    X = pd.DataFrame(draw.normal(size=(300, 1_000)), columns=[f"x{i}" for i in range(1_000)])
    y = (X["x3"] + X["x700"] + 0.5 * draw.normal(size=300) > 0).astype(int)
    began = time.process_time()
    found = fitted("cfs", X, y)
    assert time.process_time() - began < 5
    assert {"x3", "x700"} <= set(found.selected)


def test_methods_with_inner_folds_refuse_a_handful_of_rows():
    """The reason is a sentence that names both numbers; filters take such a table."""
    few = Facts(task="binary", n_rows=8, n_features=3, n_numeric=3, n_categorical=0)
    assert "12 rows, not 8" in registry("selector")["l1"].available(few)
    assert registry("selector")["cfs"].available(few) is None
