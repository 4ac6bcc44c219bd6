"""Metrics agree with R, by formula and by pROC."""

from __future__ import annotations

import math

import numpy as np
import pytest

from outfold.metrics.catalogue import metric_named
from outfold.metrics.confusion import confusion, confusion_of, kappa, matthews
from outfold.metrics.deviance import unit_deviance
from outfold.metrics.metric import Scored
from outfold.metrics.null import mean
from tests.reference.cases import Case, case, cases

BINARY = cases("metrics.json", "met-binary")
DEVIANCE = cases("metrics.json", "met-mean-deviance")
NAMES = {
    "accuracy": "accuracy",
    "sensitivity": "recall",
    "specificity": "specificity",
    "precision": "precision",
    "f1": "f1",
    "balanced_accuracy": "balanced_accuracy",
    "mcc": "mcc",
    "kappa": "kappa",
    "brier": "brier",
    "brier_skill": "brier_skill",
    "log_loss": "log_loss",
    "average_precision": "average_precision",
    "ks": "ks",
}


def binary(reference: Case) -> Scored:
    frame = reference.frame()
    p = frame[reference.inputs["p"]].to_numpy(float)
    y = frame[reference.inputs["y"]].to_numpy(int)
    threshold = reference.inputs["threshold"]
    return Scored("binary", y, np.column_stack([1 - p, p]), threshold=threshold)


@pytest.mark.parametrize("reference", BINARY, ids=lambda c: c.id)
def test_binary_metrics_agree_with_r(reference: Case) -> None:
    """Every figure at a threshold and of the probabilities is the one computed in R."""
    scored = binary(reference)
    reference.check({k: metric_named(v).compute(scored) for k, v in NAMES.items()})
    reference.check({"gini": 2 * metric_named("roc_auc").compute(scored) - 1})
    table = confusion_of(scored)
    assert table is not None
    (tn, fp), (fn, tp) = table
    reference.check({"confusion": {"tn": tn, "fp": fp, "fn": fn, "tp": tp}})


@pytest.mark.parametrize("reference", DEVIANCE, ids=lambda c: c.id)
def test_deviances_agree_with_r(reference: Case) -> None:
    """Unit deviances of each variance power, averaged with and without weights, and their D²."""
    frame = reference.frame()
    y = frame[reference.inputs["y"]].to_numpy(float)
    mu = frame[reference.inputs["mu"]].to_numpy(float)
    w = frame[reference.inputs["weights"]].to_numpy(float) if reference.inputs["weights"] else None
    null = np.full_like(y, np.average(y, weights=w))
    for name in reference.expected:
        power = float(name.removeprefix("p="))
        got = mean(unit_deviance(y, mu, power), w)
        base = mean(unit_deviance(y, null, power), w)
        figures = {"mean_deviance": got, "null_mean_deviance": base, "d2": 1 - got / base}
        reference.check({name: figures})


@pytest.mark.parametrize("reference", DEVIANCE, ids=lambda c: c.id)
def test_deviance_metrics_are_the_deviances(reference: Case) -> None:
    """The metrics on a leaderboard are the same numbers, the null being these rows' mean."""
    frame = reference.frame()
    w = frame[reference.inputs["weights"]].to_numpy(float) if reference.inputs["weights"] else None
    positive = reference.inputs["y"] == "y_pos"
    scored = Scored(
        "regression" if positive else "count",
        frame[reference.inputs["y"]].to_numpy(float),
        value=frame[reference.inputs["mu"]].to_numpy(float),
        weight=w,
    )
    wanted = {"p=0": ("", "d2_gaussian"), "p=1.5": ("mean_tweedie_deviance", "")}
    if positive:
        wanted["p=2"] = ("mean_gamma_deviance", "d2_gamma")
    else:
        wanted["p=1"] = ("mean_poisson_deviance", "d2_poisson")
    for name, (deviance, share) in wanted.items():
        expected = reference.expected[name]
        if deviance:
            got = metric_named(deviance).compute(scored)
            assert reference.close(name, got, expected["mean_deviance"])
        if share:
            assert reference.close(name, metric_named(share).compute(scored), expected["d2"])


def test_kappa_of_two_raters_agrees_with_r() -> None:
    """Plain, linear and quadratic kappa, and the multi-class Matthews correlation."""
    reference = case("metrics.json", "met-kappa-raters")
    frame = reference.frame()
    a, b = (frame[reference.inputs[k]].to_numpy(int) for k in "ab")
    codes, both = np.unique(np.concatenate([a, b]), return_inverse=True)
    table = confusion(both[: len(a)], both[len(a) :], len(codes), None)
    reference.check(
        {
            "kappa": kappa(table),
            "kappa_linear": kappa(table, 1),
            "kappa_quadratic": kappa(table, 2),
            "mcc_multiclass": matthews(table),
            "accuracy": np.trace(table) / table.sum(),
        }
    )


def test_multiclass_metrics_agree_with_the_reference() -> None:
    """Argmax decisions and probability scores of three classes."""
    reference = case("more.json", "met-multiclass")
    frame = reference.frame()
    labels = reference.inputs["labels"]
    y = frame["y"].map({name: i for i, name in enumerate(labels)}).to_numpy(int)
    scored = Scored("multiclass", y, frame[reference.inputs["probabilities"]].to_numpy(float))
    names = {
        "accuracy": "accuracy",
        "macro_f1": "f1_macro",
        "weighted_f1": "f1_weighted",
        "micro_f1": "accuracy",
        "balanced_accuracy": "balanced_accuracy",
        "mcc": "mcc",
        "kappa": "kappa",
        "log_loss": "log_loss",
        "brier_sum_over_classes": "brier",
        "auc_ovr_macro": "roc_auc",
    }
    reference.check({k: metric_named(v).compute(scored) for k, v in names.items()})
    table = confusion_of(scored)
    assert table is not None
    np.testing.assert_array_equal(table, reference.expected["confusion"])


def test_there_are_cases_for_every_family() -> None:
    """The parametrised tests above have subjects."""
    assert len(BINARY) == 4
    assert len(DEVIANCE) == 3
    assert not math.isnan(BINARY[0].expected["ks"])
