"""Tests and intervals agree with R, pROC and the published formulas."""

from __future__ import annotations

import numpy as np
import pytest

from outfold.judge.adjust import adjust
from outfold.judge.calibrate import calibrate
from outfold.judge.corrected_t import corrected_t
from outfold.judge.delong import auc_interval, compare_auc
from outfold.judge.hosmer_lemeshow import hosmer_lemeshow
from outfold.judge.mcnemar import mcnemar
from outfold.judge.rank_tests import friedman, wilcoxon
from outfold.judge.recalibrate import recalibrate
from tests.reference.cases import Case, case, cases

DELONG = cases("metrics.json", "met-delong")
HL = cases("metrics.json", "met-hl")
CALIBRATION = cases("metrics.json", "met-calibration")
WILCOXON = cases("metrics.json", "met-wilcoxon")


def columns(reference: Case, *names: str) -> list[np.ndarray]:
    frame = reference.frame()
    return [frame[reference.inputs[name]].to_numpy(float) for name in names]


@pytest.mark.parametrize("reference", DELONG, ids=lambda c: c.id)
def test_delong_agrees_with_proc(reference: Case) -> None:
    """Areas, variances, covariance, intervals and the paired test."""
    y, a, b = columns(reference, "y", "a", "b")
    got = compare_auc(y == 1, a, b)
    assert got is not None
    reference.check(
        {
            "auc1": got.a.auc, "var1": got.a.variance, "ci1_low": got.a.low, "ci1_high": got.a.high,
            "auc2": got.b.auc, "var2": got.b.variance, "ci2_low": got.b.low, "ci2_high": got.b.high,
            "cov": got.covariance, "z": got.statistic, "p": got.p_value, "diff": got.difference,
        }
    )  # fmt: skip
    alone = auc_interval(y == 1, a)
    assert alone is not None
    assert (alone.auc, alone.low, alone.high) == pytest.approx((got.a.auc, got.a.low, got.a.high))


@pytest.mark.parametrize("reference", HL, ids=lambda c: c.id)
def test_hosmer_lemeshow_agrees_with_r(reference: Case) -> None:
    """Groups, counts, expectations, statistic and p."""
    y, p = columns(reference, "y", "p")
    got = hosmer_lemeshow(y, p, reference.inputs["groups"])
    reference.check(
        {
            "groups": got.groups, "statistic": got.statistic, "df": got.df, "p": got.p_value,
            "n_per_group": got.n, "observed": got.observed, "expected": got.expected,
        }
    )  # fmt: skip


@pytest.mark.parametrize("reference", CALIBRATION, ids=lambda c: c.id)
def test_calibration_slope_and_intercepts_agree_with_r(reference: Case) -> None:
    """The free and the held recalibration, with standard errors and Cox's test."""
    y, p = columns(reference, "y", "p")
    got = recalibrate(y, p)
    assert got is not None
    reference.check(
        {
            "slope": got.slope, "slope_se": got.slope_se, "intercept_with_slope": got.intercept,
            "intercept_in_the_large": got.in_the_large,
            "intercept_in_the_large_se": got.in_the_large_se,
            "cox_lr_chi2": got.chi2, "cox_lr_df": got.df, "cox_lr_p": got.p_value,
        }
    )  # fmt: skip
    assert calibrate(y, p).recalibration == got


def test_mcnemar_agrees_with_r() -> None:
    """All four forms of the test."""
    reference = case("metrics.json", "met-mcnemar")
    y, a, b = columns(reference, "y", "a", "b")
    t = reference.inputs["threshold"]
    got = mcnemar((a >= t) == (y == 1), (b >= t) == (y == 1))
    reference.check({field: getattr(got, field) for field in reference.expected})


