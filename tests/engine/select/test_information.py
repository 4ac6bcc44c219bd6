import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression
from sklearn.metrics import mutual_info_score

from outfold.select.discretise import equal_bins, mdl_cuts
from outfold.select.entropy import (
    JointEntropies,
    contingency,
    information_gain,
    symmetrical_uncertainty,
)
from outfold.select.evidence import discoveries, neg_log10_p_of_chi2, neg_log10_p_of_f
from outfold.select.mutual_info import informations


@pytest.fixture(scope="module")
def table():
    draw = np.random.default_rng(5)
    X = pd.DataFrame(draw.normal(size=(300, 4)), columns=list("abcd"))
    y = X["a"] + X["b"] ** 2 + draw.normal(size=300)
    return X, y


def test_neighbour_estimates_against_classes_are_those_of_scikit_learn(table):
    """Ross (2014), three classes, values without ties."""
    X, y = table
    level = np.digitize(y, [0.0, 2.0])
    ours = informations(X, level, task="multiclass", seed=0, neighbors=3)
    theirs = mutual_info_classif(X.to_numpy(), level, random_state=1)
    np.testing.assert_allclose(ours, theirs, atol=1e-9)
    assert ours.max() > 0.1


def test_neighbour_estimates_against_a_number_are_those_of_scikit_learn(table):
    """Kraskov et al. (2004), first form."""
    X, y = table
    ours = informations(X, y, task="regression", seed=0, neighbors=3)
    theirs = mutual_info_regression(X.to_numpy(), y, random_state=1)
    np.testing.assert_allclose(ours, theirs, atol=1e-9)


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_numbers_full_of_ties_tell_as_little_as_scikit_learn_says(task):
    """Zeros of most rows lie so near together after the jitter that rounding must not count."""
    draw = np.random.default_rng(1)
    n = 20_000
    X = pd.DataFrame({
        "zeros": np.where(draw.random(n) < 0.7, 0.0, draw.gamma(2.0, size=n)),
        "fives": np.where(draw.random(n) < 0.7, 5.0, draw.gamma(2.0, size=n)),
        "filled": np.where(draw.random(n) < 0.05, 0.01, draw.normal(size=n)),
        "whole": draw.integers(0, 50, n).astype(float),
    })  # fmt: skip
    y = draw.normal(size=n) if task == "regression" else (draw.random(n) < 0.1).astype(int)
    sklearns = mutual_info_regression if task == "regression" else mutual_info_classif
    ours = informations(X, y, task=task, seed=0, neighbors=3)
    assert np.abs(ours - sklearns(X.to_numpy(), y, random_state=0)).max() < 0.01
    assert ours.max() < 0.02


def test_a_number_with_few_values_has_the_exact_information_of_its_levels():
    draw = np.random.default_rng(2)
    mark = draw.integers(0, 2, 500).astype(float)
    level = np.where(draw.random(500) < 0.3, mark, draw.integers(0, 3, 500)).astype(int)
    X = pd.DataFrame({"mark": mark, "lots": draw.normal(size=500)})
    ours = informations(X, level, task="multiclass", seed=0, neighbors=3)
    assert ours[0] == pytest.approx(mutual_info_score(mark, level), abs=1e-12)


def test_levels_against_a_number_are_those_of_scikit_learn(table):
    """A categorical column and a numeric target: Ross (2014) with the roles exchanged."""
    X, y = table
    level = equal_bins(X["a"].to_numpy(), 4)
    ours = informations(
        pd.DataFrame({"a": pd.Categorical(level)}), y, task="regression", seed=0, neighbors=3
    )
    theirs = mutual_info_regression(level[:, None], y, discrete_features=True, random_state=1)
    np.testing.assert_allclose(ours, theirs, atol=1e-9)


