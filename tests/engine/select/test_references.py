"""Scores against R, Weka and exact fractions; see the cases for who computed what."""

from itertools import chain, combinations

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_selection import chi2 as class_sums

from outfold.select import cfs, chi2
from outfold.select import symmetrical_uncertainty as symmetrical
from outfold.select.columns import classes, codes
from outfold.select.discretise import binned, mdl_cuts
from outfold.select.encode import encode
from outfold.select.entropy import (
    chi_squared,
    contingency,
    entropy,
    gain_ratio,
    information_gain,
    symmetrical_uncertainty,
)
from outfold.select.evidence import neg_log10_p_of_chi2, neg_log10_p_of_f
from outfold.select.mutual_info import informations
from outfold.select.neighbour_weights import class_weights, number_weights, rows_of
from outfold.select.penalised_path import largest_penalty, path
from outfold.select.pillai import f_statistics
from outfold.select.stability import first_in
from outfold.select.subset_search import merit
from tests.reference.cases import case, cases

WEKA = "selection_weka.json"


def prepared(c) -> pd.DataFrame:
    """A case's features as a prepared frame."""
    table = c.frame()
    return pd.DataFrame(
        {
            f: table[f].astype(float)
            if pd.api.types.is_numeric_dtype(table[f])
            else pd.Categorical(pd.factorize(table[f])[0])
            for f in c.inputs["features"]
        }
    )


def wanted(c) -> np.ndarray:
    """A case's target: class codes, or numbers."""
    y = c.frame()[c.inputs["target"]]
    return y.to_numpy(float) if pd.api.types.is_numeric_dtype(y) else pd.factorize(y)[0]


def is_nominal(c) -> bool:
    return not pd.api.types.is_numeric_dtype(c.frame()[c.inputs["target"]])


def check_f(c, task):
    """F and p of every feature."""
    statistic, df1, df2 = f_statistics(prepared(c), wanted(c), task)
    p = 10.0 ** -neg_log10_p_of_f(statistic, df1, df2)
    for i, name in enumerate(c.inputs["features"]):
        expected = c.expected[name]
        assert c.close(name, statistic[i], expected["F"]), name
        assert c.close(name, p[i], expected["p"]), name


@pytest.mark.parametrize("c", cases("selection.json", "fs-anova"), ids=lambda c: c.id)
def test_f_of_a_number_against_classes_is_one_way_anova(c):
    """R's oneway F, by way of Pillai's trace."""
    check_f(c, "multiclass")


def test_f_of_a_number_against_a_number_is_that_of_the_slope():
    """R's regression F."""
    check_f(case("selection.json", "fs-f-regression-diabetes"), "regression")


def test_f_of_categories_against_a_number_is_one_way_anova_of_the_target():
    """The same F the other way round: iris species as the feature, a length as the target."""
    c = case("selection.json", "fs-anova-iris")
    table = c.frame()
    X = pd.DataFrame({"species": pd.Categorical(pd.factorize(table["Species"])[0])})
    for name in c.inputs["features"]:
        statistic, _, _ = f_statistics(X, table[name], "regression")
        assert c.close(name, statistic[0], c.expected[name]["F"])


def test_information_and_chi_square_of_nominal_features():
    """Plug-in mutual information in nats and bits, chi-square with its df and p."""
    c = case("selection.json", "fs-mi-nominal")
    X, y = prepared(c), wanted(c)
    nats = informations(X, y, task="binary", seed=0, neighbors=3)
    for i, name in enumerate(c.inputs["features"]):
        expected = c.expected[name]
        table = contingency(codes(X[name]), classes(y))
        statistic, df = chi_squared(table)
        p = 10.0 ** -neg_log10_p_of_chi2(np.array([statistic]), np.array([df]))
        assert c.close(name, nats[i], expected["mi_nats"])
        assert c.close(name, information_gain(table), expected["mi_bits"])
        assert c.close(name, statistic, expected["chi2"])
        assert df == expected["df"]
        assert c.close(name, p[0], expected["p"])
        share = information_gain(table) / float(entropy(table.sum(axis=0)))
        assert c.close(name, share, expected["theils_u_target_given_feature"])


