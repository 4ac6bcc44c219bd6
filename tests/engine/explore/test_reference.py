"""Agreement with R on every reference case of correlation and association."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from outfold.data.schema import Column, Schema
from outfold.explore.associate import associate
from outfold.explore.collinearity import inflation
from outfold.explore.columns import codes_of
from outfold.explore.distance import distance_correlation
from outfold.explore.linear import fisher_interval
from outfold.explore.mixed import point_biserial, ratio
from outfold.explore.multiplicity import benjamini_hochberg
from outfold.explore.nominal import contingency, four_fold, nominal
from outfold.explore.partial import partial
from outfold.explore.rank import kendall, spearman
from tests.reference.cases import Case, case, cases

FILES = ("correlation.json", "correlation_2.json")


def every(prefix: str) -> list[object]:
    """The cases of both files as parameters."""
    return [pytest.param(c, id=c.id) for f in FILES for c in cases(f, prefix)]


def numeric_schema(columns: list[str]) -> Schema:
    return Schema(tuple(Column(c, "numeric") for c in columns))


def contingency_of(c: Case) -> np.ndarray:
    frame = c.frame()
    counts = c.inputs.get("counts")
    if counts:
        frame = frame.loc[frame.index.repeat(frame[counts])]
    a, levels_a = codes_of(frame[c.inputs["a"]])
    b, levels_b = codes_of(frame[c.inputs["b"]])
    return contingency(a, b, len(levels_a), len(levels_b))


@pytest.mark.parametrize("c", every("corr-pairwise") + every("corr-complete") + every("corr-ties"))
def test_correlations_agree_with_r_on_shared_rows(c: Case) -> None:
    """Every pair's value, p-value, n and interval are R's, whichever way missing is treated."""
    columns = list(c.inputs["columns"])
    missing = "complete" if c.inputs["missing"] == "complete" else "pairwise"
    frame = c.frame()[columns]
    for measure in ("pearson", "spearman", "kendall"):
        got = associate(frame, numeric_schema(columns), measure, missing=missing)
        wanted = [p for p in c.expected["pairs"] if p["method"] == measure]
        assert len(got) == len(wanted) > 0
        for pair in wanted:
            have = got.of(pair["a"], pair["b"])
            assert have.n == pair["n"]
            assert c.close("r", have.value, pair["r"]), (pair, have)
            assert c.close("p", have.p_value, pair["p"]), (pair, have)
            if "ci95_low" in pair:
                low, high = fisher_interval(have.value, have.n)
                assert c.close("ci95_low", low, pair["ci95_low"])
                assert c.close("ci95_high", high, pair["ci95_high"])


def test_exact_p_values_of_ranks_agree_with_r() -> None:
    """Without ties, all permutations give R's exact p-values; t and normal ones differ."""
    c = case("correlation.json", "corr-exact-small")
    x, y = (np.array(c.inputs[k], dtype=float) for k in "xy")
    c.check(
        {
            "spearman_rho": spearman(x, y).value,
            "spearman_p_exact": spearman(x, y, exact=True).p_value,
            "spearman_p_t": spearman(x, y).p_value,
            "kendall_tau": kendall(x, y).value,
            "kendall_p_exact": kendall(x, y, exact=True).p_value,
            "kendall_p_normal": kendall(x, y).p_value,
        }
    )


@pytest.mark.parametrize("c", every("assoc-"))
def test_nominal_association_agrees_with_r(c: Case) -> None:
    """Chi-square without Yates, Cramér's V plain and corrected, entropy measures."""
    got = nominal(contingency_of(c))
    fields = [
        *("n", "rows", "cols", "chi2", "df", "cramers_v", "cramers_v_corrected"),
        *("tschuprow_t", "contingency_c", "theils_u_a_given_b", "theils_u_b_given_a"),
    ]
    names = {"cramers_v_corrected": "cramers_v_bias_corrected"}
    values = {names.get(f, f): getattr(got, f) for f in fields}
    c.check({**values, "p": got.p_value, "mutual_info_nats": got.mutual_info})


@pytest.mark.parametrize("c", [*every("assoc-2x2"), *every("assoc-titanic-2x2")])
def test_tables_of_two_by_two_agree_with_r(c: Case) -> None:
    """The signed phi, Yates' correction and Fisher's exact test."""
    got = four_fold(contingency_of(c))
    assert got is not None
    c.check(
        {
            "phi_signed": got.phi,
            "chi2_yates": got.yates_chi2,
            "p_yates": got.yates_p,
            "fisher_p": got.fisher_p,
        }
    )


def test_other_tables_than_two_by_two_have_no_phi() -> None:
    assert four_fold(contingency_of(case("correlation.json", "assoc-hair-eye"))) is None


def test_adjusted_p_values_agree_with_r() -> None:
    """Benjamini & Hochberg's adjustment, also with ties and in any order of the p-values."""
    c = case("metrics.json", "met-p-adjust")
    p = np.array(c.inputs["p"], dtype=float)
    c.check({"BH": list(benjamini_hochberg(p))})
    back = np.argsort(np.argsort(-p, kind="stable"), kind="stable")
    turned = benjamini_hochberg(np.sort(p)[::-1])
    assert np.allclose(turned[back], benjamini_hochberg(p), rtol=0, atol=1e-15)


@pytest.mark.parametrize("c", every("eta-"))
def test_correlation_ratio_agrees_with_r(c: Case) -> None:
    """Correlation ratio, analysis of variance, Welch and Kruskal-Wallis."""
    frame = c.frame()
    codes, _ = codes_of(frame[c.inputs["g"]])
    got = ratio(frame[c.inputs["y"]].to_numpy(dtype=float), codes)
    values = {f: getattr(got, f) for f in ["n", "groups", "eta", "eta2", "omega2", "df1", "df2"]}
    more = {
        "F": got.f,
        "p": got.p_value,
        "welch_F": got.welch_f,
        "welch_p": got.welch_p,
        "kruskal_H": got.kruskal_h,
        "kruskal_p": got.kruskal_p,
    }
    c.check({**values, **more})