def test_joint_entropies_of_many_columns_equal_those_of_each_table():
    """The fast form for a whole frame and the plain one for a pair agree."""
    draw = np.random.default_rng(0)
    levels = np.column_stack([draw.integers(0, k, 200) for k in (1, 2, 3, 7)])
    other = draw.integers(0, 4, 200) + 2 * (levels[:, 2] == 1)
    joint = JointEntropies(levels)
    for i in range(levels.shape[1]):
        pair = contingency(levels[:, i], other)
        assert joint.information(other)[i] == pytest.approx(information_gain(pair), abs=1e-12)
        assert joint.uncertainty(other)[i] == pytest.approx(
            symmetrical_uncertainty(pair), abs=1e-12
        )
        nats = mutual_info_score(levels[:, i], other)
        assert information_gain(pair) * np.log(2) == pytest.approx(nats, abs=1e-12)


def test_a_missing_level_is_shared_out_by_the_overall_totals():
    """Counted by hand: the missing row goes 3/5 and 2/5 to the columns' known totals."""
    a = np.array([0, 0, 1, 1, -1, 0])
    b = np.array([0, 1, 0, 1, 0, -1])
    # Known pairs are one each. Column totals with the rows of unknown a: b=0 3, b=1 2.
    # Row totals with the rows of unknown b: a=0 3, a=1 2.
    expected = np.array([[1 + 3 / 5 + 3 / 5, 1 + 2 / 5], [1 + 2 / 5, 1.0]])
    np.testing.assert_allclose(contingency(a, b), expected)


def test_no_cut_is_made_where_the_class_does_not_depend_on_the_number():
    """Fayyad and Irani's rule refuses every cut of noise, and finds an obvious one."""
    draw = np.random.default_rng(2)
    x = draw.normal(size=400)
    assert len(mdl_cuts(x, draw.integers(0, 2, 400))) == 0
    cuts = mdl_cuts(x, (x > 0.3).astype(int))
    assert len(cuts) == 1
    assert cuts[0] == pytest.approx(0.3, abs=0.02)


def test_hundreds_of_classes_do_not_overflow_the_cut_rule():
    """3 to the power of 800 is more than a float holds."""
    x = np.arange(1600.0)
    assert np.isfinite(mdl_cuts(x, np.repeat(np.arange(800), 2))).all()


def test_p_values_of_f_agree_with_scipy_and_go_on_where_it_ends():
    """Below 1e-290 the logarithm continues smoothly instead of becoming infinite."""
    statistic = np.array([0.5, 3.0, 50.0, 400.0])
    got = neg_log10_p_of_f(statistic, np.full(4, 2.0), np.full(4, 300.0))
    np.testing.assert_allclose(got, -np.log10(stats.f.sf(statistic, 2, 300)), rtol=1e-9)
    rising = np.linspace(600.0, 1200.0, 200)
    curve = neg_log10_p_of_f(rising, np.full(200, 3.0), np.full(200, 2000.0))
    assert curve[0] < 290 < curve[-1]
    steps = np.diff(curve)
    assert (steps > 0).all()
    assert np.abs(np.diff(steps)).max() < 0.01


def test_p_values_of_chi_square_agree_with_scipy_and_go_on_where_it_ends():
    """As for F."""
    statistic = np.array([0.5, 30.0, 500.0])
    got = neg_log10_p_of_chi2(statistic, np.full(3, 6.0))
    np.testing.assert_allclose(got, -np.log10(stats.chi2.sf(statistic, 6)), rtol=1e-9)
    rising = np.linspace(1300.0, 1500.0, 100)
    steps = np.diff(neg_log10_p_of_chi2(rising, np.full(100, 6.0)))
    assert (steps > 0).all()
    assert np.abs(np.diff(steps)).max() < 1e-4


def test_discoveries_are_those_of_scipy():
    """Benjamini and Hochberg's step-up rule."""
    p = np.array([0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205])
    scores = {str(i): -np.log10(v) for i, v in enumerate(p)}
    kept = discoveries(scores, 0.05)
    adjusted = stats.false_discovery_control(p)
    assert kept == {str(i) for i in np.flatnonzero(adjusted <= 0.05)}