def test_the_selector_chi2_is_the_contingency_test_and_not_the_class_sums():
    """scikit-learn's ``chi2`` reproduces the sums; ours is another statistic, by intent."""
    c = case("selection.json", "fs-chi2-sums-iris")
    X, y = prepared(c), wanted(c)
    sums, _ = class_sums(X, y)
    found = chi2.rank(X, y, task="multiclass", seed=0, bins=5)
    for i, name in enumerate(c.inputs["features"]):
        assert c.close(name, sums[i], c.expected[name]["chi2"])
        assert found.scores[name] > -np.log10(c.expected[name]["p"])


@pytest.mark.parametrize(
    "c", [c for c in cases(WEKA) if c.id.endswith("entropy")], ids=lambda c: c.id
)
def test_entropy_scores_and_cut_points_are_those_of_weka(c):
    """Fayyad and Irani's cuts with Weka's better encoding, then gain, ratio, SU, chi-square."""
    X, y = prepared(c), wanted(c)
    got = {
        key: {}
        for key in ("info_gain_bits", "gain_ratio", "symmetrical_uncertainty", "chi_squared")
    }
    for name, kind in c.inputs["attributes"].items():
        if kind["kind"] == "numeric":
            cuts = mdl_cuts(X[name].to_numpy(), y)
            expected = c.expected["mdl_cut_points"][name]
            assert len(cuts) == len(expected)
            assert all(c.close("cuts", a, b) for a, b in zip(cuts, expected, strict=True))
            level = binned(X[name].to_numpy(), cuts)
        else:
            level = codes(X[name])
        table = contingency(level, y)
        got["info_gain_bits"][name] = information_gain(table)
        got["gain_ratio"][name] = gain_ratio(table)
        got["symmetrical_uncertainty"][name] = symmetrical_uncertainty(table)
        got["chi_squared"][name] = chi_squared(table)[0]
    c.check(got)


@pytest.mark.parametrize(
    "c", [c for c in cases(WEKA) if c.id.endswith("entropy")], ids=lambda c: c.id
)
def test_the_selector_of_symmetrical_uncertainty_scores_as_weka_does(c):
    """SymmetricalUncertAttributeEval, every column, best first."""
    ranking = symmetrical.rank(prepared(c), wanted(c), task="multiclass", seed=0)
    found = symmetrical.cut(ranking, threshold=0.0, k=None)
    c.check({"symmetrical_uncertainty": found.scores})
    expected = c.expected["symmetrical_uncertainty"]
    positive = [name for name, value in expected.items() if value > 0]
    assert set(found.selected) == set(positive)
    values = [found.scores[name] for name in found.selected]
    assert values == sorted(values, reverse=True)


def links_of(c):
    """Relevance and the full redundancy matrix, as the selector computes them."""
    X, y = prepared(c), wanted(c)
    if is_nominal(c):
        relevance, links = cfs.class_links(X, y)
    else:
        relevance, links = cfs.number_links(X, y, "regression")
    return relevance, np.stack([links(i) for i in range(X.shape[1])])


@pytest.mark.parametrize("c", [c for c in cases(WEKA) if c.id.endswith("cfs")], ids=lambda c: c.id)
def test_cfs_merits_are_those_of_weka(c):
    """Single, pair and whole-set merits; for a number Weka weighs columns by their spread."""
    relevance, redundancy = links_of(c)
    X = prepared(c)
    spread = None if is_nominal(c) else X.std().to_numpy()
    place = {f: i for i, f in enumerate(c.inputs["features"])}
    c.check(
        {
            "cfs_single_merit": {
                f: merit(relevance, redundancy, [i], None) for f, i in place.items()
            },
            "cfs_all_merit": merit(relevance, redundancy, place.values(), spread),
        }
    )
    for a, b, expected in c.expected["cfs_pair_merit"]:
        assert c.close("pair", merit(relevance, redundancy, [place[a], place[b]], spread), expected)
    for search in ("cfs_bestfirst", "cfs_bestfirst_backward", "cfs_greedy_forward"):
        subset = [place[f] for f in c.expected[search]["subset_from_search"]]
        got = merit(relevance, redundancy, subset, spread)
        assert c.close(search, got, c.expected[search]["merit"])