def test_mcnemar_of_the_methods_note() -> None:
    """B 8, c 25: exact 0.0045514, corrected 0.0053488, mid-p 0.0029351."""
    a = np.repeat([True, True, False, False], [50, 8, 25, 17])
    b = np.repeat([True, False, True, False], [50, 8, 25, 17])
    got = mcnemar(a, b)
    assert got.exact_p == pytest.approx(0.0045514, abs=5e-8)
    assert got.corrected_p == pytest.approx(0.0053488, abs=5e-8)
    assert got.mid_p == pytest.approx(0.0029351, abs=5e-8)
    assert got.recommended == got.corrected_p
    assert got.low < got.difference == -0.17 < got.high < 0


def test_friedman_and_nemenyi_agree_with_r() -> None:
    """Ranks, both statistics, the critical difference and every pair."""
    reference = case("metrics.json", "met-friedman-nemenyi")
    names = reference.inputs["columns"]
    got = friedman(reference.frame()[names].to_numpy(float), names)
    reference.check(
        {
            "n_blocks": got.n_blocks, "k": len(got.names),
            "average_ranks": dict(zip(got.names, got.average_ranks, strict=True)),
            "friedman_chi2": got.chi2, "df": got.df, "p": got.p_value,
            "iman_davenport_F": got.f, "iman_davenport_df1": got.f_df[0],
            "iman_davenport_df2": got.f_df[1], "iman_davenport_p": got.f_p_value,
            "q_alpha": got.q_alpha, "critical_difference": got.critical_difference,
        }
    )  # fmt: skip
    expected = reference.expected["pairwise_nemenyi"]
    assert len(got.pairs) == len(expected) == 10
    for pair, want in zip(got.pairs, expected, strict=True):
        assert (pair.a, pair.b) == (want["a"], want["b"])
        assert reference.close("rank_diff", pair.rank_difference, want["rank_diff"])
        assert reference.close("p", pair.p_value, want["p"])


@pytest.mark.parametrize("reference", WILCOXON, ids=lambda c: c.id)
def test_wilcoxon_agrees_with_r(reference: Case) -> None:
    """Both rank sums and both normal forms; no exact p under ties."""
    a, b = (reference.frame()[reference.inputs[k]].to_numpy(float) for k in "ab")
    got = wilcoxon(a, b)
    reference.check(
        {
            "n": got.n, "zeros": got.zeros, "w_plus": got.w_plus, "w_minus": got.w_minus,
            "ties": got.ties, "p_normal_no_correction": got.p_normal,
            "p_normal_continuity": got.p_continuity, "p_exact": got.p_exact,
            "rank_biserial": got.rank_biserial,
        }
    )  # fmt: skip


def test_corrected_resampled_t_agrees_with_the_formula() -> None:
    """Nadeau & Bengio's variance, test and interval; without the ratio it is the naive t."""
    reference = case("metrics.json", "met-corrected-t-10x5")
    frame = reference.frame()
    d = (frame[reference.inputs["a"]] - frame[reference.inputs["b"]]).to_numpy(float)
    got = corrected_t(d, reference.inputs["n_test"] / reference.inputs["n_train"])
    naive = corrected_t(d, 0)
    reference.check(
        {
            "J": got.n, "mean_diff": got.mean, "var_diff": got.variance,
            "corrected_se": got.std_error, "t": got.statistic, "df": got.df, "p": got.p_value,
            "ci95_low": got.low, "ci95_high": got.high,
            "naive_t": naive.statistic, "naive_p": naive.p_value,
        }
    )  # fmt: skip


@pytest.mark.parametrize("method", ["holm", "hochberg", "BH", "BY", "bonferroni"])
def test_adjusted_p_values_agree_with_r(method: str) -> None:
    """Every method of ``p.adjust``."""
    reference = case("metrics.json", "met-p-adjust")
    got = adjust(reference.inputs["p"], method.lower())  # type: ignore[arg-type]
    reference.check({method: got.tolist()})


def test_there_are_cases_of_every_kind() -> None:
    """The parametrised tests above have subjects."""
    assert [len(x) for x in (DELONG, HL, CALIBRATION, WILCOXON)] == [2, 2, 2, 2]