@pytest.mark.parametrize("c", every("pointbiserial-"))
def test_point_biserial_agrees_with_r(c: Case) -> None:
    """Pearson's r with a 0/1 column, signed, and its t test's p-value."""
    frame = c.frame()
    truth = frame[c.inputs["b"]] == c.inputs.get("one", 1)
    got = point_biserial(
        frame[c.inputs["x"]].to_numpy(dtype=float), truth.to_numpy().astype(np.int32)
    )
    t = got.value * np.sqrt((got.n - 2) / (1 - got.value**2))
    c.check({"n": got.n, "r": got.value, "t": t, "p": got.p_value})


@pytest.mark.parametrize("c", every("partial"))
def test_partial_correlation_agrees_with_r(c: Case) -> None:
    """Partial and both semipartial correlations, of values and of ranks."""
    frame = c.frame()
    a, b, *given = (
        frame[k].to_numpy(dtype=float) for k in (c.inputs["a"], c.inputs["b"], *c.inputs["given"])
    )
    got = partial(a, b, given, ranked=c.inputs["method"] == "spearman")
    c.check(
        {
            "n": got.n,
            "r": got.value,
            "df": got.df,
            "t": got.t,
            "p": got.p_value,
            "semipartial_a": got.semipartial_a,
            "semipartial_b": got.semipartial_b,
        }
    )


def test_distance_correlation_agrees_with_energy() -> None:
    """The V-statistic and its bias-corrected square are those of R's energy package."""
    c = case("correlation.json", "dcor-mtcars")
    frame = c.frame()
    got = distance_correlation(*(frame[c.inputs[k]].to_numpy(dtype=float) for k in "xy"))
    c.check(
        {
            **{f: getattr(got, f) for f in ("n", "dcov", "dcor", "dvar_x", "dvar_y")},
            "dcor_bias_corrected_squared": got.corrected_squared,
        }
    )


@pytest.mark.parametrize("c", every("vif-"))
def test_variance_inflation_agrees_with_car(c: Case) -> None:
    """Ordinary VIF with an intercept, also under severe collinearity."""
    columns = list(c.inputs["columns"])
    got = inflation(c.frame()[columns], numeric_schema(columns))
    c.check({name: found.gvif for name, found in got.items()})


def test_generalised_variance_inflation_agrees_with_car() -> None:
    """All dummies of a factor are judged together (Fox & Monette 1992)."""
    c = case("correlation.json", "gvif-mtcars")
    frame = c.frame()[["disp", "wt", "cyl", "gear"]].astype({"cyl": str, "gear": str})
    types = {"disp": "numeric", "wt": "numeric", "cyl": "categorical", "gear": "categorical"}
    got = inflation(frame.astype({"cyl": "category", "gear": "category"}), schema_of(types))
    for name, wanted in c.expected.items():
        have = got[name.removeprefix("factor(").removesuffix(")")]
        assert have.df == wanted["df"]
        assert c.close("gvif", have.gvif, wanted["gvif"])
        assert c.close("gvif_scaled", have.scaled, wanted["gvif_scaled"])


def schema_of(types: dict[str, str]) -> Schema:
    return Schema(tuple(Column(name, kind) for name, kind in types.items()))


def test_every_case_of_the_files_is_tested() -> None:
    """A case that is added must not be passed over."""
    prefixes = (
        *("corr-pairwise", "corr-complete", "corr-ties", "corr-exact", "assoc-", "eta-"),
        *("pointbiserial-", "partial", "dcor-", "vif-", "gvif-"),
    )
    found = [c.id for f in FILES for c in cases(f)]
    assert len(found) == 21
    assert all(i.startswith(prefixes) for i in found)


def test_every_figure_of_a_contingency_case_is_held_against_ours() -> None:
    """Nothing that R says of a table of levels is left out by the tests above."""
    held = {
        *("n", "rows", "cols", "chi2", "df", "p", "cramers_v", "cramers_v_bias_corrected"),
        *("tschuprow_t", "contingency_c", "mutual_info_nats", "theils_u_a_given_b"),
        *("theils_u_b_given_a", "chi2_yates", "p_yates", "fisher_p", "phi_signed"),
    }
    assert {field for f in FILES for c in cases(f, "assoc-") for field in c.expected} == held


def test_whole_table_gives_the_same_as_each_pair() -> None:
    """The vectorised path and the single-pair functions agree with R alike."""
    c = case("correlation.json", "assoc-hair-eye")
    frame = c.frame().astype("category")
    schema = schema_of(dict.fromkeys(frame.columns, "categorical"))
    have = associate(frame, schema).of("Hair", "Eye")
    c.check({"cramers_v_bias_corrected": have.value, "p": have.p_value, "n": have.n})
    c.check({"cramers_v": associate(frame, schema, "cramers_v").of("Hair", "Eye").value})
    information = associate(frame, schema, "mutual_info").of("Eye", "Hair")
    c.check({"mutual_info_nats": information.value})
    assert isinstance(associate(frame, schema).frame(), pd.DataFrame)
    e = case("correlation.json", "eta-airquality-missing")
    table = e.frame()[["Ozone", "Month"]]
    got = associate(table, numeric_schema(["Ozone", "Month"]), as_levels=["Month"])
    e.check({"eta": got.of("Ozone", "Month").value, "p": got.of("Ozone", "Month").p_value})