@pytest.mark.parametrize(
    "c", [c for c in cases(WEKA) if c.id.endswith("cfs") and is_nominal(c)], ids=lambda c: c.id
)
def test_cfs_finds_the_subset_that_weka_finds(c):
    """Best-first search, forward, five expansions without improvement; merit reported."""
    found = cfs.choose(prepared(c), wanted(c), task="multiclass", seed=0, patience=5)
    expected = c.expected["cfs_bestfirst"]
    assert sorted(found.selected) == sorted(expected["subset_from_search"])
    assert c.close("merit", found.merit, expected["merit"])


def test_cfs_on_a_number_finds_the_best_subset_of_the_textbook_merit():
    """Ours does not depend on units: the best of all 1,023 subsets, whatever the columns' scale."""
    c = case(WEKA, "weka-diabetes-cfs")
    relevance, redundancy = links_of(c)
    names = c.inputs["features"]
    everything = chain.from_iterable(combinations(range(10), k) for k in range(1, 11))
    best = max(everything, key=lambda s: merit(relevance, redundancy, s))
    X, y = prepared(c), wanted(c)
    found = cfs.choose(X, y, task="regression", seed=0, patience=5)
    assert sorted(found.selected) == sorted(names[i] for i in best)
    assert found.merit == pytest.approx(merit(relevance, redundancy, best), rel=1e-12)
    scaled = cfs.choose(X * np.geomspace(1, 1e6, 10), y, task="regression", seed=0, patience=5)
    assert scaled.selected == found.selected


def test_weka_weighs_by_spread_when_the_class_is_a_number():
    """Its exhaustive search is reproduced with the spreads: why the textbook merit is ours."""
    c = case(WEKA, "weka-diabetes-cfs")
    relevance, redundancy = links_of(c)
    spread = prepared(c).std().to_numpy()
    everything = chain.from_iterable(combinations(range(10), k) for k in range(1, 11))
    best = max(everything, key=lambda s: merit(relevance, redundancy, s, spread))
    expected = c.expected["cfs_exhaustive"]
    assert [c.inputs["features"][i] for i in best] == expected["subset_from_search"]


@pytest.mark.parametrize(
    "c", [c for c in cases(WEKA) if c.id.endswith("relief")], ids=lambda c: c.id
)
@pytest.mark.parametrize(
    ("field", "k", "sigma"),
    [
        ("relieff_k10", 10, None),
        ("relieff_k5", 5, None),
        ("relieff_k10_weighted_sigma2", 10, 2.0),
    ],
)
def test_relief_weights_are_those_of_weka(c, field, k, sigma):
    """Every row a probe; tables with ties agree as far as ties allow."""
    rows, y = rows_of(prepared(c)), wanted(c)
    weigh = class_weights if is_nominal(c) else number_weights
    got = weigh(rows, y, np.arange(len(y)), k, sigma)
    c.check({field: dict(zip(c.inputs["features"], got, strict=True))})


def test_the_lasso_path_is_that_of_glmnet():
    """Order of entry, penalties of entry on the grid, and coefficients at three penalties."""
    c = case("selection.json", "fs-lasso-path-diabetes")
    encoded, y = encode(prepared(c)), wanted(c)
    names = c.inputs["features"]
    grid = np.geomspace(50, 0.05, 400)
    found = path(encoded, y, "regression", ratio=1.0, penalties=grid)
    entry = found.entries() * grid[0]
    order = [names[i] for i in np.argsort(-entry, kind="stable")]
    assert order == c.expected["entry_order"]
    for i, name in enumerate(names):
        assert c.close("entry", entry[i], c.expected["entry_lambda_on_grid"][name])
    for at in c.expected["coef_at"]:
        step = path(encoded, y, "regression", ratio=1.0, penalties=np.array([at["lambda"]]))
        for i, name in enumerate(names):
            assert c.close("coef", step.weights[0, i], abs(at["coef"][name]))


def test_the_lars_knots_are_met():
    """The largest penalty is the first knot, and columns enter in the order of the knots."""
    c = case("more.json", "fs-lars-knots-diabetes")
    X, y = prepared(c), wanted(c)
    encoded = encode(X)
    top = largest_penalty(encoded.matrix, y, "regression", 1.0)
    assert c.close("knot", top, c.expected["all_knots"][0])
    order = first_in(encoded, y[:, None], "regression", 10)
    assert [c.inputs["features"][i] for i in order] == c.expected["entry_order"]
